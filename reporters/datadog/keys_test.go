package datadog

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// keyFile is a place where keys are, which somebody rotates.
type keyFile struct {
	mu    sync.Mutex
	keys  Keys
	err   error
	asked int
}

func (k *keyFile) read() (Keys, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked++
	return k.keys, k.err
}

func (k *keyFile) write(keys Keys, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys, k.err = keys, err
}

// lock is a receiver that knows one key.
func lock(key *string) func(w http.ResponseWriter, q request) {
	return func(w http.ResponseWriter, q request) {
		if q.header.Get("DD-API-KEY") != *key {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"errors":["Forbidden: %s"]}`, q.header.Get("DD-API-KEY"))
			return
		}
		accept(w, q)
	}
}

func TestKeysAreAskedForAnewWhenTheyAreRefused(t *testing.T) {
	good := "new0new0new0new0new0new0new0new0"
	rc, server := newReceiver(t, lock(&good))
	file := &keyFile{keys: Keys{API: apiKey}}
	r := start(t, server.URL, func(o *Options) { o.Keys = file.read })
	for range 3 {
		if err := r.Report(t.Context(), run("r1")); means(err) != "held" || strings.Contains(err.Error(), apiKey) {
			t.Fatalf("got %s: %v, want held", means(err), err)
		}
	}
	if file.asked < 3 {
		t.Errorf("asked %d times in 3 attempts", file.asked)
	}
	other := "old1old1old1old1old1old1old1old1"
	file.write(Keys{API: other}, nil) // rotated, and wrong again
	tried := len(rc.requests())
	if err := r.Report(t.Context(), run("r1")); means(err) != "held" || len(rc.requests()) != tried+1 {
		t.Fatalf("got %s: %v after %d requests, want held after one with the other key", means(err), err, len(rc.requests())-tried)
	}
	file.write(Keys{API: good + "\n"}, nil)
	earlier := len(rc.requests())
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Fatalf("with the new key: %v", err)
	}
	if n := len(rc.requests()) - earlier; n != 3 {
		t.Errorf("%d requests, want 3: a key that was refused is not tried before the new one", n)
	}
	before := file.asked
	for range 3 {
		if err := r.Report(t.Context(), run("r1")); err != nil {
			t.Fatal(err)
		}
	}
	if file.asked != before {
		t.Error("good keys are asked for again")
	}
}

func TestARotationBetweenTwoWrongKeys(t *testing.T) {
	good := "new0new0new0new0new0new0new0new0"
	rc, server := newReceiver(t, lock(&good))
	keys := []string{"wrong1", "wrong2", good}
	r := start(t, server.URL, func(o *Options) {
		o.Keys = func() (Keys, error) { k := keys[0]; keys = keys[1:]; return Keys{API: k}, nil }
	})
	if err := r.Report(t.Context(), run("r1")); means(err) != "held" || len(rc.requests()) != 2 {
		t.Errorf("got %s: %v after %d requests, want held after one for each wrong key", means(err), err, len(rc.requests()))
	}
	if err := r.Report(t.Context(), run("r1")); err != nil || len(rc.requests()) != 5 {
		t.Errorf("got %v after %d requests, want 3 more with the third key", err, len(rc.requests()))
	}
}

func TestOnlyTheKeysThatWereUsedAreForgotten(t *testing.T) {
	file := &keyFile{keys: Keys{API: "first"}}
	ring := &keyring{ask: file.read}
	first, err := ring.get()
	if err != nil {
		t.Fatal(err)
	}
	ring.forget(first)
	if _, err := ring.get(); err != nil {
		t.Fatal(err)
	}
	ring.forget(first) // by another request that was on its way with them
	if _, err := ring.get(); err != nil || file.asked != 2 {
		t.Errorf("got %v, asked %d times, want 2", err, file.asked)
	}
}

func TestARotatedKeyCostsNothing(t *testing.T) {
	good := apiKey
	rc, server := newReceiver(t, lock(&good))
	file := &keyFile{keys: Keys{API: apiKey}}
	r := start(t, server.URL, func(o *Options) { o.Keys = file.read })
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Fatal(err)
	}
	good = "new0new0new0new0new0new0new0new0"
	file.write(Keys{API: good}, nil)
	if err := r.Report(t.Context(), run("r2")); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
	if n := len(rc.requests()); n != 7 {
		t.Errorf("%d requests, want 3, one that was refused, and 3", n)
	}
}

func TestKeysThatAreNone(t *testing.T) {
	rc, server := newReceiver(t, nil)
	file := &keyFile{}
	r := start(t, server.URL, func(o *Options) { o.Keys = file.read })
	for name, c := range map[string]struct {
		keys Keys
		err  error
	}{
		"empty":              {keys: Keys{}},
		"blank":              {keys: Keys{API: " \n"}},
		"two lines":          {keys: Keys{API: apiKey + "\nX-Evil: 1"}},
		"not ASCII":          {keys: Keys{API: "schlüssel"}},
		"file not there":     {err: errors.New("open /etc/converged/key: no such file or directory")},
		"key in the message": {keys: Keys{API: apiKey}, err: errors.New("cannot be read")},
	} {
		file.write(c.keys, c.err)
		err := r.Report(t.Context(), run("r1"))
		if means(err) != "held" {
			t.Errorf("%s: got %s: %v, want held", name, means(err), err)
		}
		if c.err != nil && !errors.Is(err, c.err) {
			t.Errorf("%s: %v does not say why", name, err)
		}
		if c.keys.API != "" && strings.Contains(err.Error(), apiKey) {
			t.Errorf("%s: a key is in %v", name, err)
		}
	}
	if n := len(rc.requests()); n != 0 {
		t.Errorf("%d requests were made without a key", n)
	}
	file.write(Keys{API: apiKey, Application: "a b"}, nil)
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Errorf("once the API key is mended: %v", err)
	}
}

func TestNoPrintingShowsKeys(t *testing.T) {
	k := Keys{API: apiKey, Application: appKey}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08.3f"} {
		shown = append(shown, fmt.Sprintf(verb, k), fmt.Sprintf(verb, &k), fmt.Sprintf(verb, []Keys{k}), fmt.Sprintf(verb, struct{ K Keys }{k}))
	}
	var said log
	said.logger().Info("x", "keys", k, "pointer", &k, "group", slog.GroupValue(slog.Any("k", k)))
	slog.New(slog.NewJSONHandler(&said, nil)).Info("x", "keys", k, "list", []Keys{k})
	text, err := json.Marshal(map[string]any{"k": k})
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, "http://127.0.0.1:1", func(o *Options) { o.Keys = func() (Keys, error) { return k, nil } })
	if _, err := r.keys.get(); err != nil {
		t.Fatal(err)
	}
	shown = append(shown, said.String(), string(text), k.String(), k.GoString())
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		shown = append(shown, fmt.Sprintf(verb, r.keys), fmt.Sprintf(verb, r.hosts), fmt.Sprintf(verb, r.base))
	}
	for _, text := range shown {
		for _, key := range []string{apiKey, appKey, fmt.Sprintf("%x", apiKey)} {
			if strings.Contains(strings.ToLower(text), key) {
				t.Errorf("a key is in %s", text)
			}
		}
	}
}
