package receive

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
)

// errNoRoom is that MaxMemory stayed full.
var errNoRoom = errors.New("no room for the body")

// errTooLarge is a body over MaxBytes, or one that came to more before it was
// decompressed.
var errTooLarge = errors.New("over the limit of size")

// body reads what a request holds, decompressed. The hold has room for it, and
// is the caller's to release, also after an error.
func (s *Server) body(w http.ResponseWriter, r *http.Request, h *hold) ([]byte, error) {
	if r.ContentLength > s.o.MaxBytes {
		return nil, s.explain(errTooLarge, nil)
	}
	wire := newPaced(w, r, s.o)
	plain, hint, err := decode(r, wire)
	if err != nil {
		return nil, s.explain(err, wire.err)
	}
	data, err := s.collect(plain, hint, wire, h)
	if err != nil {
		return nil, s.explain(err, wire.err)
	}
	if len(data) == 0 {
		return nil, refuse(http.StatusBadRequest, reasonEmpty, "the body is empty; nothing was taken")
	}
	if err := wire.done(); err != nil {
		return nil, s.explain(err, wire.err)
	}
	return data, nil
}

// decode is the reader of what a body says, and how much that is, if known.
func decode(r *http.Request, wire io.Reader) (io.Reader, int64, error) {
	encoding := strings.ToLower(strings.TrimSpace(strings.Join(r.Header.Values("Content-Encoding"), ",")))
	switch encoding {
	case "", "identity":
		return wire, r.ContentLength, nil
	case "gzip", "x-gzip":
		plain, err := gzip.NewReader(wire)
		return plain, -1, err
	case "deflate":
		plain, err := inflate(wire)
		return plain, -1, err
	}
	return nil, 0, refuse(http.StatusUnsupportedMediaType, reasonEncoding,
		"this Content-Encoding is not read here; send gzip, deflate or none")
}

// inflate reads deflate as RFC 9110 has it, in a zlib stream, and as some send
// it, without.
func inflate(wire io.Reader) (io.Reader, error) {
	b := bufio.NewReader(wire)
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// collect reads all of a body of about hint bytes, -1 if that is not known.
// Memory is taken as bytes arrive, never because a header promises them.
func (s *Server) collect(plain io.Reader, hint int64, wire *paced, h *hold) ([]byte, error) {
	if hint < 0 {
		hint = s.o.MaxBytes
	}
	buf := make([]byte, 0, max(512, min(hint, small)))
	for {
		n, err := plain.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > s.o.MaxBytes:
			return nil, errTooLarge
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) == cap(buf):
			if buf, err = s.grown(buf, hint, wire, h); err != nil {
				return nil, err
			}
		}
	}
}

// grown is buf with more room: as much as hint wants, at most four times what
// there is, and one byte over MaxBytes to notice what is too large.
func (s *Server) grown(buf []byte, hint int64, wire *paced, h *hold) ([]byte, error) {
	now := int64(cap(buf))
	next := 4 * now
	if hint > now {
		next = min(next, hint)
	}
	next = min(next, s.o.MaxBytes+1)
	ctx, cancel := context.WithTimeoutCause(s.ctx, s.o.limits.room, errNoRoom)
	defer cancel()
	defer wire.paused()()
	if next > small {
		if err := h.grow(ctx, min(next, s.o.MaxBytes)); err != nil {
			return nil, err
		}
	}
	return append(make([]byte, 0, next), buf...), nil
}

// explain makes a refusal of what went wrong with a body; wire is what went
// wrong with the connection, nil if it is the content.
func (s *Server) explain(err, wire error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	switch {
	case errors.Is(err, errTooLarge):
		return refuse(http.StatusRequestEntityTooLarge, reasonTooLarge,
			"the body is larger than %d bytes, decompressed; nothing was taken", s.o.MaxBytes)
	case errors.Is(err, errNoRoom):
		return later(reasonMemory, "too many reports are arriving at one time; nothing was taken, send it again later", retryAfter)
	case errors.Is(err, context.Canceled):
		return stopping()
	case errors.Is(wire, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout, reasonSlow, "the body arrived too slowly; nothing was taken, send it again")
	case wire != nil:
		return refuse(http.StatusBadRequest, reasonBroken, "the body ended early or is malformed; nothing was taken, send it again")
	}
	return refuse(http.StatusBadRequest, reasonEncoding,
		"the body is not what its Content-Encoding says, or its end is missing; nothing was taken")
}

func stopping() *refusal {
	return later(reasonStopping, "the receiver is stopping; nothing was taken, send it again later", retryAfter)
}
