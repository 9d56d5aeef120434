package check

import (
	"regexp"
	"strings"
	"testing"
)

func TestRulesHaveStableNamesAndOneLineEach(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !kebab.MatchString(r.Name) || seen[r.Name] || r.Doc == "" || strings.Contains(r.Doc, "\n") {
			t.Errorf("not a rule's name and doc: %+v", r)
		}
		if _, err := ParseLevel(string(r.Level)); err != nil {
			t.Error(err)
		}
		if found, err := Lookup(r.Name); err != nil || found != r {
			t.Errorf("%s is looked up as %+v, %v", r.Name, found, err)
		}
		seen[r.Name] = true
	}
}

func TestUnknownNamesSayWhatIsKnown(t *testing.T) {
	if _, err := Lookup("cycles"); err == nil || !strings.Contains(err.Error(), `"cycles": known are cycle, `) {
		t.Error(err)
	}
	if _, err := ParseLevel("fatal"); err == nil || !strings.Contains(err.Error(), "off, warning or error") {
		t.Error(err)
	}
}
