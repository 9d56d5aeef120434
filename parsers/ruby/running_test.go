package ruby

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the samples do into their file")

// TestSamplesRunAsRubyRunsThem follows the samples of a file on a recorder:
// "=== name", a source, "--- want", and what it noted, what stayed unresolved
// and what it raised.
func TestSamplesRunAsRubyRunsThem(t *testing.T) {
	path := filepath.Join(samples, "running.txt")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rewritten strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(string(data), "=== "), "\n=== ") {
		name, rest, _ := strings.Cut(part, "\n")
		src, want, ok := strings.Cut(rest, "--- want\n")
		if !ok {
			t.Fatalf("%s has no wanted result", name)
		}
		want = strings.TrimRight(want, "\n")
		got := strings.TrimRight(told(t, src), "\n")
		fmt.Fprintf(&rewritten, "=== %s\n%s--- want\n%s\n\n", name, src, got)
		if got != want && !*update {
			t.Errorf("%s\n%s\ngot:\n%s\nwant:\n%s", name, src, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.TrimSuffix(rewritten.String(), "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// told is what following a source shows, a line for each thing.
func told(t *testing.T, src string) string {
	calls, ev, err := recorded(t, src, false)
	out := strings.Join(calls, "\n") + "\n"
	for _, u := range ev.Unresolved() {
		out += fmt.Sprintf("unresolved %d: %s | %s\n", u.Line, u.Text, u.Reason)
	}
	if r, ok := errors.AsType[*Exception](err); ok {
		out += fmt.Sprintf("raised %d: %s\n", r.Line, r)
	}
	return strings.TrimLeft(out, "\n")
}
