package draw

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/graph"
)

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"web":             "web",
		"two words":       "two words",
		"":                `""`,
		"  ":              `"  "`,
		"a\nb\tc":         "a\ufffdb\ufffdc",
		"nul\x00":         "nul\ufffd",
		"bad\xffutf8":     "bad\ufffdutf8",
		"rtl\u202eevil":   "rtl\ufffdevil",
		"zero\u200bwidth": "zero\ufffdwidth",
		"non\u00a0break":  "non\ufffdbreak",
		"\ufffe\uffff":    "\ufffd\ufffd",
		"é漢🎉":             "é漢🎉",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanKeepsWhatXMLCanHold(t *testing.T) {
	for in, want := range map[string]string{
		"a\nb\tc\r": "a\nb\tc\r", "\x01\x1f\x7f\u0085": strings.Repeat("\ufffd", 4), "\ufdd0\U0001fffe": "\ufffd\ufffd", "<&>": "<&>",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNamesStayApart(t *testing.T) {
	g := &graph.Graph{Nodes: []graph.Node{{ID: "role[a\x01]"}, {ID: "role[a\x02]"}, {ID: "role[a\ufffd]"}, {ID: "role[a\ufffd] (2)"}}}
	got := names(g, clean)
	for id, want := range map[string]string{
		"role[a\ufffd]": "role[a\ufffd]", "role[a\ufffd] (2)": "role[a\ufffd] (2)",
		"role[a\x01]": "role[a\ufffd] (3)", "role[a\x02]": "role[a\ufffd] (4)",
	} {
		if got[id] != want {
			t.Errorf("%q is named %q, want %q", id, got[id], want)
		}
	}
}

func newTestRuler(t testing.TB) *ruler {
	t.Helper()
	r, err := newRuler()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCutFits(t *testing.T) {
	r := newTestRuler(t)
	for _, s := range []string{"short", strings.Repeat("abc", 1000), strings.Repeat("漢", 1000), strings.Repeat("W", 50)} {
		for _, room := range []float64{40, 100, 250} {
			got := r.cut(s, room, 11, true)
			if w := r.width(got, 11, true); w > room+0.5 || !utf8.ValidString(got) {
				t.Errorf("cut to %v, %.20q is %v wide", room, got, w)
			}
			if r.width(s, 11, true) <= room && got != s {
				t.Errorf("%q was cut to %q without need", s, got)
			}
			if r.width(s, 11, true) > room+20 && r.width(got, 11, true) < room-30 {
				t.Errorf("cut to %v, %q leaves room", room, got)
			}
		}
	}
}

func TestEnvironmentsAreCountedWhenTheyDoNotFit(t *testing.T) {
	r := newTestRuler(t)
	for _, c := range []struct {
		list []string
		want string
	}{
		{[]string{"prod"}, "prod"},
		{[]string{"prod", "staging"}, "prod, staging"},
		{[]string{"dev", "prod", "qa", "staging", "test", "trial"}, "dev, prod, qa, staging +2"},
		{[]string{"a-very-long-environment-name-of-production", "b"}, "a-very-lon…roduction, b"},
	} {
		got := r.environments(c.list, 96, 8.5)
		if got != c.want {
			t.Errorf("%v is shown as %q, want %q", c.list, got, c.want)
		}
		if w := r.width(got, 8.5, false); w > 96 {
			t.Errorf("%q is %v wide", got, w)
		}
	}
}
