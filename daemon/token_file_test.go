package daemon

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestATokenThatIsChanged(t *testing.T) {
	h := newHome(t)
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first-token-of-all\n")
	h.config.Receive.TokenFile = file
	post := h.sender()
	stop := h.start(quiet(), Output{Name: "r", Reporter: newRecorder(false)})
	defer stop()
	body := sample(t, "18-updated/collector.json")
	posts := func(token string, want int) {
		t.Helper()
		if status := post("/data-collector", token, body); status != want {
			t.Errorf("with %q it was answered %d, want %d", token, status, want)
		}
	}
	posts("first-token-of-all", 201)
	write("other-token-of-all\n") // as long, and perhaps at the same time
	posts("first-token-of-all", 401)
	posts("other-token-of-all", 201)
	write("")
	posts("", 401)
	posts("other-token-of-all", 201)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	posts("", 401)
	posts("other-token-of-all", 201)
	write("third-token-of-all")
	posts("other-token-of-all", 401)
	posts("third-token-of-all", 201)
}

func TestAChangedTokenIsSaidOnceAndNeverTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	var said strings.Builder
	now := ReceiveConfig{TokenFile: file}.tokenNow("the-token-of-the-start", slog.New(slog.NewTextHandler(&said, nil)))
	old := time.Now().Add(-time.Hour)
	for _, text := range []string{"another-token-of-ours", `"quoted-token-of-ours"`} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got := now(); got != "another-token-of-ours" {
				t.Errorf("it is %q", got)
			}
		}
	}
	if n := strings.Count(said.String(), "\n"); n != 2 || strings.Contains(said.String(), "of-ours") {
		t.Errorf("%d lines: %s", n, said.String())
	}
	if (ReceiveConfig{Token: "fixed"}).tokenNow("fixed", nil) != nil {
		t.Error("a token of the configuration changes")
	}
}
