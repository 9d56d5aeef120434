package program

import (
	"bytes"
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
		if PrintLine(&b, "%s", in); b.String() != want+"\n" {
			t.Errorf("%q is printed as %q, want %q", in, b.String(), want)
		}
	}
	var b bytes.Buffer
	if PrintLine(&b, "%s", Painted("\x1b[31mred\x1b[0m")); b.String() != "\x1b[31mred\x1b[0m\n" {
		t.Errorf("colour became %q", b.String())
	}
}
