// Package stdout writes each batch as one line of JSON, for a person, a pipe or
// a log collector.
package stdout

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/converged/converged/reporters/telemetry"
)

// Reporter writes lines. It may be used from several goroutines.
type Reporter struct {
	mu sync.Mutex
	w  io.Writer
}

// New writes to w.
func New(w io.Writer) *Reporter { return &Reporter{w: w} }

// Report writes b in the form of telemetry.Encode and a newline, all in one Write,
// so that lines of several writers to one pipe do not mix. A line that was
// written in part is an error, and written again whole when it is tried again.
func (r *Reporter) Report(ctx context.Context, b telemetry.Batch) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("write batch %q: %w", b.RunID, err)
	}
	line, err := telemetry.Encode(b)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.w.Write(append(line, '\n'))
	if err == nil && n <= len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("write batch %q: %w", b.RunID, err)
	}
	return nil
}
