package report

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// Read is all of r, which is told to be a report of that tool: at most limit
// bytes, and more than white space. What r holds in memory already, as a
// *bytes.Buffer does, is not copied. The error is a *ParseError, or r's own.
func Read(r io.Reader, limit int, tool string) ([]byte, error) {
	if Size(r) > limit {
		return nil, tooLarge(limit)
	}
	data, err := all(r, limit)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a report of %s: %w", tool, err)
	case len(data) > limit:
		return nil, tooLarge(limit)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &ParseError{Class: ErrEmpty, Reason: fmt.Sprintf("%d bytes, and no report in them", len(data))}
	}
	return data, nil
}

func tooLarge(limit int) error {
	return &ParseError{Class: ErrTooLarge, Reason: fmt.Sprintf("more than %d bytes, not read", limit)}
}

// all is what r holds, or more than limit bytes of it.
func all(r io.Reader, limit int) ([]byte, error) {
	if held, ok := r.(interface{ Bytes() []byte }); ok {
		return held.Bytes(), nil
	}
	var buf bytes.Buffer
	buf.Grow(min(Size(r), limit) + bytes.MinRead)
	_, err := buf.ReadFrom(io.LimitReader(r, int64(limit)+1))
	return buf.Bytes(), err
}

// Size is how many bytes r says it holds, 0 if it does not say. It saves the
// copies that growing in the dark would cost.
func Size(r io.Reader) int {
	switch r := r.(type) {
	case interface{ Len() int }:
		return r.Len()
	case fs.File:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return int(info.Size())
		}
	}
	return 0
}
