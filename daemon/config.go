package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// DefaultConfigFile is read when no other file is named; it need not exist.
const DefaultConfigFile = "/etc/converged/converged.yaml"

// envPrefix begins the name of every environment variable that overrides a
// key: state_dir is CONVERGED_STATE_DIR, metrics.prefix CONVERGED_METRICS_PREFIX.
const envPrefix = "CONVERGED"

// keyDelimiter parts the levels of a key within viper; no YAML key holds it, so
// a key with a dot stays one key.
const keyDelimiter = "\x1f"

// Config is everything an operator can set. Keys are spelled as in the file.
type Config struct {
	StateDir    string           `mapstructure:"state_dir" yaml:"state_dir"`       // holds spools and positions
	Host        string           `mapstructure:"host" yaml:"host"`                 // empty: what the report says, else this machine's name
	Tags        []string         `mapstructure:"tags" yaml:"tags"`                 // "key:value", added to everything
	TagPrefix   string           `mapstructure:"tag_prefix" yaml:"tag_prefix"`     // before each of the node's own tags
	ScopePrefix string           `mapstructure:"scope_prefix" yaml:"scope_prefix"` // before env: and role:
	TagsExclude string           `mapstructure:"tags_exclude" yaml:"tags_exclude"` // regular expression; matching tags are left out
	Metrics     MetricsConfig    `mapstructure:"metrics" yaml:"metrics"`
	Events      EventsConfig     `mapstructure:"events" yaml:"events"`
	Watch       WatchConfig      `mapstructure:"watch" yaml:"watch"`
	Spool       SpoolConfig      `mapstructure:"spool" yaml:"spool"`
	Sources     []SourceConfig   `mapstructure:"sources" yaml:"sources"`
	Reporters   []ReporterConfig `mapstructure:"reporters" yaml:"reporters"`

	file string // where it was read from, and what overrode it, for messages
}

// MetricsConfig says which metrics a run becomes.
type MetricsConfig struct {
	Prefix   string `mapstructure:"prefix" yaml:"prefix"`       // of the unified names
	Naming   string `mapstructure:"naming" yaml:"naming"`       // unified, native or both
	TopTypes int    `mapstructure:"top_types" yaml:"top_types"` // resource types with a duration of their own
}

// EventsConfig says which events a run becomes.
type EventsConfig struct {
	Success  bool `mapstructure:"success" yaml:"success"`   // also a low-priority event for each success
	Messages bool `mapstructure:"messages" yaml:"messages"` // failure messages may leave the node, scrubbed
}

// WatchConfig says how patiently reports are waited for.
type WatchConfig struct {
	Poll       time.Duration `mapstructure:"poll" yaml:"poll"`               // the look behind file events
	Quiet      time.Duration `mapstructure:"quiet" yaml:"quiet"`             // without a write: a document of unknown end is complete
	EmptyAfter time.Duration `mapstructure:"empty_after" yaml:"empty_after"` // without a write: an empty or cut report stays so
}

// SpoolConfig bounds what waits for each reporter on disk.
type SpoolConfig struct {
	MaxEntries int   `mapstructure:"max_entries" yaml:"max_entries"`
	MaxBytes   int64 `mapstructure:"max_bytes" yaml:"max_bytes"`
}

// SourceConfig is one place where reports appear.
type SourceConfig struct {
	Format string `mapstructure:"format" yaml:"format"`
	Path   string `mapstructure:"path" yaml:"path"` // a file, a directory or a glob
}

// ReporterConfig is one place that is told of runs.
type ReporterConfig struct {
	Type    string `mapstructure:"type" yaml:"type"`
	Name    string `mapstructure:"name" yaml:"name,omitempty"` // of its spool; default: its type
	Address string `mapstructure:"address" yaml:"address,omitempty"`

	Account `mapstructure:",squash" yaml:",inline"`
	// ExtraEndpoints are further accounts that are told the same, each with a
	// spool of its own, so that none waits for another.
	ExtraEndpoints []EndpointConfig `mapstructure:"extra_endpoints" yaml:"extra_endpoints,omitempty"`

	Proxy               string        `mapstructure:"proxy" yaml:"proxy,omitempty"`     // URL; default: HTTPS_PROXY, NO_PROXY
	CAFile              string        `mapstructure:"ca_file" yaml:"ca_file,omitempty"` // PEM; trusted beside the system's own
	SkipTLSVerification bool          `mapstructure:"skip_tls_verification" yaml:"skip_tls_verification,omitempty"`
	Timeout             time.Duration `mapstructure:"timeout" yaml:"timeout,omitempty"` // of one request
	MaxAge              AgesConfig    `mapstructure:"max_age" yaml:"max_age,omitempty"`
}

// EndpointConfig is one more account of a reporter of type datadog.
type EndpointConfig struct {
	Name    string `mapstructure:"name" yaml:"name,omitempty"` // of its spool; default: the reporter's and its host's
	Account `mapstructure:",squash" yaml:",inline"`
}

// Account is an account of Datadog. Of each key the first of these counts: the
// key itself, its file, the systemd credential dd_api_key or dd_application_key,
// the variable DD_API_KEY or DD_APP_KEY.
type Account struct {
	Site               string `mapstructure:"site" yaml:"site,omitempty"` // such as datadoghq.eu; default DD_SITE, datadoghq.com
	URL                string `mapstructure:"url" yaml:"url,omitempty"`   // instead of https://api.SITE
	APIKey             string `mapstructure:"api_key" yaml:"api_key,omitempty"`
	APIKeyFile         string `mapstructure:"api_key_file" yaml:"api_key_file,omitempty"`
	ApplicationKey     string `mapstructure:"application_key" yaml:"application_key,omitempty"` // for host tags
	ApplicationKeyFile string `mapstructure:"application_key_file" yaml:"application_key_file,omitempty"`
}

// AgesConfig is how old what is delivered may be; 0 is the receiver's own limit.
type AgesConfig struct {
	Metrics       time.Duration `mapstructure:"metrics" yaml:"metrics,omitempty"`
	Events        time.Duration `mapstructure:"events" yaml:"events,omitempty"`
	ServiceChecks time.Duration `mapstructure:"service_checks" yaml:"service_checks,omitempty"`
}

// Defaults is the configuration of an empty file.
func Defaults() Config {
	return Config{
		StateDir:  "/var/lib/converged",
		Tags:      []string{},
		TagPrefix: "tag:",
		Metrics:   MetricsConfig{Prefix: "configrun", Naming: "both", TopTypes: 10},
		Events:    EventsConfig{Messages: true},
		Watch:     WatchConfig{Poll: 15 * time.Second, Quiet: 2 * time.Second, EmptyAfter: time.Minute},
		Spool:     SpoolConfig{MaxEntries: 10_000, MaxBytes: 256 << 20},
	}
}

// LoadConfig reads a YAML file, lets CONVERGED_* variables override it, and
// checks every value. An empty path is DefaultConfigFile, which may be absent.
// An error names the file and every key that is wrong.
func LoadConfig(path string) (Config, error) {
	v := viper.NewWithOptions(viper.ExperimentalBindStruct(), viper.KeyDelimiter(keyDelimiter),
		viper.EnvKeyReplacer(strings.NewReplacer(keyDelimiter, "_")))
	v.SetEnvPrefix(envPrefix)
	v.AutomaticEnv()
	v.SetConfigType("yaml")
	c := Defaults()
	c.file = path
	if path == "" {
		c.file = DefaultConfigFile
	}
	text, err := os.ReadFile(c.file)
	switch {
	case path == "" && errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return c, fmt.Errorf("reading the configuration: %w", err)
	}
	if err := v.ReadConfig(strings.NewReader(string(text))); err != nil {
		return c, fmt.Errorf("%s: not YAML: %w", c.file, err)
	}
	if err := unknownKeys(c.file, text); err != nil {
		return c, err
	}
	c.file = withEnvironment(c.file, os.Getenv)
	if err := v.UnmarshalExact(&c); err != nil {
		return c, fmt.Errorf("%s: %w", c.file, err)
	}
	return c, c.validate()
}

// Empty says whether nothing is configured to be read.
func (c Config) Empty() bool { return len(c.Sources) == 0 }

// YAML is the effective configuration as one could write it into the file.
func (c Config) YAML() (string, error) {
	text, err := yaml.Marshal(c)
	return string(text), err
}
