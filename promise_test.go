package converged_test

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// testName is a test, and after a slash one of the cases within it.
var testName = regexp.MustCompile("`(Test[A-Za-z0-9]+|scenario)(?:[/:] ?([^`]+))?`")

// Each sentence of the promise stands on a line of its own and names the tests
// that hold it, and each of those is there.
func TestThePromiseNamesItsTests(t *testing.T) {
	text, err := os.ReadFile("docs/delivery.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testSources(t)
	named := 0
	for i, line := range strings.Split(string(text), "\n") {
		names := testName.FindAllStringSubmatch(line, -1)
		if len(names) == 0 && promises(line) {
			t.Errorf("docs/delivery.md:%d names no test: %.80s", i+1, line)
		}
		for _, name := range names {
			named++
			if !slices.ContainsFunc(tests, func(source string) bool { return holds(source, name[1], name[2]) }) {
				t.Errorf("docs/delivery.md:%d names %s, which is not there", i+1, name[0])
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d tests are named", named)
	}
}

// promises says whether a line of Markdown states something: not a blank one, a
// heading, or the head of a table.
func promises(line string) bool {
	return line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "|-") &&
		!strings.HasSuffix(line, "| proven by |")
}

// holds says whether a source has a test, and that case of it; a scenario is one
// of a feature file.
func holds(source, test, within string) bool {
	if test == "scenario" {
		return strings.Contains(source, "Scenario: "+within+"\n")
	}
	return strings.Contains(source, "func "+test+"(") && strings.Contains(source, within)
}

// testSources are the texts of all test files and features.
func testSources(t *testing.T) []string {
	t.Helper()
	var sources []string
	read := func(file string) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, string(text))
	}
	walkGo(t, func(file string) {
		if strings.HasSuffix(file, "_test.go") {
			read(file)
		}
	})
	features, err := os.ReadDir("features")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range features {
		if path.Ext(f.Name()) == ".feature" {
			read("features/" + f.Name())
		}
	}
	return sources
}
