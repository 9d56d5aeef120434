package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// transcript is what a command says; whoever waits is told of each line.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
	said chan struct{}
}

func newTranscript() *transcript { return &transcript{said: make(chan struct{}, 1)} }

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.said <- struct{}{}:
	default:
	}
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// await waits until all of the texts were said.
func (t *transcript) await(test *testing.T, texts ...string) {
	test.Helper()
	for deadline := time.After(time.Minute); ; {
		missing := ""
		for _, text := range texts {
			if !strings.Contains(t.String(), text) {
				missing = text
			}
		}
		if missing == "" {
			return
		}
		select {
		case <-t.said:
		case <-deadline:
			test.Fatalf("%q was not said in\n%s", missing, t)
		}
	}
}

// withoutAccount takes the machine's own account out of the environment.
func withoutAccount(t *testing.T) {
	t.Helper()
	for _, name := range []string{"DD_API_KEY", "DD_APP_KEY", "DD_SITE", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "HTTP_PROXY", "HTTPS_PROXY"} {
		t.Setenv(name, "")
	}
}

// configuration is a file with these reporters, a source and a state directory.
func configuration(t *testing.T, reporters string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "converged.yaml")
	text := fmt.Sprintf("state_dir: %s/state\nsources: [{format: chef-report, path: %s/reports}]\nreporters:\n%s", dir, dir, reporters)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// keyed is a receiver that takes one key.
func keyed(t *testing.T, key string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("DD-API-KEY") != key {
			http.Error(w, `{"errors":["Forbidden"]}`, http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"valid":true}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestEachKeyIsAskedForAtTheStart(t *testing.T) {
	withoutAccount(t)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	gone := httptest.NewServer(nil)
	gone.Close()
	file := configuration(t, fmt.Sprintf(`  - type: datadog
    name: good
    url: %s
    api_key: CANARY-right
    extra_endpoints:
      - {name: bad, url: %s, api_key: CANARY-wrong}
      - {name: silent, url: %s, api_key: CANARY-right}
      - {name: gone, url: %s, api_key: CANARY-right}
      - {name: keyless, url: %s, api_key_file: %s}
`, keyed(t, "CANARY-right"), keyed(t, "CANARY-right"), silent.URL, gone.URL, silent.URL, filepath.Join(t.TempDir(), "key")))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, ended := newTranscript(), make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"run", "--config", file}, streams{strings.NewReader(""), &bytes.Buffer{}, said})
	}()
	said.await(t, "msg=watching", `msg="the API key is good" reporter=good`, `everything is kept, and tried again with whatever key there is then" reporter=bad`,
		`msg="whether the API key is good could not be asked`, "reporter=gone", "reporter=keyless", "nothing is delivered until it can be read")
	stop()
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("it exits with %d:\n%s", code, said)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not stop while a receiver is silent")
	}
	if strings.Contains(said.String(), "CANARY") {
		t.Errorf("a key is told:\n%s", said)
	}
}

func TestWhatIsWrongWithAnAddressNamesItsKey(t *testing.T) {
	withoutAccount(t)
	for reporter, want := range map[string]string{
		"  - {type: stdout}\n  - {type: dogstatsd, address: /var/run/datadog/dsd.socket}\n": "reporters[1].address: dogstatsd: address \"/var/run/datadog/dsd.socket\": expected HOST:PORT, or unix:///PATH",
		"  - {type: datadog, url: 'http://intake.example.org', api_key: CANARY}\n":          "",
	} {
		file := configuration(t, reporter)
		var out, said bytes.Buffer
		code := run(t.Context(), []string{"config", "check", "--config", file}, streams{strings.NewReader(""), &out, &said})
		if want != "" && (code != 2 || !strings.Contains(said.String(), file+": "+want)) {
			t.Errorf("it exits with %d and says %s", code, said.String())
		}
		if want == "" && (code != 0 || !strings.Contains(said.String(), "in the clear") || strings.Contains(said.String(), "CANARY")) {
			t.Errorf("it exits with %d and says %s", code, said.String())
		}
	}
}
