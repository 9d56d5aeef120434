package analyse

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPrefixAndSuffix(t *testing.T) {
	for _, c := range []struct {
		in             string
		runes, bytes   int
		prefix, suffix string
	}{
		{"hello", 9, 9, "hello", "hello"},
		{"hello", 3, 9, "hel", "llo"},
		{"hello", 9, 3, "hel", "llo"},
		{"aé日b", 9, 3, "aé", "b"},
		{"aé日b", 9, 4, "aé", "日b"},
		{"a\nb\nc", 9, 4, "a\nb", "b\nc"},
		{"hello", 0, 9, "", ""},
		{"hello", -1, -1, "", ""},
	} {
		left := room{c.runes, c.bytes}
		if got := prefixOf(c.in, left); got != c.prefix {
			t.Errorf("prefixOf(%q, %v) = %q, want %q", c.in, left, got, c.prefix)
		}
		if got := suffixOf(c.in, left); got != c.suffix {
			t.Errorf("suffixOf(%q, %v) = %q, want %q", c.in, left, got, c.suffix)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"short", 5, "short"}, {"longer text", 8, "longe..."}, {"日本日本日本", 5, "日本..."}} {
		if got := cut(c.in, c.n); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestCutMiddle(t *testing.T) {
	text := "it began" + strings.Repeat(" and on\n", 100) + "it ended"
	got := cutMiddle(text, room{200, 250})
	if !strings.HasPrefix(got, "it began") || !strings.HasSuffix(got, "it ended") || !strings.Contains(got, " characters left out ...\n") {
		t.Errorf("got %q", got)
	}
	// All characters are accounted for: those shown and those said to be gone.
	head, rest, _ := strings.Cut(got, "\n... ")
	gone, tail, _ := strings.Cut(rest, " characters left out ...\n")
	n := 0
	for _, digit := range gone {
		n = 10*n + int(digit-'0')
	}
	if shown := utf8.RuneCountInString(head + tail); shown+n != utf8.RuneCountInString(text) {
		t.Errorf("%d shown and %d gone of %d", shown, n, utf8.RuneCountInString(text))
	}
	for _, s := range []string{text, strings.Repeat("日\n", 500)} {
		for n := range 300 {
			left := room{n, n + n/2}
			if got := cutMiddle(s, left); !left.holds(got) {
				t.Fatalf("%q does not fit %v", got, left)
			}
		}
	}
}

func TestCutMakesNoMention(t *testing.T) {
	text := strings.Repeat("x", 300) + "user@here" + strings.Repeat("y", 100)
	for n := 60; n < 300; n++ {
		if got := cutMiddle(text, room{n, n}); !harmlessText(got) {
			t.Fatalf("in %d characters: %q", n, got)
		}
	}
}
