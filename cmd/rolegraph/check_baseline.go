package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/check"
)

// readBaseline reads the baseline, if there is to be one. It must be there
// unless it is about to be written.
func (c *checking) readBaseline() (check.Baseline, error) {
	if c.baseline == "" {
		return check.Baseline{}, nil
	}
	f, err := os.Open(c.baseline)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.update:
		return check.Baseline{}, nil
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%w; --update-baseline writes it", err)
		fallthrough
	case err != nil:
		return check.Baseline{}, program.Fail(program.Usage, fmt.Errorf("reading the baseline: %w", err))
	}
	defer func() { _ = f.Close() }() // it was only read
	b, err := check.ReadBaseline(f)
	if err != nil {
		return b, program.Fail(program.Usage, fmt.Errorf("reading the baseline %s: %w", c.baseline, err))
	}
	return b, nil
}

// updateBaseline writes what was found, which then is known.
func (c *checking) updateBaseline(r *check.Report) error {
	var b bytes.Buffer
	err := check.WriteBaseline(&b, *r)
	if err == nil {
		err = save(c.baseline, b.Bytes())
	}
	if err != nil {
		return program.Fail(program.Usage, fmt.Errorf("writing the baseline %s: %w", c.baseline, err))
	}
	program.PrintLine(c.stderr, "wrote %s: %s, %d of them new, %d gone", c.baseline, graph.Counted(len(r.Findings), "finding"),
		len(r.Findings)-r.Known(), len(r.Stale))
	known, err := check.ReadBaseline(&b)
	if err != nil {
		return program.Fail(program.Usage, fmt.Errorf("reading the baseline %s again: %w", c.baseline, err))
	}
	r.Compare(known)
	return nil
}
