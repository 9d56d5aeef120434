package puppet

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"

	"github.com/converged/converged/parsers/report"
)

// readDocument is all of r, which must be more than white space.
func readDocument(r io.Reader) ([]byte, error) {
	told := size(r)
	if told > MaxDocument {
		return nil, tooLarge()
	}
	var buf bytes.Buffer
	buf.Grow(told + bytes.MinRead)
	if _, err := buf.ReadFrom(io.LimitReader(r, MaxDocument+1)); err != nil {
		return nil, fmt.Errorf("reading a report of Puppet: %w", err)
	}
	data := bytes.TrimPrefix(buf.Bytes(), []byte("\ufeff"))
	if len(data) > MaxDocument {
		return nil, tooLarge()
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, &report.ParseError{Class: report.ErrEmpty,
			Reason: fmt.Sprintf("%d bytes, and no report in them", len(data))}
	}
	return data, nil
}

func tooLarge() error {
	return &report.ParseError{Class: report.ErrTooLarge,
		Reason: fmt.Sprintf("more than %d bytes, not read", MaxDocument)}
}

// size is how many bytes r says it holds, 0 if it does not say.
func size(r io.Reader) int {
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
