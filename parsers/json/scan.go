// Package json walks through JSON documents and builds nothing but what it is
// asked for: of a report most bytes are skipped, and some hold secrets.
package json

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

// Scanner walks through one JSON document (RFC 8259) and builds nothing but what
// it is asked for. Its first fault ends the walk: from then on every method
// finds nothing, so callers look at Fault once, at the end.
type Scanner struct {
	data  []byte
	pos   int
	depth int
	words map[string]string // what Word has seen
	known []string          // values that are a word
	err   *report.ParseError
}

// What a document may ask of a Scanner.
const (
	maxDepth  = 1000 // nested objects and arrays; no tool writes half of that
	maxDigits = 64   // bytes of a number
	maxWords  = 4096 // distinct words whose memory is shared
)

// NewScanner is a scanner of the document that data begin with. It keeps data,
// and does not change it.
func NewScanner(data []byte) *Scanner { return &Scanner{data: data} }

// The values that are a word: in JSON, and in what Python writes as JSON.
var (
	jsonWords   = []string{"null", "true", "false"}
	pythonWords = append(slices.Clip(jsonWords), "NaN", "Infinity")
)

// AsPython is the scanner, which from now on takes NaN, Infinity and -Infinity for
// values: Python writes them, though JSON has none of them.
func (s *Scanner) AsPython() *Scanner {
	s.known = pythonWords
	return s
}

// NewScannerAt is a scanner of the document that begins at a byte of data. What
// stands before is not looked at, but counts in the place of a fault.
func NewScannerAt(data []byte, at int) *Scanner { return &Scanner{data: data, pos: at} }

// Pos is where the walk is, in bytes from the beginning of the data.
func (s *Scanner) Pos() int { return s.pos }

// AtEnd says whether nothing but white space comes next.
func (s *Scanner) AtEnd() bool { return s.Peek() == 0 && s.pos >= len(s.data) }

// Raw consumes the value that comes next, whatever it is, and is its bytes, which
// are a part of the data; nil if it is none.
func (s *Scanner) Raw() []byte {
	s.Peek()
	start := s.pos
	if s.Skip(); s.err != nil {
		return nil
	}
	return s.data[start:s.pos]
}

// Complete says whether data is one whole JSON document and nothing after it. A
// tool may write its report in place, so that a file is seen empty or half written.
func Complete(data []byte) bool {
	text := bytes.TrimSpace(data)
	if len(text) == 0 || text[0] == '{' && text[len(text)-1] != '}' {
		return false
	}
	s := Scanner{data: data}
	s.Skip()
	s.End()
	return s.err == nil
}

// Fields walks through the object that comes next, yielding each key, decoded.
// The loop's body must consume the value. Anything but an object is consumed and
// has no fields.
func (s *Scanner) Fields() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for more := s.enter('{', '}'); more; more = s.again('}') {
			key := s.key()
			if s.err != nil || !yield(key) {
				return
			}
		}
	}
}

// Items walks through the array that comes next, yielding each item's index. The
// loop's body must consume the item. Anything but an array is consumed and has no items.
func (s *Scanner) Items() iter.Seq[int] {
	return func(yield func(int) bool) {
		i := 0
		for more := s.enter('[', ']'); more; more = s.again(']') {
			if s.err != nil || !yield(i) {
				return
			}
			i++
		}
	}
}

// IsArray says whether an array comes next.
func (s *Scanner) IsArray() bool { return s.Peek() == '[' }

// IsObject says whether an object comes next.
func (s *Scanner) IsObject() bool { return s.Peek() == '{' }

// Count is the number of items of the array that comes next; nil if it is none.
func (s *Scanner) Count() *int {
	if !s.IsArray() {
		s.Skip()
		return nil
	}
	n := 0
	for range s.Items() {
		s.Skip()
		n++
	}
	return &n
}

// Number is the number that comes next, also one in a string; false if there is none.
func (s *Scanner) Number() (float64, bool) {
	var text []byte
	switch c := s.Peek(); {
	case c == '"':
		text = s.quoted()
	case c == '-' || isDigit(c):
		start := s.pos
		s.skipNumber()
		text = s.data[start:s.pos]
	default:
		s.Skip()
	}
	if len(text) > maxDigits {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil
}

// Integer is the count that comes next: a number without fraction, 0 or more.
func (s *Scanner) Integer() *int {
	f, ok := s.Number()
	if n := int(f); ok && f >= 0 && f <= 1<<31 && float64(n) == f {
		return &n
	}
	return nil
}

// Boolean is the true or false that comes next; nil if it is something else.
func (s *Scanner) Boolean() *bool {
	c := s.Peek()
	s.Skip()
	if c != 't' && c != 'f' {
		return nil
	}
	yes := c == 't'
	return &yes
}

// enter consumes the bracket that opens a container, and says whether it holds
// anything; an empty one is consumed whole, and so is a value of another kind.
func (s *Scanner) enter(open, shut byte) bool {
	if s.Peek() != open {
		s.Skip()
		return false
	}
	if s.depth++; s.depth > maxDepth {
		s.Fail(report.ErrTooLarge, fmt.Sprintf("nested deeper than %d levels", maxDepth))
		return false
	}
	s.pos++
	if s.Peek() != shut {
		return s.err == nil
	}
	s.pos++
	s.depth--
	return false
}

// again consumes what follows an item: a comma, and there is another, or the
// bracket that closes the container.
func (s *Scanner) again(shut byte) bool {
	switch s.Peek() {
	case ',':
		s.pos++
		return s.err == nil
	case shut:
		s.pos++
		s.depth--
	default:
		s.unexpected("',' or '" + string(shut) + "'")
	}
	return false
}

// rawKey consumes a key and its colon, and is the key still escaped.
func (s *Scanner) rawKey() []byte {
	if s.Peek() != '"' {
		s.unexpected("a key in quotes")
		return nil
	}
	key := s.quoted()
	if s.pos = s.pastColon(s.pos); s.err != nil {
		return nil
	}
	return key
}

// key consumes a key and its colon, and is the key decoded.
func (s *Scanner) key() []byte {
	key := s.rawKey()
	if bytes.IndexByte(key, '\\') < 0 && utf8.Valid(key) {
		return key
	}
	return []byte(unquote(key, 3*len(key)))
}

// End expects nothing but white space.
func (s *Scanner) End() {
	if s.err == nil && !s.AtEnd() {
		s.Fail(report.ErrMalformed, fmt.Sprintf("%d more bytes after the end of the document", len(s.data)-s.pos))
	}
}

// Peek is the next byte that is not white space; 0 at the end.
func (s *Scanner) Peek() byte {
	if s.pos < len(s.data) && s.data[s.pos] > ' ' {
		return s.data[s.pos]
	}
	return s.pastSpace()
}

// pastSpace is apart from peek to keep that small enough to be inlined.
func (s *Scanner) pastSpace() byte {
	for i, c := range s.data[s.pos:] {
		if c > ' ' || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.pos += i
			return c
		}
	}
	s.pos = len(s.data)
	return 0
}

func (s *Scanner) literal() {
	known := s.known
	if known == nil {
		known = jsonWords
	}
	for _, word := range known {
		have := s.data[s.pos:min(s.pos+len(word), len(s.data))]
		if string(have) == word {
			s.pos += len(word)
			return
		}
		if len(have) < len(word) && string(have) == word[:len(have)] {
			s.pos = len(s.data) // the document was cut within the word
		}
	}
	s.unexpected("a value")
}

func (s *Scanner) skipNumber() {
	if s.at('-') {
		s.pos++
	}
	if s.known != nil && s.at('I') {
		s.literal()
		return
	}
	if s.at('0') {
		s.pos++
	} else {
		s.digits()
	}
	if s.at('.') {
		s.pos++
		s.digits()
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		s.digits()
	}
}

func (s *Scanner) digits() {
	start := s.pos
	for s.pos < len(s.data) && isDigit(s.data[s.pos]) {
		s.pos++
	}
	if s.pos == start {
		s.unexpected("a digit")
	}
}

func (s *Scanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *Scanner) unexpected(expected string) {
	if s.pos >= len(s.data) {
		s.Fail(report.ErrTruncated, "it ends where "+expected+" was expected")
		return
	}
	found, _ := utf8.DecodeRune(s.data[s.pos:])
	s.Fail(report.ErrMalformed, fmt.Sprintf("expected %s, found %q", expected, found))
}

// Fail remembers the first fault and goes to the end, where nothing more is found.
func (s *Scanner) Fail(class error, reason string) {
	if s.err == nil {
		s.err = &report.ParseError{Offset: int64(s.pos), Reason: reason, Class: class}
	}
	s.pos = len(s.data)
}

// Foreign is the fault of a document that does not begin as its format does.
func (s *Scanner) Foreign(expected string) error {
	s.unexpected(expected)
	s.err.Class = report.ErrForeign
	return s.Fault()
}

// Fault is the first fault with its place in the document, or nil.
func (s *Scanner) Fault() error {
	if s.err == nil {
		return nil
	}
	before := s.data[:s.err.Offset]
	s.err.Line = 1 + bytes.Count(before, []byte("\n"))
	s.err.Column = len(before) - bytes.LastIndexByte(before, '\n')
	return s.err
}
