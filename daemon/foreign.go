package daemon

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/converged/converged/daemon/watch"
	"github.com/converged/converged/parsers/report"
)

// firstKey is the key that a JSON object begins with.
var firstKey = regexp.MustCompile(`^\{\s*"([\w .:/-]{1,40})"\s*:`)

// mapping is the first line of YAML that is a mapping's.
var mapping = regexp.MustCompile(`^(?:---[^\n]*\n)?\s*(?:#[^\n]*\n\s*)*["']?[\w./-]+["']?:(?:\s|$)`)

// foreign is what a document that is of no known format looks like, and the
// formats that come nearest.
func foreign(head []byte) error {
	text := bytes.TrimLeft(head, " \t\r\n")
	said, nearest := "it begins as neither JSON nor YAML", FormatNames()
	key := firstKey.FindSubmatch(text)
	switch coded := encoded(head, "unpack it first"); {
	case coded != "":
		said = coded
	case bytes.IndexByte(head, 0) >= 0:
		said = "it is binary"
	case len(text) == 0:
		said = "there is nothing but blanks in its beginning"
	case text[0] == '[':
		said, nearest = "it is a JSON array, or a line of a log", jsonFormats
	case key != nil:
		said, nearest = fmt.Sprintf("it is a JSON object whose first key is %q", key[1]), jsonFormats
	case text[0] == '{':
		said, nearest = "it is a JSON object that begins as none of them does", jsonFormats
	case mapping.Match(text):
		said, nearest = "it is YAML", yamlFormats
	}
	return fmt.Errorf("%w: %s; expected %s", report.ErrForeign, said, choice(nearest))
}

// encoded says what a document is encoded in that is not read so, and what to do
// about it; empty if it is not.
func encoded(head []byte, unpack string) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "it is compressed by gzip; " + unpack
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "it is UTF-16, as some shells redirect; save it as UTF-8"
	}
	return ""
}

// choice is such as "a, b or c", of two or more.
func choice(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// otherFormat is a document that lies where those of another format belong.
type otherFormat struct {
	looks, taken string // the names of the formats
	posted       bool
}

func (o *otherFormat) Error() string {
	who := "its source says"
	if o.posted {
		who = "it was sent as"
	}
	return fmt.Sprintf("it looks like %s, but %s %s", o.looks, who, o.taken)
}

// Unwrap is the class of what is no report of the format asked for.
func (o *otherFormat) Unwrap() error { return report.ErrForeign }

// unread says what a document is encoded in.
type unread string

func (u unread) Error() string { return string(u) }

// Unwrap is the class of what is no report.
func (unread) Unwrap() error { return report.ErrForeign }

// misplaced is why nothing of a document could be read: that it is of another
// format or encoding, if its content shows that, else bad.
func misplaced(d document, bad error) error {
	if bad == nil {
		return nil
	}
	unpack := "unpack it first"
	if d.posted {
		unpack = "send it with Content-Encoding: gzip"
	}
	if coded := encoded(d.data, unpack); coded != "" {
		return unread(coded)
	}
	if other, ok := d.format.another(d.data); ok {
		return &otherFormat{other.name, d.format.name, d.posted}
	}
	return bad
}

// another is the other format that the beginning of data shows.
func (f format) another(data []byte) (format, bool) {
	other, ok := formatOf(data[:min(len(data), headBytes)])
	return other, ok && other.name != f.name
}

// whole says whether data needs no more to be read: it is complete or, among lines
// that are collected to a whole, of another format, and would be collected for ever.
func (f format) whole(data []byte) bool {
	data = bytes.TrimPrefix(data, byteOrderMark)
	if f.complete(data) {
		return true
	}
	_, other := f.another(data)
	return other && f.kind == watch.Lines
}

// The formats by what they are written in.
var (
	jsonFormats = []string{"chef-report", "chef-collector", "puppet-report", "ansible-json", "ansible-jsonl", "salt-report", "salt-events"}
	yamlFormats = []string{"puppet-report", "puppet-summary"}
)
