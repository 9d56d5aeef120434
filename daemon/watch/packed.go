package watch

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The most a packed file may hold.
const maxUnpacked = 4 << 30

var errPacked = errors.New("is compressed, and not with gzip")

// openFile opens the bytes of a file of lines: those of a packed one are put
// beside the positions, in a file without a name.
func (p *pool) openFile(c *sighting) error {
	f, fi, err := regular(c.path)
	if err != nil {
		return err
	}
	if idOf(fi) != c.id {
		p.dirty = true // renamed between looking and opening
		return errors.Join(errMoved, f.Close())
	}
	if !c.packed {
		c.f, c.size, c.modified = f, fi.Size(), fi.ModTime()
		return nil
	}
	defer func() { _ = f.Close() }() // only read from
	c.f, c.size, err = unpack(f, filepath.Dir(p.s.store.path))
	return err
}

// errMoved is a file that is another by now; a new scan is due.
var errMoved = errors.New("was renamed meanwhile")

// unpack writes what a gzip file holds into a file without a name.
func unpack(f *os.File, dir string) (_ *os.File, size int64, err error) {
	if !strings.HasSuffix(f.Name(), ".gz") {
		return nil, 0, errPacked
	}
	in, err := gzip.NewReader(f)
	if err != nil {
		return nil, 0, fmt.Errorf("unpack: %w", err)
	}
	out, err := os.CreateTemp(dir, "unpacked-*")
	if err != nil {
		return nil, 0, fmt.Errorf("unpack: %w", err)
	}
	err = os.Remove(out.Name())
	if err == nil {
		size, err = io.Copy(out, io.LimitReader(in, maxUnpacked+1))
	}
	if err == nil && size > maxUnpacked {
		err = fmt.Errorf("%w: over %d bytes when unpacked", ErrTooLarge, int64(maxUnpacked))
	}
	if err != nil {
		_ = out.Close()
		return nil, 0, fmt.Errorf("unpack: %w", err)
	}
	return out, size, nil
}

// unpackedSize is what a gzip file says of itself in its last four bytes: its
// size, modulo 4 GiB; of its last part, if it has several.
func unpackedSize(path string) (uint32, bool) {
	f, fi, err := regular(path)
	if err != nil {
		return 0, false
	}
	defer func() { _ = f.Close() }() // only read from
	var last [4]byte
	if _, err := f.ReadAt(last[:], fi.Size()-4); err != nil || !strings.HasSuffix(path, ".gz") {
		return 0, false
	}
	return binary.LittleEndian.Uint32(last[:]), true
}

// done says whether a packed file is one that was read to its end before it
// was packed, or since.
func (c *sighting) done(t *tail) bool {
	if !c.packed || !t.packed {
		return false
	}
	size, ok := unpackedSize(c.path)
	return !ok || size == uint32(t.pos())
}

// attempt is a packed file that could not be unpacked: it may be being made.
type attempt struct {
	size     int64
	modified time.Time
	since    time.Time
	err      error
}

// hopeless says whether unpacking failed before, and nothing has changed. If
// that stays so it is said, unless a file that was read to its end went away
// as it came.
func (p *pool) hopeless(c *sighting, now time.Time) bool {
	a, tried := p.attempts[c.path]
	if !tried || a.size != c.stat || !a.modified.Equal(c.modified) {
		delete(p.attempts, c.path)
		return false
	}
	if now.Sub(a.since) < p.s.o.EmptyAfter {
		return true
	}
	for _, t := range p.tails {
		if t.pass == p.pass || t.size == 0 || t.size > t.pos() {
			continue
		}
		if t.f == nil {
			c.size = t.pos()
			p.adopt(t, c)
		}
		return true
	}
	p.s.complain(c.path, a.err)
	return true
}
