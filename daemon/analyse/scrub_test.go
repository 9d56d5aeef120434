package analyse

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestScrubMakesTextHarmless(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":                {"nothing to do", "nothing to do"},
		"lines and tabs":       {"a\tb\nc", "a\tb\nc"},
		"line ends":            {"a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		"control bytes":        {"a\x00b\x07c\x7fd\u009fe", "abcde"},
		"invalid UTF-8":        {"caf\xe9 \xff\xfe", "caf\uFFFD \uFFFD"},
		"invisible characters": {"a\u200bb\u202ec\ufeffd\u00ade", "abcde"},
		"colours":              {"\x1b[1;31mred\x1b[0m \u009b32mgreen", "red green"},
		"terminal title":       {"\x1b]0;owned\x07text\x1b]8;;http://x\x1b\\link", "textlink"},
		"lone escape":          {"a\x1b", "a"},
		"mention":              {"@all please", "(@)all please"},
		"mention in brackets":  {"(@ops-team) /@b .@c", "((@)ops-team) /(@)b .(@)c"},
		"mention behind NUL":   {"@\x00here", "(@)here"},
		"unseen mention":       {"@\u200bhere", "(@)here"},
		"template mention":     {"@{user}", "(@){user}"},
		"address":              {"root@example.com", "root@example.com"},
		"version":              {"gems/x@1.2", "gems/x@1.2"},
		"instance variables":   {"@foo and @@bar", "(@)foo and @(@)bar"},
		"at":                   {"3 @ 4, @", "3 @ 4, @"},
		"markdown fence":       {"%%% \n# big\n %%%%%", "%% \n# big\n %%"},
		"percent":              {"disk 100%, %w and %%", "disk 100%, %w and %%"},
	} {
		if got := Scrub(c.in); got != c.want {
			t.Errorf("%s: Scrub(%q) = %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestScrubReadsOnlySoMuch(t *testing.T) {
	line := strings.Repeat("word ", 20) + "\n"
	long := "it began\n" + strings.Repeat(line, 20000) + "it ended"
	got := Scrub(long)
	if len(got) > maxScrub+10 {
		t.Errorf("%d bytes left of %d", len(got), len(long))
	}
	if !strings.HasPrefix(got, "it began\n") || !strings.HasSuffix(got, "it ended") {
		t.Errorf("the ends are gone: %q ... %q", got[:20], got[len(got)-20:])
	}
}

func TestScrubPartsNoSecretFromItsKey(t *testing.T) {
	for _, shift := range []int{0, 17, 31} {
		for name, secret := range map[string]string{
			"value": "password='CANARY CANARY CANARY CANARY'\n",
			"url":   "https://user:CANARYCANARYCANARYCANARYCANARY@host/\n",
			"key":   "-----BEGIN RSA PRIVATE KEY-----\nCANARYCANARY\nCANARYCANARY\n-----END RSA PRIVATE KEY-----\n",
		} {
			long := strings.Repeat("x", shift) + "\n" + strings.Repeat(secret, 3*maxScrub/len(secret))
			if got := Scrub(long); strings.Contains(got, "CANARY") {
				t.Fatalf("%s, shifted by %d: a secret is left", name, shift)
			}
		}
	}
}

func TestScrubIsLinear(t *testing.T) {
	for _, piece := range []string{
		"password=", `token="`, `secret='`, "a://b:c", "a://b:c@", "@x", "%%%", "\x1b[", "\x1b]", "eyJaaaaaa.", "mysql -p", "curl ",
		"-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "a", "-", `\"`, "password ", "password\\\\\\", "x[] (", "key_", "1.",
	} {
		text := strings.Repeat(piece, maxScrub/len(piece))
		start := time.Now()
		if got := Scrub(text); !utf8.ValidString(got) {
			t.Errorf("%q: not UTF-8", piece)
		}
		// A linear pass takes milliseconds, a quadratic one minutes on a slow machine.
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%q repeated took %v", piece, took)
		}
	}
}
