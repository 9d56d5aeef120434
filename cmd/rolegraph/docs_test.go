package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the answers in docs/ anew")

// console is a command in the documentation, and what it prints.
var console = regexp.MustCompile("(?s)```console\n\\$ rolegraph ([^\n]*)\n(.*?)```\n")

// What the documentation says that a command prints is what it prints.
func TestTheAnswersInTheDocumentation(t *testing.T) {
	file, err := filepath.Abs(filepath.Join("..", "..", "docs", "questions.md"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join("..", "..", "testdata", "roles", "sample"))
	asked := 0
	told := console.ReplaceAllStringFunc(string(text), func(block string) string {
		asked++
		parts := console.FindStringSubmatch(block)
		code, stdout, stderr := rolegraph(t, strings.Fields(parts[1])...)
		if code == 2 || stderr != "" {
			t.Errorf("rolegraph %s: exit code %d: %s", parts[1], code, stderr)
		}
		return "```console\n$ rolegraph " + parts[1] + "\n" + stdout + "```\n"
	})
	if asked < 5 {
		t.Errorf("only %d commands were found", asked)
	}
	if told == string(text) {
		return
	}
	if !*update {
		t.Fatalf("docs/questions.md says something else; go test ./cmd/rolegraph -run Documentation -update writes\n%s", told)
	}
	if err := os.WriteFile(file, []byte(told), 0o644); err != nil {
		t.Fatal(err)
	}
}
