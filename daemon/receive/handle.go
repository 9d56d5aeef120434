package receive

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// ServeHTTP answers one request.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.s.gate.enter() {
		h.s.deny(w, r, stopping())
		return
	}
	defer h.s.gate.leave()
	// net/http reads on what a handler left of a body, for as long as it takes.
	if http.NewResponseController(w).SetReadDeadline(time.Now().Add(h.s.o.limits.grace)) != nil {
		panic(http.ErrAbortHandler) // the connection is gone; to return would be to say 200
	}
	if r.URL.Path == "/healthz" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		h.s.write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
		return
	}
	a, err := h.s.guarded(w, r)
	if err != nil {
		h.s.deny(w, r, err)
		return
	}
	h.s.reply(w, a)
}

// handler keeps ServeHTTP out of what a Server offers.
type handler struct{ s *Server }

// guarded is serve, where a panic is one more error.
func (s *Server) guarded(w http.ResponseWriter, r *http.Request) (a answer, err error) {
	defer recovered(&err)
	return s.serve(w, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) (answer, error) {
	e, err := s.admit(r)
	if err != nil {
		return answer{}, err
	}
	room := &hold{m: s.memory, leave: s.o.leaves(e)}
	data, err := s.body(w, r, room)
	if err != nil {
		room.release()
		return answer{}, forSender(e, err)
	}
	p := Post{Format: e.format, Body: data, Origin: origin(r, e), Version: versionOf(r, e), Arrived: time.Now()}
	if e.sender == chefClient {
		s.takeChef(p, neighbourhoodOf(r), room)
		return answer{status: http.StatusCreated, body: struct{}{}}, nil
	}
	defer room.release()
	runs, err := s.take(p, neighbourhoodOf(r))
	if err != nil {
		return answer{}, err
	}
	return answerTo(e, runs), nil
}

// admit looks at all but the body.
func (s *Server) admit(r *http.Request) (endpoint, error) {
	// No tool sends these; a web page that a browser on this machine shows could
	// reach a loopback address otherwise.
	if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
		return endpoint{}, refuse(http.StatusForbidden, reasonBrowser, "reports are not taken from web pages")
	}
	if !s.token.brought(r) {
		return endpoint{}, refuse(http.StatusUnauthorized, reasonUnauthorized,
			"the token is missing or wrong: send Authorization: Bearer TOKEN, X-Data-Collector-Token: TOKEN, or TOKEN as the password")
	}
	e, err := s.route(r.Method, r.URL.EscapedPath())
	if err != nil || e.sender == chefClient {
		return e, err
	}
	if after, ok := s.bucket.take(neighbourhoodOf(r)); !ok {
		return e, later(reasonRate, "too many requests a second; nothing was taken, send it again later", after)
	}
	return e, nil
}

// forSender is the error as it is told. Chef's client answers 5xx by trying
// again for many seconds, which its run would wait for; it lets be after 4xx.
func forSender(e endpoint, err error) error {
	r, ok := errors.AsType[*refusal](err)
	if !ok || e.sender != chefClient || r.reason != reasonMemory {
		return err
	}
	told := *r
	told.status = http.StatusTooManyRequests
	return &told
}

// deny tells why a request is not taken, and counts and logs it.
func (s *Server) deny(w http.ResponseWriter, r *http.Request, err error) {
	told, ok := errors.AsType[*refusal](err)
	switch {
	case !ok:
		told = refuse(http.StatusInternalServerError, reasonFailed, "the report could not be taken, see the daemon's log; send it again when that is mended")
		s.say.error(reasonFailed, "a report could not be taken; its sender is told 500", "from", remoteOf(r), "error", clean(err.Error()))
	case told.reason != reasonUnfit && told.reason != reasonBusy: // of which who takes has the most to say
		s.say.warn(told.reason, "a request is refused", "from", remoteOf(r), "status", told.status, "reason", clean(told.text))
	}
	s.counts.refused(told.reason)
	if !s.drain(w, r) {
		w.Header().Set("Connection", "close")
	}
	s.refused(w, told)
}

// drain reads what is left of a refused body, and says whether it came to its
// end. One that waits to be told to go on is not asked for.
func (s *Server) drain(w http.ResponseWriter, r *http.Request) bool {
	if r.ContentLength == 0 {
		return true
	}
	if r.Header.Get("Expect") != "" || r.ContentLength > drained {
		return false
	}
	if http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.o.limits.drain)) != nil {
		return false
	}
	n, err := io.CopyN(io.Discard, r.Body, drained)
	return n < drained && errors.Is(err, io.EOF)
}
