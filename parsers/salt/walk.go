package salt

import (
	"errors"
	"fmt"

	"github.com/converged/converged/parsers/json"
	"github.com/converged/converged/parsers/report"
)

// walk goes through a JSON document.
type walk struct {
	*json.Scanner
	data []byte
	kept int // states of all its returns
}

// newWalk begins at a byte of data.
func newWalk(data []byte, from int) *walk {
	return &walk{Scanner: json.NewScannerAt(data, from).AsPython(), data: data}
}

// text is the string that comes next, clean and cut at limit bytes; empty for
// anything else.
func (w *walk) text(limit int) string { return report.Clean(w.Verbatim(limit), limit) }

// fault is the first fault with its place, or nil.
func (w *walk) fault() *report.ParseError {
	err, _ := errors.AsType[*report.ParseError](w.Fault())
	return err
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
