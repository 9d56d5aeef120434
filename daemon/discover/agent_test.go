package discover

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// listening puts a socket of DogStatsD into a tree.
func listening(t *testing.T, dir, name string) {
	t.Helper()
	t.Chdir(dir) // a path from here is short enough for a socket
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
}

func TestTheAgentIsFound(t *testing.T) {
	const ports = "  sl  local_address rem_address   st\n  1: 0100007F:1FBD 00000000:0000 07\n"
	for name, c := range map[string]struct {
		files        map[string]string
		socket, want string
	}{
		"socket":           {nil, "run/datadog/dsd.socket", "unix:///var/run/datadog/dsd.socket"},
		"its own socket":   {map[string]string{"etc/datadog-agent/datadog.yaml": "dogstatsd_socket: /srv/dsd\n"}, "srv/dsd", "unix:///srv/dsd"},
		"socket and port":  {map[string]string{"proc/net/udp": ports}, "run/datadog/dsd.socket", "unix:///var/run/datadog/dsd.socket"},
		"port":             {map[string]string{"proc/1/net/udp": ports, "proc/self": "-> 1", "proc/net": "-> self/net"}, "", "127.0.0.1:8125"},
		"port, version 6":  {map[string]string{"proc/net/udp6": ports}, "", "127.0.0.1:8125"},
		"another port":     {map[string]string{"proc/net/udp": "  sl\n  1: 00000000:1FBE 00000000:0000 07\n"}, "", ""},
		"no socket":        {map[string]string{"run/datadog/dsd.socket": "a file"}, "", ""},
		"not running":      {map[string]string{"etc/datadog-agent/datadog.yaml": "api_key: x\n"}, "", "127.0.0.1:8125"},
		"switched off":     {map[string]string{"etc/datadog-agent/datadog.yaml": "use_dogstatsd: false\n"}, "", ""},
		"said otherwise":   {map[string]string{"etc/datadog-agent/datadog.yaml": "use_dogstatsd: No\n"}, "", ""},
		"its socket alone": {map[string]string{"etc/datadog-agent/datadog.yaml": "dogstatsd_port: 0\n"}, "", ""},
		"and it is there":  {map[string]string{"etc/datadog-agent/datadog.yaml": "dogstatsd_port: 0\n"}, "run/datadog/dsd.socket", "unix:///var/run/datadog/dsd.socket"},
		"port of its own":  {map[string]string{"etc/datadog-agent/datadog.yaml": "dogstatsd_port: 9125\n"}, "", "127.0.0.1:9125"},
		"port of nobody":   {map[string]string{"etc/datadog-agent/datadog.yaml": "dogstatsd_port: 91250\n"}, "", "127.0.0.1:8125"},
		"settings are bad": {map[string]string{"etc/datadog-agent/datadog.yaml": "a: *hunter2\n"}, "", "127.0.0.1:8125"},
		"nothing":          {nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"etc/salt/minion": "", "var/run": "-> /run"}
			for file, text := range c.files {
				files[file] = text
			}
			dir := planted(t, files)
			if c.socket != "" {
				listening(t, dir, c.socket)
			}
			f := lookAt(t, dir, Options{})
			if f.Agent.Address != c.want || f.Agent.Why == "" {
				t.Errorf("%+v", f.Agent)
			}
			harmless(t, f)
		})
	}
}

func TestOnlySitesOfDatadogAreNamed(t *testing.T) {
	for site, want := range map[string]string{"us5.datadoghq.com": "us5.datadoghq.com", "ddog-gov.com": "ddog-gov.com", "hunter2": "", "evil.org\n- x": "", "datadoghq.com.evil.org": ""} {
		dir := planted(t, map[string]string{"etc/salt/minion": "", "etc/datadog-agent/datadog.yaml": "use_dogstatsd: false\nsite: \"" + site + "\"\n"})
		if a := lookAt(t, dir, Options{}).Agent; a.Site != want {
			t.Errorf("%q: %+v", site, a)
		}
	}
}
