package role

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the samples are read as into their files")

// samples are texts in testdata: "=== name", a role file, "--- want", and what
// is to be read of it.
const samples = "../../testdata/roles/reading"

func TestSamplesAreReadAsChefReadsThem(t *testing.T) {
	for _, file := range []string{"accepted.txt", "refused.txt", "unknown.txt", "maybe.txt"} {
		path := filepath.Join(samples, file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var rewritten strings.Builder
		for part := range strings.SplitSeq(strings.TrimPrefix(string(data), "=== "), "\n=== ") {
			name, rest, _ := strings.Cut(part, "\n")
			src, want, ok := strings.Cut(rest, "--- want\n")
			if !ok {
				t.Fatalf("%s: %s has no wanted result", file, name)
			}
			want = strings.TrimRight(want, "\n")
			got := strings.TrimRight(told(readRuby(src, name+".rb"), name), "\n")
			fmt.Fprintf(&rewritten, "=== %s\n%s--- want\n%s\n\n", name, src, got)
			if got != want && !*update {
				t.Errorf("%s: %s\n%s\ngot:\n%s\nwant:\n%s", file, name, src, got, want)
			}
		}
		if *update {
			if err := os.WriteFile(path, []byte(strings.TrimSuffix(rewritten.String(), "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// told writes what was read of a file, a line for each thing.
func told(d document, name string) string {
	var b strings.Builder
	if d.role.Name != name {
		fmt.Fprintf(&b, "name: %s\n", d.role.Name)
	}
	if d.role.Description != "" {
		fmt.Fprintf(&b, "description: %s\n", strconv.Quote(d.role.Description))
	}
	if len(d.role.RunList) > 0 {
		fmt.Fprintf(&b, "run_list: %s\n", texts(d.role.RunList))
	}
	b.WriteString(doubts("run_list", d.role.RunList))
	var envs []string
	for env := range d.role.EnvRunLists {
		envs = append(envs, env)
	}
	slices.Sort(envs)
	for _, env := range envs {
		fmt.Fprintf(&b, "env %s: %s\n", env, texts(d.role.EnvRunLists[env]))
		b.WriteString(doubts("env "+env, d.role.EnvRunLists[env]))
	}
	for _, m := range d.role.Maybe {
		list := "run_list"
		if m.Environment != defaultEnv {
			list = "env " + m.Environment
		}
		fmt.Fprintf(&b, "maybe %s: %s if %s\n", list, texts([]Item{m.Item}), m.Condition)
	}
	for _, u := range d.role.Unresolved {
		fmt.Fprintf(&b, "unresolved %d: %s | %s\n", u.Line, u.Text, u.Reason)
	}
	for _, p := range d.problems {
		message, _, _ := strings.Cut(p.Message, "; Chef would")
		message, _, _ = strings.Cut(message, "; Chef cannot")
		fmt.Fprintf(&b, "problem %d %s: %s\n", p.Line, p.Kind, message)
	}
	return b.String()
}

// doubts tells the items of a list that a condition may take away.
func doubts(list string, items []Item) string {
	var b strings.Builder
	for _, i := range items {
		if i.Doubt != "" {
			fmt.Fprintf(&b, "in doubt %s: %s by %s\n", list, texts([]Item{i}), i.Doubt)
		}
	}
	return b.String()
}

func texts(items []Item) string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = item.String()
		if strings.ContainsAny(out[i], " \t\n\"") {
			out[i] = strconv.Quote(out[i])
		}
	}
	return strings.Join(out, " ")
}

func TestItemsStandOnTheirOwnLines(t *testing.T) {
	if d := readRuby("run_list \"a\\nb\".split, <<X.strip.lines\n\n c \nd\nX\n", "r.rb"); texts(d.role.RunList) != `recipe[a] recipe[b] "recipe[c \n]" recipe[d]` ||
		d.role.RunList[1].Line != 1 || d.role.RunList[2].Line != 3 || d.role.RunList[3].Line != 4 {
		t.Errorf("%s on %+v", texts(d.role.RunList), d.role.RunList)
	}
	src := "run_list(\n  'a',\n  %w(\n    b\n    c\n  ),\n  *<<~X.split\n    d\n    e\n  X\n)\nx = 'f'\nenv_run_lists_add 'p' => [\n  x,\n  \"g#{1}\"]\n"
	d := readRuby(src, "r.rb")
	var got []int
	for _, i := range append(d.role.RunList, d.role.EnvRunLists["p"]...) {
		got = append(got, i.Line)
	}
	if want := []int{2, 4, 5, 8, 9, 12, 15}; !slices.Equal(got, want) {
		t.Errorf("items stand on %v, want %v", got, want)
	}
	j := readJSON("{\n\"run_list\": [\n\"a\",\n\n\"b\"],\n\"env_run_lists\": {\n\"p\":\n\"c\"}}", "r.json")
	got = nil
	for _, i := range append(j.role.RunList, j.role.EnvRunLists["p"]...) {
		got = append(got, i.Line)
	}
	if want := []int{3, 5, 8}; !slices.Equal(got, want) {
		t.Errorf("JSON items stand on %v, want %v", got, want)
	}
}

func TestEncodings(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"BOM", "\uFEFFrun_list 'a'", "run_list: recipe[a]\n"},
		{"CRLF", "name \"r\"\r\nrun_list \"a\",\r\n  \"b\"\r\n", "run_list: recipe[a] recipe[b]\n"},
		{"CRLF in a heredoc", "run_list <<~A.split\r\n  a\r\n  b\r\nA\r\n", "run_list: recipe[a] recipe[b]\n"},
		{"Latin-1 with its comment", "# encoding: iso-8859-1\nrun_list 'recipe[caf\xE9]'", "run_list: recipe[café]\n"},
		{"Windows-1252", "# -*- coding: windows-1252 -*-\ndescription 'a \x93b\x94'", "description: \"a “b”\"\n"},
		{"Emacs names the line ends, too", "# -*- coding: utf-8-unix -*-\nrun_list 'é'", "run_list: recipe[é]\n"},
		{"a comment of another meaning", "# decoding: latin\nrun_list 'a'", "run_list: recipe[a]\n"},
		{"bytes in a comment", "# caf\xE9\nrun_list 'a'", "run_list: recipe[a]\n"},
		{"bytes after the end", "run_list 'a'\n__END__\n\xE9", "run_list: recipe[a]\n"},
		{"NUL ends the program", "run_list 'a'\n\x00 garbage (((", "run_list: recipe[a]\n"},
		{"NUL in a string", "description 'a\x00b'", "description: \"a\\x00b\"\n"},
	} {
		if got := told(readRuby(c.src, "r.rb"), "r"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for src, line := range map[string]int{
		"name 'a'\ndescription 'caf\xE9'\n":              2,
		"name 'a'\nrun_list %w(a\n caf\xE9)\n":           3,
		"x = 1\n\n\xE9t\xE9 = 2\n":                       3,
		"# encoding: us-ascii\nrun_list 'é'\n":           2,
		"run_list 'a'\ndescription <<A\nx\ncaf\xE9\nA\n": 4,
	} {
		d := readRuby(src, "r.rb")
		if len(d.problems) != 1 || d.problems[0].Kind != SyntaxError || d.problems[0].Line != line {
			t.Errorf("%q: problems %+v, want a syntax error on line %d", src, d.problems, line)
		}
	}
	for _, name := range []string{"utf8", "latin1", "no-such", "UTF-16"} {
		d := readRuby("# encoding: "+name+"\nrun_list 'a'", "r.rb")
		if len(d.problems) != 1 || d.problems[0].Kind != InvalidRole || len(d.role.RunList) != 0 {
			t.Errorf("encoding %s: %+v", name, d)
		}
	}
}
