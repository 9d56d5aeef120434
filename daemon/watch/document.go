package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// errUnsteady is a file that changed while it was read.
var errUnsteady = errors.New("changes while it is read")

// What stands for a document over the limit: its beginning and its end.
const sampled = 64 << 10

// examine decides about one name: not there, as known, not whole yet, or an
// arrival.
func (f *folder) examine(name string, again bool, now time.Time) *Arrival {
	path := filepath.Join(f.dir, name)
	fi, err := os.Stat(path)
	if err != nil {
		delete(f.waiting, name)
		if !errors.Is(err, fs.ErrNotExist) {
			f.s.complain(path, err)
		}
		return nil
	}
	if was, known := f.latest(name); !fi.Mode().IsRegular() || known && !again && was.same(fi) {
		delete(f.waiting, name)
		return nil
	}
	w := f.waits(name, fi, now)
	still := max(now.Sub(w.since), time.Since(fi.ModTime()))
	switch {
	case fi.Size() == 0:
		return f.empty(name, fi, still, now)
	case fi.Size() > f.s.MaxBytes:
		return f.huge(name, fi, still, now)
	case f.s.Complete == nil && still < f.s.o.Quiet:
		f.hold(w, now.Add(f.s.o.Quiet-still))
		return nil
	case now.Before(w.next):
		f.hold(w, w.next)
		return nil
	}
	return f.judge(name, w, still, now)
}

// waits is what is known of the waiting for this name; a new look of the file
// begins it anew, but for how soon to read again.
func (f *folder) waits(name string, fi fs.FileInfo, now time.Time) *wait {
	w := f.waiting[name]
	if w == nil {
		w = &wait{}
		f.waiting[name] = w
	}
	if m := markOf(fi); w.mark != m {
		w.mark, w.since = m, now
	}
	return w
}

func (f *folder) hold(w *wait, due time.Time) {
	w.due = due
	f.earliest = earlier(f.earliest, due)
}

func (f *folder) empty(name string, fi fs.FileInfo, still time.Duration, now time.Time) *Arrival {
	if still < f.s.o.EmptyAfter {
		f.hold(f.waiting[name], now.Add(f.s.o.EmptyAfter-still))
		return nil
	}
	return f.hand(name, fi, nil, sumOf(nil), fmt.Errorf("%w for %v", ErrEmpty, still.Round(time.Second)))
}

// huge does not read the document; to know it again, a sample will do.
func (f *folder) huge(name string, fi fs.FileInfo, still time.Duration, now time.Time) *Arrival {
	if still < f.s.o.Quiet {
		f.hold(f.waiting[name], now.Add(f.s.o.Quiet-still))
		return nil
	}
	sum, err := sample(filepath.Join(f.dir, name))
	if err != nil {
		return f.failed(name, err, now)
	}
	return f.hand(name, fi, nil, sum, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, fi.Size(), f.s.MaxBytes))
}

// sample stands for a document by its beginning and its end, white space after
// it left out.
func sample(path string) (uint64, error) {
	f, fi, err := regular(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // only read from
	ends := make([]byte, 0, 2*sampled)
	for _, at := range []int64{0, max(0, fi.Size()-sampled)} {
		n, err := f.ReadAt(ends[len(ends):len(ends)+sampled], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		part := bytes.TrimRight(ends[len(ends):len(ends)+n], whiteSpace)
		if at > 0 {
			part = part[max(0, len(part)-sampled/2):] // counted from its end, which a newline more does not move
		}
		ends = append(ends, part...)
	}
	return sumOf(ends), nil
}

// judge reads the document and asks whether it is whole.
func (f *folder) judge(name string, w *wait, still time.Duration, now time.Time) *Arrival {
	begun := time.Now()
	data, fi, err := readSteady(filepath.Join(f.dir, name), f.s.MaxBytes)
	if err != nil {
		return f.failed(name, err, now)
	}
	sum := sumOf(bytes.TrimRight(data, whiteSpace))
	if was, known := f.latest(name); known && was.Sum == sum {
		return f.hand(name, fi, nil, sum, nil)
	}
	if f.s.Complete == nil || f.s.Complete(data) {
		return f.hand(name, fi, data, sum, nil)
	}
	if still >= f.s.o.EmptyAfter {
		return f.hand(name, fi, data, sum, fmt.Errorf("%w: unchanged for %v at %d bytes", ErrIncomplete, still.Round(time.Second), len(data)))
	}
	// A file that is written in a thousand pieces is not read whole a thousand times.
	end := time.Now()
	w.next = end.Add(4 * end.Sub(begun))
	f.hold(w, now.Add(f.s.o.EmptyAfter-still))
	return nil
}

// hand makes the arrival, unless it is what was handed out before under this
// name: then only how the file looks is remembered, such as a newline more.
func (f *folder) hand(name string, fi fs.FileInfo, data []byte, sum uint64, err error) *Arrival {
	path := filepath.Join(f.dir, name)
	delete(f.waiting, name)
	f.s.well(path)
	m := markOf(fi)
	m.Sum = sum
	if was, known := f.latest(name); known && was.Sum == sum {
		if d := f.open[name]; d != nil {
			d.mark = m
		} else {
			f.s.store.put(f.group, name, m)
		}
		return nil
	}
	a := f.s.arrival(path, err)
	a.Data, a.Modified = data, fi.ModTime()
	d := &delivery{m}
	f.open[name] = d
	a.settle = func() {
		f.s.store.put(f.group, name, d.mark)
		if f.open[name] == d {
			delete(f.open, name)
		}
	}
	return a
}

// failed decides about a file that could not be read.
func (f *folder) failed(name string, err error, now time.Time) *Arrival {
	switch w := f.waiting[name]; {
	case errors.Is(err, fs.ErrNotExist):
		delete(f.waiting, name)
	case errors.Is(err, errUnsteady):
		f.hold(w, now.Add(20*time.Millisecond))
	case exhausted(err):
		f.s.log.Warn("out of files or memory; trying again", "file", filepath.Join(f.dir, name), "error", err)
		f.hold(w, now.Add(f.s.o.Quiet))
	default:
		delete(f.waiting, name)
		f.s.complain(filepath.Join(f.dir, name), err)
	}
	return nil
}

const whiteSpace = " \t\r\n"

// readSteady is the whole of a file that did not change meanwhile.
func readSteady(path string, limit int64) ([]byte, fs.FileInfo, error) {
	f, fi, err := regular(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	for range 3 {
		if fi.Size() == 0 || fi.Size() > limit {
			break // another look decides
		}
		data := make([]byte, fi.Size())
		n, err := f.ReadAt(data, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		before := fi
		if fi, err = f.Stat(); err != nil {
			return nil, nil, err
		}
		if markOf(fi) == markOf(before) && n == len(data) {
			return data, fi, nil
		}
	}
	return nil, nil, errUnsteady
}
