package receive

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// untimed is an answer to a sender without a clock.
type untimed struct{ http.ResponseWriter }

func (untimed) SetReadDeadline(time.Time) error { return nil }

// FuzzBody: whatever a body and its encoding are, there is a report within the
// limit or a refusal that says why, and no memory stays behind.
func FuzzBody(f *testing.F) {
	f.Add("gzip", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x2a\x02\x04\x00\x00\xff\xff"), true)
	f.Add("deflate", []byte("\x78\x9c\x4b\x04\x00\x00\x62\x00\x62"), false)
	f.Add("deflate", []byte("\x4b\x04\x00"), true)
	f.Add("deflate", []byte("\x78"), true)
	f.Add("", []byte("a report"), false)
	f.Add("identity", bytes.Repeat([]byte("r"), 100_001), true)
	f.Add("br", []byte("x"), true)
	s, err := Open(Options{Listen: []string{"127.0.0.1:0"}, Formats: known, Take: nobody, MaxBytes: 100_000})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, encoding string, sent []byte, lengthKnown bool) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(sent))
		r.Header.Set("Content-Encoding", encoding)
		if !lengthKnown {
			r.ContentLength = -1
		}
		room := &hold{m: s.memory}
		data, err := s.body(untimed{httptest.NewRecorder()}, r, room)
		if _, ok := errors.AsType[*refusal](err); err != nil && !ok {
			t.Fatalf("%v", err)
		}
		if err == nil && (len(data) == 0 || len(data) > 100_000) {
			t.Fatalf("%d bytes", len(data))
		}
		if err == nil && (encoding == "" || encoding == "identity") && !bytes.Equal(data, sent) {
			t.Fatalf("%q became %q", sent, data)
		}
		room.release()
		if s.memory.free != s.o.MaxMemory {
			t.Fatalf("%d bytes stayed behind", s.o.MaxMemory-s.memory.free)
		}
	})
}
