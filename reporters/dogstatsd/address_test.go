package dogstatsd

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for address, want := range map[string]string{
		"udp://127.0.0.1:8125":          "udp 127.0.0.1:8125",
		"udp://agent.example.com:18125": "udp agent.example.com:18125",
		"udp://localhost/":              "udp localhost:8125",
		"localhost":                     "udp localhost:8125",
		"localhost:9125":                "udp localhost:9125",
		"[::1]:9125":                    "udp [::1]:9125",
		"udp://[fe80::1%eth0]:8125":     "udp [fe80::1%eth0]:8125",
		"::1":                           "udp [::1]:8125",
		"[2001:db8::7]":                 "udp [2001:db8::7]:8125",
		"unix:///var/run/dsd.socket":    "unixgram /var/run/dsd.socket",
		"unixgram:///var/run/x y":       "unixgram /var/run/x y",
	} {
		got, err := parseAddress(address)
		if err != nil || got.network+" "+got.address != want {
			t.Errorf("%q is %v, %v, want %s", address, got, err, want)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for address, want := range map[string]string{
		"tcp://127.0.0.1:8125":                `unknown scheme "tcp"`,
		"unixstream:///var/run/dsd.socket":    `unknown scheme "unixstream"`,
		"http://localhost":                    `unknown scheme "http"`,
		"unix://dsd.socket":                   "absolute path",
		"unix://":                             "absolute path",
		"unix:///" + strings.Repeat("x", 200): "at most 103 bytes",
		"udp://":                              "expected HOST:PORT",
		":8125":                               "expected HOST:PORT",
		"a host:8125":                         "expected HOST:PORT",
		"localhost:8125/path":                 "1 to 65535",
		"localhost:":                          "1 to 65535",
		"localhost:0":                         "1 to 65535",
		"localhost:65536":                     "1 to 65535",
		"localhost:dogstatsd":                 "1 to 65535",
		"a:b:c":                               "IPv6",
		"/var/run/datadog/dsd.socket":         "expected HOST:PORT, or unix:///PATH for a socket",
		"unix:/var/run/datadog/dsd.socket":    "unix:///PATH",
		"udp://user:secret@agent.example.com:8125": "",
	} {
		if got, err := parseAddress(address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %v, %v, want an error with %q", address, got, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	path := socketFile(t)
	none := path + ".none"
	listen(t, "unixgram", path)
	for _, c := range []struct {
		name, address, socket, want string
		env                         map[string]string
	}{
		{"configured", "udp://a:1", path, "udp://a:1", map[string]string{"DD_DOGSTATSD_URL": "udp://b:2"}},
		{"url first", "", path, "udp://b:2", map[string]string{"DD_DOGSTATSD_URL": "udp://b:2", "DD_AGENT_HOST": "c"}},
		{"url of a socket", "", none, "unix:///x/dsd", map[string]string{"DD_DOGSTATSD_URL": "unix:///x/dsd"}},
		{"url without port", "", none, "udp://b:8125", map[string]string{"DD_DOGSTATSD_URL": "udp://b"}},
		{"host", "", path, "udp://c:8125", map[string]string{"DD_AGENT_HOST": "c"}},
		{"host and port", "", path, "udp://c:9125", map[string]string{"DD_AGENT_HOST": "c", "DD_DOGSTATSD_PORT": "9125"}},
		{"IPv6 host and port", "", path, "udp://[::1]:9125", map[string]string{"DD_AGENT_HOST": "::1", "DD_DOGSTATSD_PORT": "9125"}},
		{"IPv6 host in brackets", "", path, "udp://[::1]:9125", map[string]string{"DD_AGENT_HOST": "[::1]", "DD_DOGSTATSD_PORT": "9125"}},
		{"host with its port", "", path, "udp://c:7125", map[string]string{"DD_AGENT_HOST": "c:7125", "DD_DOGSTATSD_PORT": "9125"}},
		{"host that is a socket", "", none, "unix:///x/dsd", map[string]string{"DD_AGENT_HOST": "unix:///x/dsd", "DD_DOGSTATSD_PORT": "9125"}},
		{"port alone", "", none, "udp://127.0.0.1:8125", map[string]string{"DD_DOGSTATSD_PORT": "9125"}},
		{"the Agent's socket", "", path, "unix://" + path, nil},
		{"nothing", "", none, "udp://127.0.0.1:8125", nil},
	} {
		got, err := find(c.address, func(key string) string { return c.env[key] }, c.socket)
		if err != nil || got.String() != c.want {
			t.Errorf("%s: got %v, %v, want %s", c.name, got, err, c.want)
		}
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{Address: "tcp://x"}, "tcp://x"},
		{Options{Env: func(string) string { return "tcp://x" }}, "DD_DOGSTATSD_URL"},
		{Options{Env: func(key string) string { return map[string]string{"DD_AGENT_HOST": "a b"}[key] }}, "DD_AGENT_HOST"},
	} {
		if r, err := New(c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, %v, want an error naming %s", r, err, c.want)
		}
	}
}
