package stdout_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/converged/converged/reporters/stdout"
	"github.com/converged/converged/reporters/telemetry"
)

// writes remembers each Write.
type writes struct {
	calls [][]byte
	err   error
	short int
}

func (w *writes) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.calls = append(w.calls, bytes.Clone(p))
	return len(p) - w.short, nil
}

func TestOneWritePerLine(t *testing.T) {
	w := &writes{}
	r := stdout.New(w)
	for _, id := range []string{"r1", "r2"} {
		b := telemetry.Batch{RunID: id, Events: []telemetry.Event{{Title: "a\nb", Text: "c\r\nd"}}}
		if err := r.Report(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.calls) != 2 {
		t.Fatalf("%d writes, want 2", len(w.calls))
	}
	for i, call := range w.calls {
		if bytes.Count(call, []byte("\n")) != 1 || call[len(call)-1] != '\n' {
			t.Errorf("not one line: %q", call)
		}
		var top struct {
			RunID   string            `json:"run_id"`
			Metrics []json.RawMessage `json:"metrics"`
		}
		if err := json.Unmarshal(call, &top); err != nil || top.RunID != fmt.Sprintf("r%d", i+1) || top.Metrics == nil {
			t.Errorf("got %s, %v", call, err)
		}
	}
}

func TestErrors(t *testing.T) {
	broken := stdout.New(&writes{err: syscall.ENOSPC})
	if err := broken.Report(t.Context(), telemetry.Batch{RunID: "r1"}); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "r1") {
		t.Errorf("got %v, want the writer's error naming the run", err)
	}
	short := stdout.New(&writes{short: 1})
	if err := short.Report(t.Context(), telemetry.Batch{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("got %v, want a short write", err)
	}
	w := &writes{}
	nan := telemetry.Batch{Metrics: []telemetry.Metric{{Name: "m", Value: math.NaN()}}}
	if err := stdout.New(w).Report(t.Context(), nan); err == nil {
		t.Error("a value that JSON has no form for was written")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := stdout.New(w).Report(ctx, telemetry.Batch{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if len(w.calls) != 0 {
		t.Errorf("wrote %q", w.calls)
	}
}

func TestLinesDoNotMix(t *testing.T) {
	w := &writes{}
	r := stdout.New(w)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := r.Report(t.Context(), telemetry.Batch{RunID: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, call := range w.calls {
		if _, err := telemetry.Decode(call); err != nil {
			t.Error(err)
		}
	}
	if len(w.calls) != 20 {
		t.Errorf("%d lines, want 20", len(w.calls))
	}
}

// tap is a pipe whose reader does not read until it is opened.
type tap struct {
	writes
	asked, opened chan struct{}
}

func (w *tap) Write(p []byte) (int, error) {
	w.asked <- struct{}{}
	<-w.opened
	return w.writes.Write(p)
}

func TestAPipeThatNobodyReadsDoesNotHoldTheReporter(t *testing.T) {
	w := &tap{asked: make(chan struct{}, 9), opened: make(chan struct{})}
	r := stdout.New(w)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-w.asked; cancel() }()
	if err := r.Report(ctx, telemetry.Batch{RunID: "r1"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's error", err)
	}
	close(w.opened)
	for _, id := range []string{"r1", "r2"} {
		if err := r.Report(t.Context(), telemetry.Batch{RunID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.calls) != 2 {
		t.Errorf("wrote %q, want each line once", w.calls)
	}
}

func TestAHangingLineThatFailsIsWrittenAgain(t *testing.T) {
	w := &tap{asked: make(chan struct{}, 9), opened: make(chan struct{})}
	w.err = syscall.EIO
	r := stdout.New(w)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-w.asked; cancel() }()
	if err := r.Report(ctx, telemetry.Batch{RunID: "r1"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the context's error", err)
	}
	close(w.opened)
	if err := r.Report(t.Context(), telemetry.Batch{RunID: "r1"}); !errors.Is(err, syscall.EIO) {
		t.Errorf("got %v, want the second write's error", err)
	}
	if len(w.asked) != 1 {
		t.Errorf("%d more writes, want one", len(w.asked))
	}
}
