package receive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"time"
)

// take hands over a report, in its turn, and tells its sender's answer.
func (s *Server) take(p Post) ([]string, error) {
	if err := s.turn(s.turns); err != nil {
		return nil, err
	}
	defer func() { <-s.turns }()
	runs, err := s.call(p)
	switch {
	case err == nil:
		s.counts.accepted(p.Format, len(p.Body))
		return runs, nil
	case errors.Is(err, ErrUnfit):
		return nil, refuse(http.StatusUnprocessableEntity, reasonUnfit, "%s", clean(err.Error()))
	case errors.Is(err, ErrBusy), s.ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		s.say.warn(reasonBusy, "a report cannot be taken now; its sender is told to send it again", "error", clean(err.Error()))
		return nil, later(reasonBusy, "the report cannot be kept now; send it again later, it is one run however often it is sent", retryAfter)
	case s.ctx.Err() != nil:
		return nil, later(reasonStopping, "the receiver is stopping, and the report may not be kept; send it again later", retryAfter)
	}
	return nil, err
}

// takeChef hands over a message, and is back when that is done or Chef's run has
// waited long enough. What cannot be taken is lost: Chef would not send it again.
func (s *Server) takeChef(p Post, room *hold) {
	done := make(chan struct{})
	s.gate.more()
	go func() {
		defer s.gate.leave()
		defer close(done)
		defer room.release()
		if err := s.store(p); err != nil {
			s.counts.lost()
			s.say.error("lost", "a message of Chef was answered and could not be taken; it is lost", "from", p.Origin, "error", clean(err.Error()))
			return
		}
		s.counts.accepted(p.Format, len(p.Body))
	}()
	late := time.NewTimer(s.o.limits.chef)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
		s.say.warn("late", "taking a message of Chef takes long; its client was answered meanwhile", "from", p.Origin)
	}
}

func (s *Server) store(p Post) error {
	if err := s.turn(s.chefTurns); err != nil {
		return err
	}
	defer func() { <-s.chefTurns }()
	_, err := s.call(p)
	return err
}

// turn waits for a place among those that may call Take, to be given back.
func (s *Server) turn(turns chan struct{}) error {
	select {
	case turns <- struct{}{}:
		return nil
	default:
	}
	late := time.NewTimer(s.o.limits.room)
	defer late.Stop()
	select {
	case turns <- struct{}{}:
		return nil
	case <-s.ctx.Done():
		return stopping()
	case <-late.C:
		return later(reasonRequests, "too many reports are being taken; nothing was taken, send it again later", retryAfter)
	}
}

// call calls Take. The sender's going away does not end it: what arrived whole
// is taken, and a sender that closes its half of the connection looks gone.
func (s *Server) call(p Post) (runs []string, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.o.TakeWithin)
	defer cancel()
	defer recovered(&err)
	return s.o.Take(ctx, p)
}

// recovered makes an error of a panic. What was panicked with may hold parts of a
// report; only what the runtime says of itself is told.
func recovered(err *error) {
	what := recover()
	if what == nil {
		return
	}
	if own, ok := what.(runtime.Error); ok {
		*err = fmt.Errorf("panic: %s", own.Error())
		return
	}
	*err = fmt.Errorf("panic with a %T", what)
}
