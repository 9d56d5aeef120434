package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrintLineEscapesNames(t *testing.T) {
	for in, want := range map[string]string{
		"role[web]":               "role[web]",
		`a "b" \ c`:               `a "b" \ c`,
		"übergröße 你好":            "übergröße 你好",
		"a\nwrote b.svg":          `a\nwrote b.svg`,
		"\x1b[2Jred":              `\x1b[2Jred`,
		"\u202egnp.exe":           `\u202egnp.exe`,
		"latin \xfc":              `latin \xfc`,
		"separator\u2028\u0085\t": `separator\u2028\u0085\t`,
	} {
		var b bytes.Buffer
		if printLine(&b, "%s", in); b.String() != want+"\n" {
			t.Errorf("%q is printed as %q, want %q", in, b.String(), want)
		}
	}
	var b bytes.Buffer
	if printLine(&b, "%s", painted("\x1b[31mred\x1b[0m")); b.String() != "\x1b[31mred\x1b[0m\n" {
		t.Errorf("colour became %q", b.String())
	}
}

// A role's name is one word of a line, whoever wrote it.
func TestCheckPrintsHostileNames(t *testing.T) {
	roles := t.TempDir()
	put(t, filepath.Join(roles, "a.json"), `{"name": "a", "run_list": ["role[x\u001b[2J]", "role[y\u2028::error::]"]}`, 0o644)
	_, stdout, stderr := rolegraph(t, "check", roles)
	if strings.ContainsAny(stdout+stderr, "\x1b\u2028") {
		t.Errorf("printed raw: %q %q", stdout, stderr)
	}
	if !strings.Contains(stdout, `missing role: role[y\u2028::error::]`) {
		t.Errorf("not told: %q", stdout)
	}
}
