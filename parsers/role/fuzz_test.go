package role

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/ruby"
)

// seedSamples adds the samples of testdata to a fuzz target.
func seedSamples(f *testing.F) {
	f.Helper()
	for _, file := range []string{"accepted.txt", "refused.txt", "unknown.txt", "maybe.txt"} {
		data, err := os.ReadFile(filepath.Join(samples, file))
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(data), "=== ") {
			_, src, _ := strings.Cut(part, "\n")
			src, _, _ = strings.Cut(src, "--- want")
			f.Add(src)
		}
	}
}

func FuzzRuby(f *testing.F) {
	seedSamples(f)
	f.Fuzz(func(t *testing.T, src string) {
		checkDocument(t, src, readRuby(src, "r.rb"))
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"name":"a","run_list":["recipe[a]","role[b]","c@1.2"],"env_run_lists":{"p":["x"],"_default":"y"}}`,
		`// c` + "\n" + `{"run_list":[{"type":"role","name":"\u00e9\ud83d\ude00"}], "default_attributes": {"a": [1.5e3, null, true]}}`,
		"{\"a\":\"\xed\xa0\x80\"}", `{"a":1,}`, `[]`, ``, `{"recipes":"x"`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		checkDocument(t, src, readJSON(src, "r.json"))
	})
}

// checkDocument checks what holds for every file.
func checkDocument(t *testing.T, src string, d document) {
	t.Helper()
	lines := strings.Count(src, "\n") + 1
	line := func(n int, what string) {
		if n < 1 || n > lines {
			t.Errorf("%s on line %d of %d", what, n, lines)
		}
	}
	line(d.role.Line, "the name")
	for _, p := range d.problems {
		line(p.Line, string(p.Kind))
		if p.Message == "" || p.Column < 0 {
			t.Errorf("problem %+v", p)
		}
	}
	for _, u := range d.role.Unresolved {
		line(u.Line, "unresolved")
		if u.Reason == "" || len([]rune(u.Text)) > ruby.MaxText {
			t.Errorf("unresolved %+v", u)
		}
	}
	for _, m := range d.role.Maybe {
		line(m.Line, m.String())
		if m.Environment == "" && len(d.role.EnvRunLists[""]) == 0 || m.Condition == "" || len([]rune(m.Condition)) > ruby.MaxText {
			t.Errorf("maybe %+v", m)
		}
	}
	if got := distinct(d.role.RunList); len(got) != len(d.role.RunList) {
		t.Errorf("repetitions in %s", texts(d.role.RunList))
	}
	lists := [][]Item{d.role.RunList}
	for _, l := range d.role.EnvRunLists {
		lists = append(lists, l)
	}
	for _, l := range lists {
		for _, i := range l {
			line(i.Line, i.String())
			if i.Kind != RecipeItem && i.Kind != RoleItem {
				t.Errorf("item of kind %q", i.Kind)
			}
		}
	}
}
