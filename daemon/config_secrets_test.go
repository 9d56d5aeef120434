package daemon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// account is what a configuration makes of that account.
func account(t *testing.T, lines ...string) EndpointConfig {
	t.Helper()
	c, err := LoadConfig(write(t, withReporter(lines...)))
	if err != nil {
		t.Fatal(err)
	}
	all := c.Reporters[0].Accounts()
	return all[len(all)-1]
}

func TestTheFirstSourceOfAKeyCounts(t *testing.T) {
	alone(t)
	credentials := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	t.Setenv("DD_API_KEY", " variable\n")
	t.Setenv("DD_APP_KEY", "app-variable")
	file := put(t, filepath.Join(t.TempDir(), "key"), "file\n")
	want := func(a EndpointConfig, want string) {
		t.Helper()
		api, application, err := a.Keys()
		if got := api.Reveal() + " " + application.Reveal(); err != nil || got != want {
			t.Errorf("the keys are %q, %v, want %q", got, err, want)
		}
	}
	want(account(t, "site: datadoghq.eu"), "variable app-variable")
	put(t, filepath.Join(credentials, "dd_api_key"), "credential\n")
	put(t, filepath.Join(credentials, "dd_application_key"), "app-credential\n")
	want(account(t, "site: datadoghq.eu"), "credential app-credential")
	put(t, filepath.Join(credentials, "main_dd_api_key"), "named\n")
	want(account(t, "name: main", "site: datadoghq.eu"), "named app-credential")
	want(account(t, "name: main", "api_key_file: "+file, "application_key: app"), "file app")
	want(account(t, "name: main", "api_key: given"), "given app-credential")
}

func TestAKeyOfOneAccountNeverReachesAnother(t *testing.T) {
	alone(t)
	credentials := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", credentials)
	t.Setenv("DD_API_KEY", "CANARY")
	t.Setenv("DD_APP_KEY", "CANARY")
	put(t, filepath.Join(credentials, "dd_api_key"), "CANARY")
	put(t, filepath.Join(credentials, "dd_application_key"), "CANARY")
	_, err := loaded(write(t, withReporter("extra_endpoints: [{name: other, site: datadoghq.eu}]")))
	if err == nil || !strings.Contains(err.Error(), "no API key: expected") {
		t.Errorf("the second account has the key of the first: %v", err)
	}
	put(t, filepath.Join(credentials, "other_dd_api_key"), "own")
	api, application, err := account(t, "extra_endpoints: [{name: other, site: datadoghq.eu}]").Keys()
	if err != nil || api.Reveal() != "own" || application != "" {
		t.Errorf("the keys are %q and %q, %v", api.Reveal(), application.Reveal(), err)
	}
	c, err := LoadConfig(write(t, withReporter("site: datadoghq.eu", "api_key: a")+"  - {type: datadog, site: datadoghq.com, api_key: b}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.Reporters {
		if _, application, err := r.Accounts()[0].Keys(); err != nil || application != "" {
			t.Errorf("%s has the application key %q, %v", r.Name, application.Reveal(), err)
		}
	}
}

func TestAKeyFileIsReadAnew(t *testing.T) {
	alone(t)
	file := put(t, filepath.Join(t.TempDir(), "key"), "old")
	a := account(t, "api_key_file: "+file)
	put(t, file, "new\r\n")
	if api, _, err := a.Keys(); err != nil || api.Reveal() != "new" {
		t.Errorf("the key is %q, %v", api.Reveal(), err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Keys(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without its file: %v", err)
	}
}

func TestWrongKeyFiles(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, want string }{
		"two lines": {put(t, filepath.Join(dir, "two"), "CANARY\nb"), "the character at 7 of the key is a blank"},
		"NUL":       {put(t, filepath.Join(dir, "nul"), "CANARY\x00b"), "a control character"},
		"huge":      {put(t, filepath.Join(dir, "huge"), strings.Repeat("CANARY", 1000)), "more than 4096 bytes"},
		"a pipe":    {pipe, "not a regular file"},
		"directory": {dir, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loaded(write(t, withReporter("api_key_file: "+c.file)))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.file) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("the error is %v, want one with %q", err, c.want)
			}
		})
	}
}

// A key file that is being rewritten must not end the daemon.
func TestAnEmptyKeyFileIsWaitedFor(t *testing.T) {
	alone(t)
	empty := put(t, filepath.Join(t.TempDir(), "empty"), "\n")
	c, err := loaded(write(t, withReporter("api_key_file: "+empty)))
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(c.Warnings(), "\n"); !strings.Contains(said, empty+": it is empty; nothing is delivered until it can be read") {
		t.Errorf("the warnings are %q", said)
	}
}

func TestAskingTheDaemonNeedsNoKeys(t *testing.T) {
	alone(t)
	c, err := LoadConfig(write(t, "state_dir: /srv/state\n"+withReporter("site: datadoghq.eu")))
	if err != nil || c.StateDir != "/srv/state" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestSecretsAreNeverTold(t *testing.T) {
	alone(t)
	c, err := LoadConfig(write(t, withReporter("api_key: CANARY1", "application_key: CANARY2", "proxy: 'http://user:CANARY3@CANARY4@proxy:3128'",
		"extra_endpoints: [{site: datadoghq.eu, api_key: CANARY5}]")))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(h).Info("it", "config", c, "reporter", c.Reporters[0], "key", c.Reporters[0].APIKey, "proxy", c.Reporters[0].Proxy)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{shown, logged.String(), string(encoded), fmt.Sprintf("%v %+v %#v %v %q %s", c, c, c, c.Reporters, c.Reporters[0].APIKey, c.Reporters[0].Proxy)} {
		if strings.Contains(text, "CANARY") || !strings.Contains(text, mask) {
			t.Errorf("a secret is told, or nothing is masked: %s", text)
		}
	}
	if !strings.Contains(shown, "http://user:********@proxy:3128") {
		t.Errorf("the proxy is not shown: %s", shown)
	}
	again, err := LoadConfig(write(t, shown))
	if err != nil {
		t.Fatalf("what is shown cannot be read again: %v\n%s", err, shown)
	}
	if second, _ := again.YAML(); second != shown {
		t.Errorf("shown twice it differs:\n%s\n%s", shown, second)
	}
}

func TestAProxyIsShownWithoutItsPassword(t *testing.T) {
	for given, want := range map[ProxyURL]string{
		"":                            "",
		"http://proxy:3128":           "http://proxy:3128",
		"http://token@proxy:3128/a":   "http://" + mask + "@proxy:3128/a",
		"user:secret@proxy:3128":      mask,
		"http://user:a%zz@proxy":      mask,
		"socks5://user:p%40w@[::1]:1": "socks5://user:" + mask + "@[::1]:1",
	} {
		if got := given.String(); got != want {
			t.Errorf("%q is shown as %q, want %q", given.Reveal(), got, want)
		}
	}
}
