package dogstatsd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/converged/converged/reporters/telemetry"
)

// Report hands over what is in b: metrics, service checks, events. An item that
// cannot be told over DogStatsD is dropped and counted. When a part of b was
// handed over, the error is a *telemetry.Partial with the others; any other error
// leaves all of b to be done. A UDP port that refuses may have lost all that went
// before, so then all of b is left.
func (r *Reporter) Report(ctx context.Context, b telemetry.Batch) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fmt.Errorf("dogstatsd: hand over run %q: the reporter is closed", b.RunID)
	}
	h := handover{reporter: r, rest: b}
	err := h.run(ctx)
	if err != nil && (h.items == 0 || errors.Is(err, errLost)) {
		return fmt.Errorf("dogstatsd: hand over run %q: %w", b.RunID, err)
	}
	r.count(&h, b.RunID)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("dogstatsd: hand over run %q: %d items done, %d left: %w", b.RunID, h.items, count(h.rest), err)
	if errors.Is(err, telemetry.ErrRefused) {
		return &telemetry.Partial{Refused: h.rest, Why: err}
	}
	return &telemetry.Partial{Rest: h.rest, Err: err}
}

func count(b telemetry.Batch) int { return len(b.Metrics) + len(b.ServiceChecks) + len(b.Events) }

// handover is one batch on its way.
type handover struct {
	reporter         *Reporter
	rest             telemetry.Batch // what is left to do
	datagrams, items int64           // what is done
	dropped          []string        // why items will never be done
}

// run goes on until nothing is left. A datagram that is too long for the system
// is made again from smaller ones, and from items that are cut.
func (h *handover) run(ctx context.Context) error {
	if err := h.reporter.socket.open(ctx); err != nil {
		return explain(h.reporter.socket.to, err)
	}
	for {
		items, dropped := h.reporter.items(h.rest)
		h.dropped = append(h.dropped, dropped...)
		left, err := h.send(ctx, items)
		h.rest = only(h.rest, left)
		if err == nil {
			err = h.reporter.socket.settle()
		}
		if errors.Is(err, syscall.EMSGSIZE) && h.reporter.socket.shrink() {
			continue
		}
		if err != nil {
			return explain(h.reporter.socket.to, err)
		}
		return nil
	}
}

// send hands items over, as many in a datagram as fit, and returns those it did not.
func (h *handover) send(ctx context.Context, items []item) ([]item, error) {
	socket := &h.reporter.socket
	for len(items) > 0 {
		if err := socket.open(ctx); err != nil {
			return items, err
		}
		n := fitting(items, socket.datagram())
		lines := make([][]byte, n)
		for i, it := range items[:n] {
			lines[i] = it.line
		}
		if err := socket.send(ctx, bytes.Join(lines, []byte("\n"))); err != nil {
			return items, err
		}
		h.datagrams++
		h.items += int64(n)
		items = items[n:]
	}
	return nil, nil
}

// fitting is how many items go into one datagram: at least one.
func fitting(items []item, limit int) int {
	size := 0
	for n, it := range items {
		size += len(it.line)
		if n > 0 && size > limit {
			return n
		}
		size++ // the newline between
	}
	return len(items)
}

// only is b with those items alone that left names, in the order of b.
func only(b telemetry.Batch, left []item) telemetry.Batch {
	whole := b
	b.Metrics, b.ServiceChecks, b.Events = nil, nil, nil
	for _, it := range left {
		switch it.kind {
		case aMetric:
			b.Metrics = append(b.Metrics, whole.Metrics[it.index])
		case aCheck:
			b.ServiceChecks = append(b.ServiceChecks, whole.ServiceChecks[it.index])
		case anEvent:
			b.Events = append(b.Events, whole.Events[it.index])
		}
	}
	return b
}
