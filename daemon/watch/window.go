package watch

import (
	"bytes"
	"errors"
	"io"
)

// Bytes read at a time, and those beyond what is expected.
const (
	chunk  = 128 << 10
	little = 512
)

// errTorn is a file whose bytes behind us are no longer those that we read.
var errTorn = errors.New("was truncated or written anew")

// window is the part of a file that is in memory: the last bytes consumed, by
// which the file is known again, then those not consumed yet.
type window struct {
	buf  []byte
	base int64 // where in the file buf begins
	r    int   // consumed bytes of buf
	scan int   // up to where buf is known to hold no end of line
	most int   // bytes that may be pending before the record is over the limit
}

func (w *window) pos() int64      { return w.base + int64(w.r) }
func (w *window) end() int64      { return w.base + int64(len(w.buf)) }
func (w *window) pending() []byte { return w.buf[w.r:] }

// tail is the print of the bytes before the position.
func (w *window) tail() print { return printOf(w.buf[max(0, w.r-printed):w.r]) }

// load begins the window at a position of a file.
func (w *window) load(f io.ReaderAt, pos int64) error {
	base := max(0, pos-printed)
	buf := make([]byte, pos-base)
	if n, err := f.ReadAt(buf, base); n < len(buf) {
		if errors.Is(err, io.EOF) {
			err = errTorn
		}
		return err
	}
	*w = window{buf: buf, base: base, r: len(buf), scan: len(buf), most: w.most}
	return nil
}

func (w *window) consume(n int) {
	w.r += n
	w.scan = max(w.scan, w.r)
}

// line is the bytes up to the next end of line, and how many with it; 0 if
// there is none yet.
func (w *window) line() (line []byte, n int) {
	i := bytes.IndexByte(w.buf[w.scan:], '\n')
	if i < 0 {
		w.scan = len(w.buf)
		return nil, 0
	}
	end := w.scan + i
	return bytes.TrimSuffix(w.buf[w.r:end], []byte("\r")), end + 1 - w.r
}

// fill reads what follows the window. It has read nothing if the file ends
// there. The bytes behind are compared after reading: if they are still the
// same, those that were read belong to them. The file's size is a hint of how
// much there is.
func (w *window) fill(f io.ReaderAt, head print, size int64) (int, error) {
	left := max(size-w.end(), 0) + little
	w.makeRoom(int(min(left, chunk)), left)
	n, err := f.ReadAt(w.buf[len(w.buf):cap(w.buf)], w.end())
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if err := w.verify(f, head); err != nil {
		return 0, err
	}
	w.buf = w.buf[:len(w.buf)+n]
	return n, nil
}

// verify compares the last bytes of the window, and the head, with the file.
func (w *window) verify(f io.ReaderAt, head print) error {
	last := w.buf[max(0, len(w.buf)-printed):]
	now := make([]byte, len(last))
	if _, err := f.ReadAt(now, w.end()-int64(len(last))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	ok, err := head.at(f, 0)
	if err == nil && (!ok || !bytes.Equal(now, last)) {
		err = errTorn
	}
	return err
}

// makeRoom moves the window on, and lets it grow while one record fills it, but
// for little more than is left of the file. It grows by a quarter at least: a
// record that comes in small pieces would be copied for each of them.
func (w *window) makeRoom(wanted int, left int64) {
	if drop := w.r - printed; drop > 0 {
		w.buf = append(w.buf[:0], w.buf[drop:]...)
		w.base, w.r, w.scan = w.base+int64(drop), w.r-drop, w.scan-drop
	}
	if cap(w.buf)-len(w.buf) >= wanted/2 {
		return
	}
	room := len(w.buf) + max(int(min(left, int64(w.most))), len(w.buf)/4)
	room = min(room, 2*cap(w.buf), w.most+2*chunk)
	grown := make([]byte, len(w.buf), max(room, len(w.buf)+wanted))
	copy(grown, w.buf)
	w.buf = grown
}

// shrink gives back memory that is not needed for what is pending.
func (w *window) shrink() {
	from := max(0, w.r-printed)
	if cap(w.buf) <= 2*(len(w.buf)-from) {
		return
	}
	w.buf = bytes.Clone(w.buf[from:])
	w.base, w.r, w.scan = w.base+int64(from), w.r-from, w.scan-from
}
