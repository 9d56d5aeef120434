package watch

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
)

// Bytes by which a file is known again, at its head and before a position.
// Records carry an id within the first few hundred bytes.
const printed = 1024

// print stands for N bytes. N = 0 is no evidence.
type print struct {
	N   int    `json:"n,omitempty"`
	Sum uint64 `json:"sum,omitempty"`
}

func printOf(b []byte) print {
	if len(b) == 0 {
		return print{}
	}
	return print{N: len(b), Sum: sumOf(b)}
}

func sumOf(b []byte) uint64 {
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:])
}

// headOf is the print of the first bytes before end.
func headOf(f io.ReaderAt, end int64) (print, error) {
	return read(f, 0, min(end, printed))
}

// read is the print of these bytes; fewer, if the file ends before.
func read(f io.ReaderAt, at, n int64) (print, error) {
	b := make([]byte, n)
	got, err := f.ReadAt(b, at)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return printOf(b[:got]), err
}

// at says whether the bytes there are these.
func (p print) at(f io.ReaderAt, offset int64) (bool, error) {
	if p.N == 0 {
		return true, nil
	}
	now, err := read(f, offset, int64(p.N))
	return now == p, err
}
