package receive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime"
	"time"
)

// take hands over a report, in its turn, and tells its sender's answer.
func (s *Server) take(p Post, from netip.Prefix) ([]string, error) {
	one := s.turns.ask(from)
	defer s.turns.giveBack(one)
	if err := s.wait(one); err != nil {
		return nil, err
	}
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
func (s *Server) takeChef(p Post, from netip.Prefix, room *hold) {
	done := make(chan struct{})
	s.gate.more()
	go func() {
		defer s.gate.leave()
		defer close(done)
		defer room.release()
		if err := s.store(p, from); err != nil {
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

func (s *Server) store(p Post, from netip.Prefix) error {
	one := s.chefTurns.ask(from)
	defer s.chefTurns.giveBack(one)
	if err := s.wait(one); err != nil {
		return err
	}
	_, err := s.call(p)
	return err
}

// wait waits for a turn.
func (s *Server) wait(one *turn) error {
	select {
	case <-one.come:
		return nil
	default:
	}
	late := time.NewTimer(s.o.limits.room)
	defer late.Stop()
	select {
	case <-one.come:
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
