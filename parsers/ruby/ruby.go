// Package ruby reads Ruby files without running them: it parses the whole
// grammar, and evaluates what depends on nothing but the file itself.
//
// Parse makes a File of a source. There are two ways to learn what it says:
//
//   - An Evaluator follows the statements as Ruby would. The file's object, on
//     which its statements run, is the caller's Object: its method Send is told
//     of each call without a receiver, with the values of the arguments, and of
//     whether it is certain that the call runs (Call.Doubt). What is not known
//     is an Unknown among the arguments. Package role is the example: its role
//     object takes run_list and the like, refuses other methods, and gives
//     Objects of its own, the run lists, that are called in their turn.
//   - File.Calls lists the calls of a method wherever they stand, also in what is
//     never evaluated: the bodies of methods nobody calls, classes, statements
//     after an exception. It knows only arguments that are constant.
//
// A host whose files call hundreds of methods that it does not know, as recipes
// do, answers them all with Call.Skip: the value is unknown, and the block may
// run. What its blocks call is then in doubt.
//
// Both take time in proportion to the source, whatever it holds, and bound how
// deep it may nest.
package ruby

import (
	"slices"
	"strings"
)

// File is a Ruby source as it was parsed.
type File struct {
	// Warning says what of the source's encoding is not decoded; usually empty.
	Warning string

	src  string
	body *seqNode
}

// SyntaxError is the first place where a file breaks Ruby's grammar.
type SyntaxError struct {
	Line    int    // from 1
	Column  int    // in characters, from 1; 0 at the end of the file
	Message string // what is unexpected, and what was expected
	Limit   bool   // not an error of the language: more than is read

	pos int
}

// Error is the message alone; it has no name of a file to begin with.
func (e *SyntaxError) Error() string { return e.Message }

// Parse reads a Ruby source: a program in the encoding that its first comment
// names, up to __END__, a byte order mark in front or none. The File is never
// nil: with an error it holds the statements before the one at fault. The error
// is a *SyntaxError, or else says that Ruby does not know the encoding.
func Parse(src string) (*File, error) {
	lx, warning, err := openSource(src)
	if err != nil {
		return &File{body: &seqNode{}}, err
	}
	body, fault := parseRuby(lx)
	f := &File{Warning: warning, src: lx.src, body: body}
	if fault == nil {
		return f, nil
	}
	before := lx.src[:min(fault.pos, len(lx.src))]
	if line := 1 + strings.Count(before, "\n"); line == fault.Line || fault.Limit {
		fault.Column = len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	} // else it is the end of the file, reported on its last line
	return f, fault
}

// Unresolved is a piece of a file whose value cannot be known without running it.
type Unresolved struct {
	Line   int    // from 1
	Text   string // the source, cut to a line of MaxText characters
	Reason string
}

// maxUnresolved bounds what one file reports.
const maxUnresolved = 1000

// Unresolved are the places, sorted by line, whose values would have mattered
// and are not known.
func (ev *Evaluator) Unresolved() []Unresolved {
	slices.SortStableFunc(ev.unresolved, func(a, b Unresolved) int { return a.Line - b.Line })
	return ev.unresolved
}

// report notes a place that cannot be known, once, and gives the unknown for it.
func (ev *Evaluator) report(at span, reason string) *Unknown {
	if !ev.said[at.pos] && len(ev.unresolved) < maxUnresolved {
		ev.said[at.pos] = true
		ev.unresolved = append(ev.unresolved, Unresolved{Line: max(int(at.line), 1), Text: ev.source(at), Reason: reason})
	}
	return &Unknown{span: at, Reason: reason, said: true}
}

// source is what stands at a place, for a message.
func (ev *Evaluator) source(at span) string {
	if text, ok := ev.texts[at]; ok {
		return text
	}
	begin := min(int(at.pos), len(ev.src))
	end := min(int(at.end), len(ev.src), begin+8*MaxText)
	text := Clip(strings.ToValidUTF8(ev.src[begin:end], ""))
	ev.texts[at] = text
	return text
}
