package role

import (
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// Member is what a JSON object holds under a key.
type Member struct {
	Line  int // of the value, 1 or more
	Value ruby.Value
}

// Object reads a file that holds one JSON object, what ("a role"), as Chef's
// parser does: comments are allowed, of equal keys the last one counts. It gives
// the members with these keys; one whose key stands for false comes hollow, with
// no more than its type. With a problem, which names no file, what stands before
// it is kept.
func Object(src, what string, keys map[string]bool) (map[string]Member, *Problem) {
	members := map[string]Member{}
	r := &jsonReader{src: src, line: 1}
	if c := r.white(); src == "" || c != '{' && c != 0 && r.isOther() {
		return members, &Problem{Line: r.line, Column: r.column(r.pos), Kind: InvalidRole,
			Message: what + " is an object, \"{…}\", and this is none; Chef would refuse to load the file, nothing of it is read"}
	} else if c != '{' {
		r.unexpected("\"{\"")
	}
	if r.err == nil {
		r.members(func(key *ruby.String) {
			r.white()
			whole, wanted := keys[key.Text]
			m := Member{Line: r.line}
			m.Value = r.value(whole)
			if wanted {
				members[strings.Clone(key.Text)] = m
			}
		})
	}
	if r.err == nil && r.white() != 0 {
		r.unexpected("the end of the file")
	}
	return members, r.problem()
}

// problem is the first place where the file is no JSON, or nil.
func (r *jsonReader) problem() *Problem {
	if r.err == nil {
		return nil
	}
	kind := SyntaxError
	if r.err.limit {
		kind = TooLarge
	}
	return &Problem{Line: max(r.err.line, 1), Column: r.column(r.err.pos), Kind: kind,
		Message: fmt.Sprintf("%s; Chef cannot load the file, what stands before is kept", r.err.msg)}
}

// isOther tells whether the file is a whole value that is no object.
func (r *jsonReader) isOther() bool {
	probe := *r
	probe.value(false)
	return probe.white() == 0 && probe.err == nil
}

// column is the place of a byte in its line, in characters from 1.
func (r *jsonReader) column(pos int) int {
	start := strings.LastIndexByte(r.src[:pos], '\n') + 1
	return len([]rune(r.src[start:pos])) + 1
}
