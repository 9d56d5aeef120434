package report

import (
	"errors"
	"fmt"
)

// The classes of input that hold no run. Parsers wrap them with what was found.
var (
	// ErrEmpty is a report of no bytes: a run happened, its report is lost.
	ErrEmpty = errors.New("the report is empty")
	// ErrForeign is a document that is not of the format asked for.
	ErrForeign = errors.New("not a report of a known format")
	// ErrTruncated is a report whose end is missing.
	ErrTruncated = errors.New("the report is cut short")
	// ErrMalformed is a report that breaks its own format's grammar.
	ErrMalformed = errors.New("the report is malformed")
	// ErrTooLarge is a report over a limit of size, depth or count.
	ErrTooLarge = errors.New("the report is over a limit")
)

// ParseError says where in a report reading stopped, and why. Line and Column
// count from 1; a Line of 0 is "the report as a whole".
type ParseError struct {
	Line, Column int
	Offset       int64 // bytes from the beginning
	Reason       string
	Class        error // one of this package's sentinels
}

// Error is "line L, column C: reason".
func (e *ParseError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%v: %s", e.Class, e.Reason)
	}
	return fmt.Sprintf("line %d, column %d: %v: %s", e.Line, e.Column, e.Class, e.Reason)
}

// Unwrap is the class, so that errors.Is finds it.
func (e *ParseError) Unwrap() error { return e.Class }
