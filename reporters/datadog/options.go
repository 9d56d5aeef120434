package datadog

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// No error of this file repeats what it found: a key may have been put into the
// wrong option.

var domain = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)

// baseURL is what the paths of Datadog's API are added to, without a slash at its end.
func baseURL(site, address string) (*url.URL, error) {
	if address != "" {
		return gateway(address)
	}
	if site == "" {
		site = DefaultSite
	}
	if !domain.MatchString(site) || strings.HasPrefix(site, "api.") || strings.HasPrefix(site, "app.") {
		return nil, errors.New("site: expected the bare domain of an account, such as datadoghq.com or datadoghq.eu")
	}
	return &url.URL{Scheme: "https", Host: "api." + strings.ToLower(site)}, nil
}

func gateway(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("url: expected https://HOST, https://HOST:PORT or https://HOST/PATH")
	case u.User != nil:
		return nil, errors.New("url: expected no user or password in it; a key belongs into api_key_file")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("url: expected nothing after the path; a key belongs into api_key_file")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

func proxyURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" && u.Scheme != "socks5h" {
		return nil, errors.New("proxy: expected http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT")
	}
	return u, nil
}

// warnOfOpenDoors says what lets others read the keys. It is said at each start,
// so that nobody forgets what was meant for an afternoon.
func warnOfOpenDoors(o Options, base *url.URL) {
	if o.SkipTLSVerification {
		o.Log.Warn("TLS certificates are NOT verified (skip_tls_verification): anybody between this machine and Datadog can read the keys and forge answers; use ca_file instead", "host", base.Host)
	}
	if base.Scheme == "http" && !loopback(base.Hostname()) {
		o.Log.Warn("the url begins with http://: keys and telemetry go over the network in the clear", "host", base.Host)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
