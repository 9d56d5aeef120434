package daemon

import (
	"net/url"
	"strings"
	"time"
)

// ReporterConfig is one place that is told of runs.
type ReporterConfig struct {
	Type    string `mapstructure:"type" yaml:"type"`
	Name    string `mapstructure:"name" yaml:"name,omitempty"` // of its spool; default: its type, and its host's if it is an account
	Address string `mapstructure:"address" yaml:"address,omitempty"`

	Account `mapstructure:",squash" yaml:",inline"`
	// ExtraEndpoints are further accounts that are told the same, each with a
	// spool of its own, so that none waits for another.
	ExtraEndpoints []EndpointConfig `mapstructure:"extra_endpoints" yaml:"extra_endpoints,omitempty"`

	Proxy               ProxyURL      `mapstructure:"proxy" yaml:"proxy,omitempty"`     // URL; default: HTTPS_PROXY, NO_PROXY
	CAFile              string        `mapstructure:"ca_file" yaml:"ca_file,omitempty"` // PEM; trusted beside the system's own
	SkipTLSVerification bool          `mapstructure:"skip_tls_verification" yaml:"skip_tls_verification,omitempty"`
	Timeout             time.Duration `mapstructure:"timeout" yaml:"timeout,omitempty"` // of one request
	MaxAge              AgesConfig    `mapstructure:"max_age" yaml:"max_age,omitempty"`
}

// EndpointConfig is one account and what its spool is called.
type EndpointConfig struct {
	Name    string `mapstructure:"name" yaml:"name,omitempty"` // default: the reporter's and its host's
	Account `mapstructure:",squash" yaml:",inline"`
}

// Account is an account of Datadog. Of each key the first of these counts: the
// key itself, its file, the systemd credential dd_api_key or dd_application_key,
// the variable DD_API_KEY or DD_APP_KEY.
type Account struct {
	Site               string `mapstructure:"site" yaml:"site,omitempty"` // such as datadoghq.eu; default DD_SITE, datadoghq.com
	URL                string `mapstructure:"url" yaml:"url,omitempty"`   // instead of https://api.SITE
	APIKey             Secret `mapstructure:"api_key" yaml:"api_key,omitempty"`
	APIKeyFile         string `mapstructure:"api_key_file" yaml:"api_key_file,omitempty"`
	ApplicationKey     Secret `mapstructure:"application_key" yaml:"application_key,omitempty"` // for host tags
	ApplicationKeyFile string `mapstructure:"application_key_file" yaml:"application_key_file,omitempty"`

	// only says that there is no other account: then what the environment says
	// of one without naming it can mean no other.
	only bool
}

// AgesConfig is how old what is delivered may be; 0 is the receiver's own limit.
type AgesConfig struct {
	Metrics       time.Duration `mapstructure:"metrics" yaml:"metrics,omitempty"`
	Events        time.Duration `mapstructure:"events" yaml:"events,omitempty"`
	ServiceChecks time.Duration `mapstructure:"service_checks" yaml:"service_checks,omitempty"`
}

// Accounts are those of a reporter of type datadog: its own, then the extra ones.
func (r ReporterConfig) Accounts() []EndpointConfig {
	return append([]EndpointConfig{{Name: r.Name, Account: r.Account}}, r.ExtraEndpoints...)
}

// host is where an account is, without a scheme, as part of a name.
func (a Account) host() string {
	host := a.Site
	if u, err := url.Parse(a.URL); a.URL != "" && err == nil {
		host = u.Host
	}
	return strings.NewReplacer(":", "_", "[", "", "]", "").Replace(host)
}

// mask stands where a secret would be told.
const mask = "********"

// Secret is a text that is never told: however it is printed, it shows as a mask.
type Secret string

// String is the mask, or nothing if there is nothing to hide.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText is String, for JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML is String, for what is shown of a configuration.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// Reveal is the secret itself.
func (s Secret) Reveal() string { return string(s) }

// ProxyURL is the address of a proxy, which may hold a password: however it is
// printed, the password shows as a mask.
type ProxyURL string

// String is the address with its password masked; nothing but the mask if it is
// no URL of a host.
func (p ProxyURL) String() string {
	u, err := url.Parse(string(p))
	switch {
	case p == "":
		return ""
	case err != nil || u.Host == "":
		return mask
	case u.User == nil:
		return string(p)
	}
	user := mask // a name alone may be a token
	if _, ok := u.User.Password(); ok {
		user = u.User.Username() + ":" + mask
	}
	u.User = nil
	return u.Scheme + "://" + user + "@" + strings.TrimPrefix(u.String(), u.Scheme+"://")
}

// GoString is String, for %#v.
func (p ProxyURL) GoString() string { return p.String() }

// MarshalText is String, for JSON and logs.
func (p ProxyURL) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// MarshalYAML is String, for what is shown of a configuration.
func (p ProxyURL) MarshalYAML() (any, error) { return p.String(), nil }

// Reveal is the address with its password.
func (p ProxyURL) Reveal() string { return string(p) }
