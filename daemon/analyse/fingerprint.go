package analyse

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

// What differs between two nodes, or two runs, that fail alike.
var (
	uuids     = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	tempPaths = regexp.MustCompile(`(?i)(?:/(?:var/|private/)*tmp|/var/folders|\\te?mp)[/\\][^\s"'` + "`" + `):]*`)
	cookbooks = regexp.MustCompile(`[^\s"'(]*cookbooks/`)
	// nodeNames are in the URLs of a Chef server; a run that could not load its
	// node does not know its own name.
	nodeNames = regexp.MustCompile(`\b(nodes|clients)/[^\s/,"')?]+`)
	calendar  = regexp.MustCompile(`\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b`)
	digits    = regexp.MustCompile(`[0-9A-Za-z]*[0-9][0-9A-Za-z]*`)
)

const maxSignature = 4 << 10 // bytes of a message that tell one failure from another

// Fingerprint is the same for the same failure on whatever host, at whatever
// time: "cr-" and 16 hexadecimal digits. It looks at the class, the message
// before any command output, the resource and the user's own frame, without
// ids, numbers, addresses, timestamps, temporary paths and the host's name.
func Fingerprint(p report.Problem, host string) string {
	message, _, _ := strings.Cut(p.Message, outputBegins)
	return digest(p.Class,
		alike(message, host),
		alike(p.Resource, host),
		alike(ownFrame(p.Backtrace), host))
}

// alike is text without what differs from node to node.
func alike(text, host string) string {
	text = clean(text[:min(len(text), maxSignature)])
	text = replaceWord(text, host, "H")
	text = uuids.ReplaceAllString(text, "N")
	text = tempPaths.ReplaceAllString(text, "T")
	text = cookbooks.ReplaceAllString(text, "cookbooks/")
	text = nodeNames.ReplaceAllString(text, "$1/H")
	text = calendar.ReplaceAllString(text, "N")
	return oneLine(digits.ReplaceAllString(text, "N"))
}

// replaceWord is text with another word wherever this one stands by itself.
func replaceWord(text, word, other string) string {
	if word == "" {
		return text
	}
	var b strings.Builder
	last := ' '
	for {
		before, after, found := strings.Cut(text, word)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if c, n := utf8.DecodeLastRuneInString(before); n > 0 {
			last = c
		}
		next, _ := utf8.DecodeRuneInString(after)
		if wordly(last) || wordly(next) {
			b.WriteString(word)
		} else {
			b.WriteString(other)
		}
		last, _ = utf8.DecodeLastRuneInString(word)
		text = after
	}
}

// digest is a short name for these parts, as long as Datadog's aggregation keys allow.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return "cr-" + hex.EncodeToString(sum[:8])
}
