package role

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/converged/converged/parsers/ruby"
)

// jsonReader reads JSON as Chef's parser, yajl, does: comments are white space,
// "\v" and "\f" too; a comma before a bracket and a byte order mark are errors;
// texts may hold what is not quite UTF-8.
type jsonReader struct {
	src   string
	pos   int
	line  int
	depth int
	err   *jsonFault
}

// jsonFault is the first place where a file is no JSON.
type jsonFault struct {
	pos, line int
	msg       string
	limit     bool // not an error of the notation: more than is read
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// fail keeps the first error.
func (r *jsonReader) fail(pos int, msg string) {
	if r.err == nil {
		r.err = &jsonFault{pos: pos, line: r.line, msg: strings.ToValidUTF8(msg, "\uFFFD")} // it may quote what is no text
	}
}

// white skips white space and comments. It gives the next byte, 0 at the end.
func (r *jsonReader) white() byte {
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; c {
		case '\n':
			r.line++
			r.pos++
		case ' ', '\t', '\r', '\v', '\f':
			r.pos++
		case '/':
			if !r.comment() {
				return c
			}
		default:
			return c
		}
	}
	return 0
}

// comment skips // and /* */ comments. One that the end of the file cuts is whole.
func (r *jsonReader) comment() bool {
	rest := r.src[r.pos:]
	n := len(rest)
	switch {
	case strings.HasPrefix(rest, "//"):
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			n = i
		}
	case strings.HasPrefix(rest, "/*"):
		if i := strings.Index(rest[2:], "*/"); i >= 0 {
			n = i + 4
		}
	default:
		return false
	}
	r.line += strings.Count(rest[:n], "\n")
	r.pos += n
	return true
}

// unexpected reports the byte at hand.
func (r *jsonReader) unexpected(want string) {
	if r.pos >= len(r.src) {
		r.fail(len(r.src), "unexpected end of file, expected "+want)
		return
	}
	_, n := utf8.DecodeRuneInString(r.src[r.pos:])
	r.fail(r.pos, "unexpected "+strconv.Quote(r.src[r.pos:r.pos+n])+", expected "+want)
}

// value reads any value. Without keep it is only checked, and nil is returned.
func (r *jsonReader) value(keep bool) ruby.Value {
	c := r.white()
	switch {
	case r.err != nil:
	case c == '{':
		return r.object(keep)
	case c == '[':
		return r.list(keep)
	case c == '"':
		line := r.line
		text := r.text(keep)
		if keep {
			return &ruby.String{Text: text, Line: line}
		}
	case c == '-' || digit(c):
		return r.number()
	case r.word("true"):
		return true
	case r.word("false"):
		return false
	case r.word("null"):
	default:
		r.unexpected("a value")
	}
	return nil
}

func (r *jsonReader) word(w string) bool {
	if !strings.HasPrefix(r.src[r.pos:], w) {
		return false
	}
	r.pos += len(w)
	return true
}

// enter counts a level of nesting and reports one too many.
func (r *jsonReader) enter() {
	if r.depth++; r.depth > ruby.MaxDepth && r.err == nil {
		r.fail(r.pos, "nested deeper than "+strconv.Itoa(ruby.MaxDepth)+" levels, which is more than is read")
		r.err.limit = true
	}
}

// object reads an object; of equal keys the last one stays.
func (r *jsonReader) object(keep bool) ruby.Value {
	h := &ruby.Hash{}
	r.members(func(key *ruby.String) {
		v := r.value(keep)
		if keep && r.err == nil {
			h.Set(key, v)
		}
	})
	return h
}

// members reads an object and calls member after each key and its colon.
func (r *jsonReader) members(member func(key *ruby.String)) {
	r.enter()
	defer func() { r.depth-- }()
	r.pos++
	if r.white() == '}' && r.err == nil {
		r.pos++
		return
	}
	for r.err == nil {
		if r.white() != '"' {
			r.unexpected("a key in double quotes")
			return
		}
		line := r.line
		key := &ruby.String{Text: r.text(true), Line: line}
		if r.err == nil && r.white() != ':' {
			r.unexpected("\":\" after the key \"" + ruby.Clip(key.Text) + "\"")
		}
		if r.err != nil {
			return
		}
		r.pos++
		if member(key); r.err != nil || r.ended('}') {
			return
		}
	}
}

// ended reads the comma or the closing bracket after an entry.
func (r *jsonReader) ended(end byte) bool {
	switch r.white() {
	case ',':
		r.pos++
		return false
	case end:
		r.pos++
		return true
	}
	r.unexpected("\",\" or \"" + string(end) + "\"")
	return true
}

func (r *jsonReader) list(keep bool) ruby.Value {
	r.enter()
	defer func() { r.depth-- }()
	a := &ruby.Array{}
	r.pos++
	if r.white() == ']' && r.err == nil {
		r.pos++
		return a
	}
	for r.err == nil {
		if v := r.value(keep); keep && r.err == nil {
			a.Items = append(a.Items, v)
		}
		if r.err != nil || r.ended(']') {
			break
		}
	}
	return a
}

// number reads a number; only that it is one matters.
func (r *jsonReader) number() ruby.Value {
	start := r.pos
	digits := func(after string) bool {
		from := r.pos
		for r.pos < len(r.src) && digit(r.src[r.pos]) {
			r.pos++
		}
		if r.pos == from {
			r.unexpected("a digit after the " + after)
		}
		return r.pos > from
	}
	has := func(set string) bool {
		if r.pos < len(r.src) && strings.IndexByte(set, r.src[r.pos]) >= 0 {
			r.pos++
			return true
		}
		return false
	}
	has("-")
	if !has("0") && !digits("minus sign") || has(".") && !digits("decimal point") {
		return nil
	}
	if has("eE") {
		has("+-")
		if !digits("exponent") {
			return nil
		}
	}
	text := r.src[start:r.pos]
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	f, _ := strconv.ParseFloat(text, 64)
	return f
}
