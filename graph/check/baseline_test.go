package check

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// baselineOf is a baseline of all that a check of these roles finds.
func baselineOf(t *testing.T, lines ...string) Baseline {
	t.Helper()
	var b bytes.Buffer
	if err := WriteBaseline(&b, Judge(roles(t, lines...), Settings{})); err != nil {
		t.Fatal(err)
	}
	known, err := ReadBaseline(&b)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

func TestOnlyWhatIsNewFails(t *testing.T) {
	old := []string{"a: role[b] role[ghost]", "b: role[c]", "c: role[a]"}
	for name, c := range map[string]struct {
		lines []string
		fails bool
		stale int
	}{
		"the same":                          {old, false, 0},
		"lines were added":                  {[]string{"a: recipe[x] recipe[y] role[b] role[ghost]", "b: recipe[z] role[c]", "c: role[a]"}, false, 0},
		"a role was added":                  {append([]string{"d: role[a]"}, old...), false, 0},
		"a new edge in the old component":   {[]string{"a: role[b] role[ghost]", "b: role[c]", "c: role[a] role[b]"}, true, 0},
		"another names the missing role":    {append([]string{"d: role[ghost]"}, old...), true, 0},
		"a new component":                   {append([]string{"d: role[e]", "e: role[d]"}, old...), true, 0},
		"a new self reference in it":        {[]string{"a: role[b] role[ghost] role[a]", "b: role[c]", "c: role[a]"}, true, 0},
		"the cycle was opened":              {[]string{"a: role[b] role[ghost]", "b: role[c]", "c:"}, false, 3},
		"the missing role is there":         {append([]string{"ghost:"}, old...), false, 1},
		"nothing is found":                  {[]string{"a:"}, false, 4},
		"a maybe edge closes another cycle": {[]string{"a: role[b] role[ghost] ?role[c]", "b: role[c]", "c: role[a]"}, true, 0},
	} {
		r := Judge(roles(t, c.lines...), Settings{})
		r.Compare(baselineOf(t, old...))
		if r.Fails() != c.fails || len(r.Stale) != c.stale {
			t.Errorf("%s: fails %v, stale %v", name, r.Fails(), r.Stale)
		}
	}
}

func TestABaselineOfAnythingKnowsIt(t *testing.T) {
	r := Judge(hostileGraph(), Settings{})
	var first, second bytes.Buffer
	if err := WriteBaseline(&first, r); err != nil {
		t.Fatal(err)
	}
	known, err := ReadBaseline(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	r.Compare(known)
	if r.Fails() || r.Known() != len(r.Findings) || len(r.Stale) > 0 || r.Count("", Error)+r.Count("", Warning) > 0 {
		t.Errorf("%d of %d are known, %d stale", r.Known(), len(r.Findings), len(r.Stale))
	}
	if err := WriteBaseline(&second, r); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("written again it differs: %v", err)
	}
}

// A check that leaves out the cookbooks, or a rule, forgets nothing of them.
func TestWhatIsNotLookedForStays(t *testing.T) {
	text := `{"version": 1, "findings": [{"rule": "missing-recipe", "subject": "role[a]", "to": "recipe[x]"},
		{"rule": "cycle", "subject": "role[a]", "to": "role[b]"}, {"rule": "missing-role", "subject": "role[a]", "to": "role[x]"}]}`
	known, err := ReadBaseline(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r := Judge(roles(t, "a:"), Settings{Levels: map[string]Level{Cycle: Off}})
	r.Compare(known)
	if len(r.Stale) != 1 || r.Stale[0].Rule != MissingRole {
		t.Errorf("stale is %v", r.Stale)
	}
	var b bytes.Buffer
	if err := WriteBaseline(&b, r); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.Contains(got, "missing-recipe") || !strings.Contains(got, `"cycle"`) || strings.Contains(got, "missing-role") {
		t.Errorf("written is %s", got)
	}
}

func TestABaselineIsReadable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteBaseline(&b, Judge(roles(t, "b: role[a] role[<x>]", "a: role[b]"), Settings{})); err != nil {
		t.Fatal(err)
	}
	want := `{
  "version": 1,
  "findings": [
    {"rule":"cycle","subject":"role[a]","to":"role[b]"},
    {"rule":"cycle","subject":"role[b]","to":"role[a]"},
    {"rule":"missing-role","subject":"role[b]","to":"role[<x>]"}
  ]
}
`
	if b.String() != want {
		t.Errorf("it is\n%s", b.String())
	}
	b.Reset()
	if err := WriteBaseline(&b, Report{}); err != nil || b.String() != "{\n  \"version\": 1,\n  \"findings\": []\n}\n" {
		t.Errorf("an empty one is %q, %v", b.String(), err)
	}
}

func TestWhatIsNoBaselineIsRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                                     "line 1: it is no baseline: EOF",
		"{":                                    "unexpected EOF",
		"[]":                                   "line 1: it is no baseline",
		"{\n\"version\": 1,\n\"findings\": 3}": "line 3: it is no baseline",
		"{\"version\": 1, \"finding\": []}":    `unknown field "finding"`,
		"{\"version\": 2, \"findings\": []}":   "its version is 2: expected 1",
		"{}":                                   "its version is 0: expected 1",
		"{\"version\": 1}\n{}":                 "line 2: more follows",
		strings.Repeat(" ", maxBaseline+1):     "larger than 64 MiB",
	} {
		if _, err := ReadBaseline(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, want %q", text, err, says)
		}
	}
}

func FuzzReadBaseline(f *testing.F) {
	f.Add(`{"version": 1, "findings": [{"rule": "cycle", "subject": "a", "to": "b"}]}`)
	f.Add(`{"version": 1, "findings": [{"rule": "` + "\xff" + `"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		known, err := ReadBaseline(strings.NewReader(text))
		if err != nil {
			return
		}
		var r Report
		for k := range known.keys {
			r.Findings = append(r.Findings, Finding{Keys: []Key{k}})
		}
		var b bytes.Buffer
		if err := WriteBaseline(&b, r); err != nil {
			t.Fatal(err)
		}
		again, err := ReadBaseline(&b)
		if err != nil || !reflect.DeepEqual(known, again) {
			t.Errorf("%v became %v, %v", known, again, err)
		}
	})
}
