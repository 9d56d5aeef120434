package salt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// walk goes through JSON values one after the other, in the order in which they
// stand and with repeated keys, and builds nothing but what it is asked for. Its
// first fault ends it: from then on every method finds nothing.
type walk struct {
	data []byte
	from int // where in data it began
	dec  *json.Decoder
	err  *report.ParseError
}

func newWalk(data []byte, from int) *walk {
	return &walk{data: data, from: from, dec: json.NewDecoder(bytes.NewReader(data[from:]))}
}

// offset is where in data it is.
func (w *walk) offset() int { return w.from + int(w.dec.InputOffset()) }

// peek is the first byte of what comes next; 0 at the end.
func (w *walk) peek() byte {
	if w.err != nil {
		return 0
	}
	rest := bytes.TrimLeft(w.data[w.offset():], " \t\r\n:,")
	if len(rest) == 0 {
		return 0
	}
	return rest[0]
}

// fields walks through the object that comes next. The loop's body must consume
// each key's value. Anything but an object is consumed and has no fields.
func (w *walk) fields(yield func(string) bool) {
	if !w.enter('{') {
		return
	}
	for w.err == nil && w.dec.More() {
		key, err := w.dec.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			w.fail(err)
			return
		}
		if !yield(name) {
			return
		}
	}
	w.leave()
}

// items walks through the array that comes next. The loop's body must consume
// each item. Anything but an array is consumed and has no items.
func (w *walk) items(yield func() bool) {
	if !w.enter('[') {
		return
	}
	for w.err == nil && w.dec.More() {
		if !yield() {
			return
		}
	}
	w.leave()
}

func (w *walk) enter(open byte) bool {
	if w.peek() != open {
		w.skip()
		return false
	}
	_, err := w.dec.Token()
	w.fail(err)
	return w.err == nil
}

// leave consumes the bracket that closes a container.
func (w *walk) leave() {
	if w.err == nil {
		_, err := w.dec.Token()
		w.fail(err)
	}
}

// into decodes what comes next.
func (w *walk) into(value any) {
	if w.err == nil {
		w.fail(w.dec.Decode(value))
	}
}

// nothing takes any value and keeps none of it.
type nothing struct{}

// UnmarshalJSON keeps nothing.
func (*nothing) UnmarshalJSON([]byte) error { return nil }

func (w *walk) skip() { w.into(&nothing{}) }

// text is the string that comes next, clean and cut at limit bytes; empty for
// anything else.
func (w *walk) text(limit int) string {
	var t text
	w.into(&t)
	return clean(string(t), limit)
}

// fail remembers the first fault.
func (w *walk) fail(err error) {
	if err == nil || w.err != nil {
		return
	}
	w.err = &report.ParseError{Offset: int64(w.offset()), Class: report.ErrMalformed, Reason: strings.TrimPrefix(err.Error(), "json: ")}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		w.err.Offset = w.place()
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.HasPrefix(w.err.Reason, "unexpected end"):
		w.err.Class, w.err.Reason = report.ErrTruncated, "it ends within a value"
		w.err.Offset = int64(len(w.data))
	case strings.Contains(err.Error(), "max depth"):
		w.err.Class, w.err.Reason = report.ErrTooLarge, "nested too deep"
	}
}

// place is where the value that comes next breaks the grammar. A decoder counts
// wrong behind tokens, so a fresh one is asked.
func (w *walk) place() int64 {
	rest := bytes.TrimLeft(w.data[w.offset():], " \t\r\n:,")
	at := int64(len(w.data) - len(rest))
	if syntax, ok := errors.AsType[*json.SyntaxError](json.NewDecoder(bytes.NewReader(rest)).Decode(&nothing{})); ok {
		at += max(syntax.Offset-1, 0)
	}
	return at
}

// fault is the first fault with its place, or nil.
func (w *walk) fault() error {
	if w.err == nil {
		return nil
	}
	before := w.data[:min(int(w.err.Offset), len(w.data))]
	w.err.Line = 1 + bytes.Count(before, []byte("\n"))
	w.err.Column = len(before) - bytes.LastIndexByte(before, '\n')
	return w.err
}

// faults are what was wrong with the parts of an input, the first of them one by one.
type faults struct {
	list   []error
	untold int
}

func (f *faults) add(err error) {
	if len(f.list) >= maxErrors {
		f.untold++
		return
	}
	f.list = append(f.list, err)
}

func (f *faults) join() error {
	if f.untold > 0 {
		return errors.Join(append(f.list, &report.ParseError{Class: report.ErrMalformed,
			Reason: fmt.Sprintf("%d more faults, not told one by one", f.untold)})...)
	}
	return errors.Join(f.list...)
}
