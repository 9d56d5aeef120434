package receive

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// errTrailing is a body that goes on after what it holds has ended.
var errTrailing = errors.New("bytes after the end")

// paced reads a body as it comes over the wire, which must come at a least rate
// and end below a limit.
type paced struct {
	body    io.Reader
	control *http.ResponseController
	start   time.Time // moved on by the time that we made it wait
	grace   time.Duration
	pace    float64
	n, max  int64
	err     error // what ended it, other than its end
}

func newPaced(w http.ResponseWriter, r *http.Request, o Options) *paced {
	return &paced{
		body: r.Body, control: http.NewResponseController(w), start: time.Now(),
		grace: o.limits.grace, pace: o.limits.pace, max: o.MaxBytes,
	}
}

func (p *paced) Read(b []byte) (int, error) {
	due := p.grace + time.Duration(float64(p.n)/p.pace*float64(time.Second))
	if p.err = p.control.SetReadDeadline(p.start.Add(due)); p.err != nil {
		return 0, p.err
	}
	n, err := p.body.Read(b)
	p.n += int64(n)
	if p.n > p.max {
		return n, errTooLarge
	}
	if !errors.Is(err, io.EOF) {
		p.err = err
	}
	return n, err
}

// paused stops the clock until what it gives is called.
func (p *paced) paused() (again func()) {
	since := time.Now()
	return func() { p.start = p.start.Add(time.Since(since)) }
}

// done sees that nothing follows, and takes the deadline away: net/http goes on
// reading, to know of a client that leaves.
func (p *paced) done() error {
	var more [1]byte
	n, err := p.Read(more[:])
	if n > 0 {
		return errTrailing
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return p.control.SetReadDeadline(time.Time{})
}
