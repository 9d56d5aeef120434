package watch

import (
	"context"
	"errors"
	"runtime/debug"
	"time"
)

// An arrival of this size makes its memory worth giving back.
const large = 1 << 20

// step does all that is due and returns the next arrival, or until when there
// is nothing to do unless something happens.
func (w *Watcher) step(now time.Time) (*Arrival, time.Time, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, time.Time{}, ErrClosed
	}
	w.hear()
	if !now.Before(w.pollAt) {
		w.poll(now)
	}
	w.resolve()
	w.store.flushDue(now)
	for range w.sources {
		s := w.sources[w.turn]
		w.turn = (w.turn + 1) % len(w.sources)
		if a := s.next(now); a != nil {
			a.w = w
			if len(a.Data) >= large || errors.Is(a.Err, ErrTooLarge) {
				w.relieve(s)
				w.freeAt = now.Add(time.Second)
			}
			return a, time.Time{}, nil
		}
	}
	w.relieve(nil)
	return nil, w.due(now), nil
}

// relieve has the source of the last large arrival let go of the memory that it
// lay in, unless that is read into again: sources take turns, and together would
// hold the largest record of each.
func (w *Watcher) relieve(next *source) {
	if w.loaded != nil && w.loaded != next {
		w.loaded.shrink()
	}
	w.loaded = next
}

// hear takes what the file system told since the last time.
func (w *Watcher) hear() {
	events, lost := w.notify.take()
	if lost {
		w.pollAt = time.Time{} // look for ourselves, now
		for _, s := range w.sources {
			s.lost = true
		}
	}
	for _, ev := range events {
		for _, s := range w.sources {
			s.notice(ev)
		}
	}
}

// poll looks at what events may have missed: other machines' writes, replaced
// parents, changed permissions.
func (w *Watcher) poll(now time.Time) {
	w.pollAt = now.Add(w.o.Poll)
	changed := w.notify.changed()
	for _, s := range w.sources {
		s.stale = s.stale || changed
		s.poll(now)
	}
}

// resolve finds the directories that matter and has them watched, anew until
// nothing appeared between looking and watching.
func (w *Watcher) resolve() {
	for range 5 {
		stale := false
		for _, s := range w.sources {
			stale = stale || s.stale
		}
		if !stale {
			return
		}
		var dirs []string
		for _, s := range w.sources {
			if s.stale {
				s.resolve()
			}
			dirs = append(dirs, s.dirs()...)
		}
		if !w.notify.want(dirs) {
			return
		}
		for _, s := range w.sources {
			s.stale = true
		}
	}
}

// due is when something is to be done though nothing happens.
func (w *Watcher) due(now time.Time) time.Time {
	if !w.freeAt.IsZero() && !now.Before(w.freeAt) {
		w.freeAt = time.Time{}
		debug.FreeOSMemory()
	}
	at := earlier(w.pollAt, w.freeAt)
	at = earlier(at, w.store.flushAt)
	for _, s := range w.sources {
		at = earlier(at, s.due())
	}
	return at
}

// earlier is the earlier of two times; a zero one is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func (w *Watcher) sleep(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stop:
		return ErrClosed
	case <-w.notify.wake:
	case <-timer.C:
	}
	return nil
}
