// Package stdout writes each batch as one line of JSON, for a person, a pipe or
// a log collector.
package stdout

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/converged/converged/reporters/telemetry"
)

// Reporter writes lines. It may be used from several goroutines.
type Reporter struct {
	w       io.Writer
	turn    chan struct{} // holds a token while a Report is at work
	pending *writing      // what the last Report did not wait for to the end
}

// writing is a line on its way. A pipe that nobody reads may hold it for ever.
type writing struct {
	line []byte
	done chan struct{}
	err  error // once done is closed
}

// New writes to w.
func New(w io.Writer) *Reporter { return &Reporter{w: w, turn: make(chan struct{}, 1)} }

// Report writes b in the form of telemetry.Encode and a newline, all in one Write,
// so that lines of several writers to one pipe do not mix. A line that was
// written in part is an error, and written again whole when it is tried again;
// one whose Write still hangs when ctx ends is waited for when it is tried again.
func (r *Reporter) Report(ctx context.Context, b telemetry.Batch) error {
	line, err := telemetry.Encode(b)
	if err != nil {
		return err
	}
	if err := r.report(ctx, append(line, '\n')); err != nil {
		return fmt.Errorf("write batch %q: %w", b.RunID, err)
	}
	return nil
}

func (r *Reporter) report(ctx context.Context, line []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if w := r.pending; w != nil {
		err := r.wait(ctx)
		if hangs := r.pending != nil; hangs || err == nil && bytes.Equal(w.line, line) {
			return err
		}
	}
	r.pending = &writing{line: line, done: make(chan struct{})}
	go r.pending.to(r.w)
	return r.wait(ctx)
}

// wait is how the pending line ended, or the error of ctx while it has not.
func (r *Reporter) wait(ctx context.Context) error {
	select {
	case <-r.pending.done:
		err := r.pending.err
		r.pending = nil
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writing) to(out io.Writer) {
	n, err := out.Write(w.line)
	if err == nil && n < len(w.line) {
		err = io.ErrShortWrite
	}
	w.err = err
	close(w.done)
}
