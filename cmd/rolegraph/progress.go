package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/converged/converged/cmd/program"
)

// patience is how long work may take before a terminal is told of it.
const patience = 500 * time.Millisecond

// progress says what the program is at: on a terminal while it takes long, and
// with --verbose how long each stage took. The nil progress says nothing.
type progress struct {
	stderr  io.Writer
	verbose bool
	live    bool // stderr is a terminal, where a line can be taken back
}

type progressKey struct{}

// withProgress makes a command's stages known to stage.
func withProgress(ctx context.Context, stderr io.Writer, verbose bool) context.Context {
	p := &progress{stderr: stderr, verbose: verbose, live: program.IsTerminal(stderr) && os.Getenv("TERM") != "dumb"}
	return context.WithValue(ctx, progressKey{}, p)
}

// stage begins a stage of the work, such as "reading roles/"; what it returns ends it.
func stage(ctx context.Context, format string, args ...any) (end func()) {
	p, _ := ctx.Value(progressKey{}).(*progress)
	if p == nil || !p.live && !p.verbose {
		return func() {}
	}
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = program.Visible(s)
		}
	}
	what, began := fmt.Sprintf(format, args...), time.Now()
	over := make(chan struct{})
	var told sync.WaitGroup
	if p.live {
		told.Go(func() { p.tell(what, began, over) })
	}
	return func() {
		close(over)
		told.Wait()
		if p.verbose {
			_, _ = fmt.Fprintf(p.stderr, "%s: %s\n", what, time.Since(began).Round(time.Millisecond))
		}
	}
}

// tell shows one line that is brought up to date until the stage is over, and
// then taken back.
func (p *progress) tell(what string, began time.Time, over <-chan struct{}) {
	next := time.NewTimer(patience)
	defer next.Stop()
	shown := false
	for {
		select {
		case <-over:
			if shown {
				_, _ = fmt.Fprint(p.stderr, "\r\x1b[K")
			}
			return
		case <-next.C:
			shown = true
			_, _ = fmt.Fprintf(p.stderr, "\r\x1b[K%s ... %.0f s", what, time.Since(began).Seconds())
			next.Reset(time.Second)
		}
	}
}
