package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/converged/converged/cmd/program"
)

// watch draws, and draws again whenever a role file changes, until interrupted.
// A file that cannot be read meanwhile ends nothing: its next change is waited for.
func (r *rendering) watch(ctx context.Context, address string) error {
	ctx, end := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer end()
	in, err := read(ctx, r.dirs)
	if err != nil {
		return err
	}
	w, err := r.watcher(in)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	served, err := r.serve(ctx, address)
	if err != nil {
		return err
	}
	r.again(ctx)
	program.PrintLine(r.say, "watching %s; interrupt to end", strings.Join(w.dirs, ", "))
	if r.page != nil {
		program.PrintLine(r.say, "serving %s", r.page.address)
	}
	err = r.follow(ctx, w)
	end()
	return errors.Join(err, <-served)
}

// follow draws after every change.
func (r *rendering) follow(ctx context.Context, w *watcher) error {
	for {
		err := w.next(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // interrupted, as was to be
		}
		if err != nil {
			return program.Fail(program.Usage, err)
		}
		r.again(ctx)
	}
}

// again draws, and says why it could not.
func (r *rendering) again(ctx context.Context) {
	err := r.once(ctx)
	var o program.Outcome
	if err == nil || ctx.Err() != nil || errors.As(err, &o) && o.Err == nil {
		return // there is nothing to say, or it is said
	}
	program.PrintLine(r.stderr, "rolegraph: %s; waiting for the next change", err.Error())
}

// watcher watches what was read from disk.
func (r *rendering) watcher(in *input) (*watcher, error) {
	var dirs, ours []string
	for _, dir := range slices.Concat(in.dirs, in.more) {
		if _, isRevision := asRevision(dir); !isRevision {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) == 0 {
		return nil, errors.New("--watch needs a directory on disk: a revision does not change")
	}
	for _, t := range r.targets {
		ours = append(ours, t.path)
	}
	w, err := newWatcher(dirs, ours)
	if err != nil {
		return nil, program.Fail(program.Usage, err)
	}
	return w, nil
}

// serve serves the page if HTML is drawn. What comes out of served, once ctx has
// ended, is why serving ended early.
func (r *rendering) serve(ctx context.Context, address string) (served <-chan error, err error) {
	done := make(chan error, 1)
	isPage := func(t target[*drawing]) bool { return t.format.name == "html" }
	if !slices.ContainsFunc(r.targets, isPage) {
		done <- nil
		return done, nil
	}
	l, err := listen(ctx, address)
	if err != nil {
		return nil, program.Fail(program.Usage, err)
	}
	r.page = newPage("http://" + l.Addr().String() + "/")
	go func() { done <- r.page.serve(ctx, l) }()
	return done, nil
}
