package report

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\n":                     "plain\ttext\n",
		"\x1b[31;1mred\x1b[0m":              "red",
		"\x1b[38;2;1;2;3mx\x1b[?25l\x1b[2K": "x",
		"\x1b]0;title\x07a\x1b]8;;u\x1b\\b": "ab",
		"\u009b31mred":                      "red",
		"a\x1b(Bb\x1bMc":                    "abc",
		"a\x1b]never closed":                "anever closed",
		"a\x1b":                             "a",
		"nul\x00bell\x07del\x7f\u0085\r\n":  "nulbelldel\n",
		"<b>&\u2028\u2029é 😀 \ufffd":        "<b>&\u2028\u2029é 😀 \ufffd",
		"":                                  "",
	} {
		if got := Clean(text, 100); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestCutIsMarkedAndWhole(t *testing.T) {
	for limit := range 13 {
		got := Clean("añ漢😀xyz", limit)
		text, mark, cut := strings.Cut(got, " … ")
		if !utf8.ValidString(got) || len(text) > limit || !cut || mark != fmt.Sprintf("[cut after %d bytes]", limit) {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
	if got := Clean("añ漢😀xyz", 13); got != "añ漢😀xyz" {
		t.Errorf("cut without need: %q", got)
	}
}
