package receive

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestSegments(t *testing.T) {
	for path, want := range map[string][]string{
		"/":                 nil,
		"/a":                {"a"},
		"/a/":               {"a"},
		"/a/b%2Dc":          {"a", "b-c"},
		"/a/web1.example:8": {"a", "web1.example:8"},
	} {
		if got, ok := segments(path); !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %q %v", path, got, ok)
		}
	}
	for _, path := range []string{"", "a", "//", "/a//", "/.", "/a/..", "/%2e", "/a%2Fb", "/a%5c", "/a%20b", "/%", "/%zz", "/ü", "/%00", "/" + strings.Repeat("a", maxPath)} {
		if got, ok := segments(path); ok {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"pupet", "puppet", 1}, {"same", "same", 0}, {"ab", "ba", 2}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// FuzzRoute: whatever the path, what is shown of it is printable ASCII that leads
// to the same endpoint again, and what is told is fit to be told.
func FuzzRoute(f *testing.F) {
	for _, path := range []string{
		"/data-collector/v0", "/reports/upload", "/puppet/v3/report/web1.example.net", "/v1/reports/salt-return", "/v1/reports/salt", "/healthz",
		"/puppet/v3/report/%2e%2e", "/data-collector/%00", "//", "/a%2Fb", "/%C3%BC", "*", "", "/data-collector/~!@$&'()*+,;=:-_.",
	} {
		f.Add("POST", path)
		f.Add("PUT", path)
	}
	s := &Server{o: Options{Formats: known}}
	f.Fuzz(func(t *testing.T, method, path string) {
		e, err := s.route(method, path)
		if err != nil {
			if err.Error() != clean(err.Error()) && len(err.Error()) < maxMessage {
				t.Fatalf("%q: told %q", path, err)
			}
			return
		}
		if strings.ContainsFunc(e.path, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.Contains(e.path, "/../") || len(e.path) > 3*maxPath {
			t.Fatalf("%q is shown as %q", path, e.path)
		}
		if u, err := url.Parse("http://h" + e.path); err != nil || u.EscapedPath() != e.path || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("%q is shown as %q: %v", path, e.path, err)
		}
		if again, err := s.route(method, e.path); err != nil || again != e {
			t.Fatalf("%q: %+v, and %+v from its own path: %v", path, e, again, err)
		}
	})
}
