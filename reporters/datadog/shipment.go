package datadog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// mostRefusals is how many refused requests one group may cost. A receiver that
// refuses everything is then asked again later instead of at once; what is
// decided until then is decided.
const mostRefusals = 128

// errUndecided is why items wait behind others.
var errUndecided = errors.New("datadog: not tried yet")

// shipment is a group of batches on its way.
type shipment struct {
	r        *Reporter
	batches  []telemetry.Batch
	frames   []*frame // made when they are needed
	accounts []account
	shipped  bool // something was taken
	halted   bool // nothing more would be
	refusals int
	slowest  time.Duration // request
}

func newShipment(r *Reporter, batches []telemetry.Batch) *shipment {
	s := &shipment{r: r, batches: batches, frames: make([]*frame, len(batches)), accounts: make([]account, len(batches))}
	for i, b := range batches {
		s.accounts[i] = newAccount(b)
	}
	return s
}

func (s *shipment) frame(batch int) *frame {
	if s.frames[batch] == nil {
		s.frames[batch] = newFrame(s.batches[batch], s.r.now())
	}
	return s.frames[batch]
}

// run sends kind after kind. If the first request does not get through, or a
// later one shows that no other would, the rest is left for another time.
func (s *shipment) run(ctx context.Context) {
	var stop error
	for k := range numKinds {
		parcels := s.undecided(k)
		if stop != nil {
			s.settle(k, parcels, stop)
			continue
		}
		if err := s.ship(ctx, k, parcels); err != nil {
			s.settle(k, s.undecided(k), err)
			if s.halted || !s.shipped {
				stop = err
			}
		}
	}
}

func (s *shipment) undecided(k int) []parcel {
	var parcels []parcel
	for batch, account := range s.accounts {
		for item, err := range account[k] {
			if err == errUndecided { //nolint:errorlint // it is never wrapped, and stands for itself
				parcels = append(parcels, parcel{batch, item})
			}
		}
	}
	return parcels
}

// settle writes down what became of parcels: nil is delivered.
func (s *shipment) settle(k int, parcels []parcel, err error) {
	for _, p := range parcels {
		s.accounts[p.batch][k][p.item] = err
	}
}

// ship sends parcels in as few requests as the limits allow. What it returns is
// why those not settled yet have to wait.
func (s *shipment) ship(ctx context.Context, k int, parcels []parcel) error {
	for len(parcels) > 0 {
		body, n, err := s.pack(k, parcels)
		if err != nil {
			s.refuse(k, parcels[:n], 0, fmt.Errorf("datadog: POST %s: %w: %w", kinds[k].path, err, telemetry.ErrRefused))
		} else if err := s.send(ctx, k, parcels[:n], body); err != nil {
			return err
		}
		parcels = parcels[n:]
	}
	return nil
}

// send is one request. What is refused together is sent in halves, so that what
// is bad does not take the rest along: first batch from batch, then item from item.
func (s *shipment) send(ctx context.Context, k int, parcels []parcel, body []byte) error {
	if err := s.mayGoOn(ctx); err != nil {
		s.halted = true
		return fmt.Errorf("datadog: POST %s to %s: %w; the others are for another time", kinds[k].path, s.r.base.Host, err)
	}
	begin := time.Now()
	res := s.r.do(ctx, call{method: http.MethodPost, path: kinds[k].path, body: body, packed: !kinds[k].plain})
	s.slowest = max(s.slowest, time.Since(begin))
	switch {
	case res.class == delivered:
		s.shipped = true
		s.settle(k, parcels, nil)
		s.r.counts.took(len(parcels))
	case res.class == divide && len(parcels) > 1:
		s.refusals++
		half := middle(parcels)
		if err := s.ship(ctx, k, parcels[:half]); err != nil {
			return err
		}
		return s.ship(ctx, k, parcels[half:])
	case res.class == divide, res.class == refused:
		s.refusals++
		s.refuse(k, parcels, res.status, res.err)
	default:
		// Without an answer, or with a key that is not taken, no path leads in.
		s.halted = res.status == 0 || res.status == http.StatusUnauthorized || res.status == http.StatusForbidden
		return res.err
	}
	return nil
}

// mayGoOn says why no other request should be made. One that has no time to end
// might be taken without anybody knowing, and be sent twice.
func (s *shipment) mayGoOn(ctx context.Context) error {
	if s.refusals >= mostRefusals {
		return fmt.Errorf("%d requests of one delivery were refused", s.refusals)
	}
	if end, ends := ctx.Deadline(); ends && s.shipped && time.Until(end) < 2*s.slowest {
		return fmt.Errorf("%v are too short for another request", time.Until(end).Round(time.Millisecond))
	}
	return nil
}

func (s *shipment) refuse(k int, parcels []parcel, status int, err error) {
	s.settle(k, parcels, err)
	s.r.counts.refuse(status, len(parcels))
}

// middle is where to part parcels: between the two batches next to their middle,
// within a batch if there is one only.
func middle(parcels []parcel) int {
	half := len(parcels) / 2
	for off := range half {
		for _, at := range []int{half - off, half + off} {
			if parcels[at-1].batch != parcels[at].batch {
				return at
			}
		}
	}
	if last := len(parcels) - 1; parcels[last-1].batch != parcels[last].batch {
		return last
	}
	return half
}
