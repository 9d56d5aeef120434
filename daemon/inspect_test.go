package daemon

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// endless is a report that says how long it is, and of how much was read.
type endless struct {
	head *strings.Reader
	read int
}

func (e *endless) Len() int { return maxReport + 1 }

func (e *endless) Read(p []byte) (n int, err error) {
	if n, err = e.head.Read(p); err == io.EOF {
		n, err = len(p), nil
		clear(p)
	}
	e.read += n
	return n, err
}

func TestWhatIsTooLongIsNotRead(t *testing.T) {
	e := &endless{head: strings.NewReader(string(sample(t, "18-updated/report.json")))}
	if runs, err := Inspect(e); !errors.Is(err, report.ErrTooLarge) || len(runs) > 0 || e.read > logBytes {
		t.Errorf("of %d bytes %d were read: %v, %v", e.Len(), e.read, runs, err)
	}
}
