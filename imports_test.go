package converged_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/converged/converged/"

// law says which packages of this module each package may import. A name that
// ends in "/*" stands for every package right below it. What is not listed
// may import nothing of ours.
var law = map[string][]string{
	"cmd/converged": {"cmd/program", "daemon", "daemon/discover", "reporters/*"},
	"cmd/rolegraph": {"cmd/program", "parsers/role", "parsers/repository", "graph", "graph/*"},

	"daemon": {"daemon/watch", "daemon/receive", "daemon/analyse", "daemon/history", "daemon/spool", "daemon/deliver", "daemon/ledger", "daemon/fault", "daemon/begun", "parsers/*", "reporters/telemetry"},

	"parsers/json":      {"parsers/report"},
	"parsers/parsetest": {"parsers/report"},
	"parsers/chef":      {"parsers/json", "parsers/parsetest", "parsers/report"},
	"parsers/puppet":    {"parsers/json", "parsers/parsetest", "parsers/report"},
	"parsers/ansible":   {"parsers/json", "parsers/parsetest", "parsers/report"},
	"parsers/salt":      {"parsers/json", "parsers/parsetest", "parsers/report"},

	"reporters/dogstatsd":  {"reporters/telemetry"},
	"reporters/datadog":    {"reporters/telemetry"},
	"reporters/prometheus": {"reporters/telemetry"},
	"reporters/stdout":     {"reporters/telemetry"},
	"reporters/feed":       {"reporters/telemetry", "parsers/report"},

	"parsers/role":       {"parsers/ruby"},
	"parsers/repository": {"parsers/role", "parsers/ruby"},

	"features":           {"features/rig"},
	"features/bench":     {"features/rig"},
	"features/receivers": {"features/rig", "reporters/telemetry"},

	"features/soak":     {"features/rig"},
	"features/delivery": {"features/rig", "daemon/fault"},

	"graph":           {"parsers/role", "parsers/repository"},
	"graph/draw":      {"graph", "graph/layout"},
	"graph/check":     {"graph", "parsers/role"},
	"graph/graphviz":  {"graph/layout"},
	"daemon/analyse":  {"parsers/report", "reporters/telemetry"},
	"daemon/begun":    {"parsers/report", "daemon/fault"},
	"daemon/discover": {"parsers/ruby"},
	"daemon/history":  {"parsers/report"},
	"daemon/deliver":  {"reporters/telemetry", "daemon/spool", "daemon/ledger", "daemon/fault"},
	"daemon/spool":    {"daemon/fault"},
	"daemon/watch":    {"daemon/fault"},
	"features/rig":    {"daemon/spool"},
}

// shelves hold packages, never Go files of their own.
var shelves = []string{"cmd", "parsers", "reporters", "testdata", "docs"}

func TestTheLawOfImports(t *testing.T) {
	seen := 0
	walkGo(t, func(file string) {
		seen++
		if slices.Contains(shelves, path.Dir(file)) {
			t.Errorf("%s: %s is a shelf and holds no Go files of its own", file, path.Dir(file))
		}
		for _, imported := range importsOf(t, file) {
			if strings.HasSuffix(file, "_test.go") {
				if below(path.Dir(file), imported) {
					continue // a test may make what the packages it tests are given
				}
			} else if strings.HasSuffix(imported, "test") && strings.HasPrefix(imported, module) {
				t.Errorf("%s: %s is for tests", file, imported)
			}
			if fault := forbidden(path.Dir(file), imported); fault != "" {
				t.Errorf("%s: %s", file, fault)
			}
		}
	})
	if seen < 10 {
		t.Fatalf("only %d Go files were found: the test looks in the wrong place", seen)
	}
}

func TestTheLawForbids(t *testing.T) {
	for _, c := range []struct{ from, imported string }{
		{"graph", "daemon"},
		{"daemon/watch", "parsers/report"},
		{"parsers/chef", "reporters/telemetry"},
		{"parsers/report", "parsers/chef"},
		{"daemon", "reporters/dogstatsd"},
		{"cmd/rolegraph", "daemon"},
		{"reporters/stdout", "parsers/report"},
	} {
		if forbidden(c.from, module+c.imported) == "" {
			t.Errorf("%s may import %s, and should not", c.from, c.imported)
		}
	}
	if fault := forbidden("daemon", module+"parsers/chef"); fault != "" {
		t.Errorf("daemon may not import parsers/chef, and should: %s", fault)
	}
}

// forbidden is why a package may not import another, or "".
func forbidden(from, imported string) string {
	to, ours := strings.CutPrefix(imported, module)
	if !ours || to == from {
		return ""
	}
	for _, allowed := range law[from] {
		if allowed == to || path.Base(allowed) == "*" && path.Dir(allowed) == path.Dir(to) {
			return ""
		}
	}
	return from + " may not import " + to + " (the law of imports in this file says what it may)"
}

// below says whether a package may be imported by one that from may import.
func below(from, imported string) bool {
	for _, between := range law[from] {
		if forbidden(between, imported) == "" {
			return true
		}
	}
	return false
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

func walkGo(t *testing.T, visit func(file string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin"):
			return filepath.SkipDir
		case strings.HasSuffix(file, ".go"):
			visit(filepath.ToSlash(file))
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}
