package analyse

import (
	"regexp"
	"strings"
	"unicode"
)

// maxScrub is how much of a foreign text is looked at, in bytes; of what is
// longer the beginning and the end, where the cause stands.
const maxScrub = 64 << 10

const redacted = "[redacted]"

// Scrub is foreign text made fit to leave the node: valid UTF-8 without control
// bytes, terminal escapes and invisible characters, its secrets replaced, its
// @mentions and markdown fences harmless. It takes time linear in the text, of
// which it reads at most 64 KiB. It knows the usual shapes of secrets; it cannot
// know a password that nothing marks as one.
func Scrub(text string) string {
	if len(text) <= maxScrub {
		return scrub(text)
	}
	head, tail := ends(text)
	return scrub(head) + "\n...\n" + scrub(tail)
}

func scrub(text string) string { return neutral(withoutSecrets(clean(text))) }

// ends are the beginning and the end of a text that is too long. Neither is cut
// within a word, nor the end within a line, so that no secret is parted from
// what gives it away.
func ends(text string) (head, tail string) {
	head = text[:maxScrub/4]
	head = head[:max(0, strings.LastIndexAny(head, " \n"))]
	_, tail, _ = strings.Cut(text[len(text)-3*maxScrub/4:], "\n")
	return head, tail
}

// escapes are the terminal's: control sequences, titles, and the short ones.
var escapes = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]`)

// clean is text as a person would see it on a page. Nothing invisible is left
// that could part a secret's key from what it is called.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.ContainsAny(text, "\x1b\u009b") {
		text = escapes.ReplaceAllString(text, "")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\t':
			return c
		case c == '\r', c == '\u2028', c == '\u2029', c == '\u0085':
			return '\n'
		case unicode.IsControl(c), unicode.Is(unicode.Cf, c):
			return -1
		}
		return c
	}, text)
}

var fences = regexp.MustCompile(`%%%+`)

// neutral is text that notifies nobody and opens no markdown block. An @ inside
// a word, as in an address or a version, is left: only one that begins a word
// is a mention.
func neutral(text string) string {
	if strings.Contains(text, "%%%") {
		text = fences.ReplaceAllString(text, "%%")
	}
	if !strings.Contains(text, "@") {
		return text
	}
	var b strings.Builder
	before := ' '
	for i, c := range text {
		if c == '@' && !wordly(before) && i+1 < len(text) && mentionable(text[i+1]) {
			b.WriteString("(@)")
		} else {
			b.WriteRune(c)
		}
		before = c
	}
	return b.String()
}

func wordly(c rune) bool { return c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) }

// mentionable says whether a mention may begin with that byte after its @. A
// byte over 0x7f begins a letter of some script.
func mentionable(c byte) bool { return c >= 0x80 || wordly(rune(c)) || c == '{' || c == '-' }
