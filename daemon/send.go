package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/reporters/telemetry"
)

// sendTimeout bounds one attempt to hand a batch to a receiver on this machine;
// one to deliver it over a network is bounded by groupTimeout.
const sendTimeout = 10 * time.Second

// Receipt is what became of one run at one reporter.
type Receipt struct {
	Reporter     string
	Acknowledged bool // the receiver says that it has what was taken; else it was handed over, at best
	Taken        Parts
	TooOld       Parts // was not sent: the receiver drops what is that old without a word
	Refused      Parts // the receiver will never take it
	Left         Parts // was not taken, for now
	Err          error // why something was refused or left
}

// Delivered says whether everything was taken that a receiver still takes, and
// that is something.
func (s Receipt) Delivered() bool { return s.Err == nil && s.Taken != Parts{} }

// Parts counts the items of a batch.
type Parts struct{ Metrics, Events, ServiceChecks int }

// String is such as "7 metrics, 1 event".
func (p Parts) String() string {
	var words []string
	for _, part := range []struct {
		n    int
		name string
	}{{p.Metrics, "metric"}, {p.Events, "event"}, {p.ServiceChecks, "service check"}} {
		switch {
		case part.n == 1:
			words = append(words, "1 "+part.name)
		case part.n > 1:
			words = append(words, fmt.Sprintf("%d %ss", part.n, part.name))
		}
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

func partsOf(b telemetry.Batch) Parts {
	return Parts{len(b.Metrics), len(b.Events), len(b.ServiceChecks)}
}

func (p Parts) less(others ...Parts) Parts {
	for _, q := range others {
		p = Parts{p.Metrics - q.Metrics, p.Events - q.Events, p.ServiceChecks - q.ServiceChecks}
	}
	return p
}

// Send gives a batch to every output once, without a spool, and says of each what
// became of it.
func Send(ctx context.Context, b telemetry.Batch, outputs []Output) []Receipt {
	all := make([]Receipt, 0, len(outputs))
	for _, out := range outputs {
		all = append(all, out.send(ctx, b, time.Now()))
	}
	return all
}

func (o Output) send(ctx context.Context, b telemetry.Batch, now time.Time) Receipt {
	fresh, old := o.MaxAge.Split(b, now)
	s := Receipt{Reporter: o.Name, Acknowledged: o.Acknowledges, TooOld: partsOf(old)}
	if fresh.Empty() {
		return s
	}
	limit := sendTimeout
	if _, several := o.Reporter.(deliver.Group); several {
		limit = groupTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s.Err = o.Reporter.Report(ctx, fresh)
	partial, isPartial := errors.AsType[*telemetry.Partial](s.Err)
	switch {
	case s.Err == nil:
	case isPartial:
		s.Refused, s.Left = partsOf(partial.Refused), partsOf(partial.Rest)
	case errors.Is(s.Err, telemetry.ErrRefused):
		s.Refused = partsOf(fresh)
	default:
		s.Left = partsOf(fresh)
	}
	s.Taken = partsOf(fresh).less(s.Refused, s.Left)
	return s
}
