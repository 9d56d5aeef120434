package check

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Baseline is findings that are known, so that only new ones fail.
type Baseline struct{ keys map[Key]bool }

const (
	baselineVersion = 1
	maxBaseline     = 64 << 20
)

type baselineFile struct {
	Version  int   `json:"version"`
	Findings []Key `json:"findings"`
}

// ReadBaseline reads what WriteBaseline wrote.
func ReadBaseline(r io.Reader) (Baseline, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	if err != nil {
		return Baseline{}, err
	}
	if len(text) > maxBaseline {
		return Baseline{}, fmt.Errorf("it is larger than %d MiB", maxBaseline>>20)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var f baselineFile
	if err := d.Decode(&f); err != nil {
		return Baseline{}, fmt.Errorf("line %d: it is no baseline: %w", lineOf(text, d.InputOffset(), err), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Baseline{}, fmt.Errorf("line %d: more follows the baseline", lineOf(text, d.InputOffset(), nil))
	}
	if f.Version != baselineVersion {
		return Baseline{}, fmt.Errorf("its version is %d: expected %d", f.Version, baselineVersion)
	}
	b := Baseline{keys: make(map[Key]bool, len(f.Findings))}
	for _, k := range f.Findings {
		b.keys[k] = true
	}
	return b, nil
}

// lineOf is the line that a decoder stopped at.
func lineOf(text []byte, offset int64, err error) int {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mistyped):
		offset = mistyped.Offset
	}
	return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
}

// WriteBaseline writes all findings of a report, known or not, and what of an
// older baseline was not looked for: sorted, one a line, so that a review shows
// what came and what went.
func WriteBaseline(w io.Writer, r Report) error {
	keys := slices.Clone(r.kept)
	for _, f := range r.Findings {
		for _, k := range f.Keys {
			keys = append(keys, k.written())
		}
	}
	slices.SortFunc(keys, compareKeys)
	keys = slices.Compact(keys)
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"findings\": [", baselineVersion)
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		line, err := unescaped(k)
		if err != nil {
			return err
		}
		b.WriteString("\n    ")
		b.Write(line)
	}
	if len(keys) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteString("]\n}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// unescaped is JSON that keeps <, > and & readable.
func unescaped(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.To, b.To))
}

// Compare marks the findings that a baseline has as known, and notes what of it
// was looked for and not found any more. A cycle is known when all its edges are, so that a new
// edge in an old component is a new finding.
func (r *Report) Compare(b Baseline) {
	r.Compared, r.Stale, r.kept = true, nil, nil
	found := map[Key]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Known = len(f.Keys) > 0
		for j, k := range f.Keys {
			k = k.written()
			f.Known = f.Known && b.keys[k]
			f.Keys[j], found[k] = k, true
		}
	}
	for k := range b.keys {
		switch {
		case found[k]:
		case r.unseen[k.Rule]:
			r.kept = append(r.kept, k)
		default:
			r.Stale = append(r.Stale, k)
		}
	}
	slices.SortFunc(r.Stale, compareKeys)
	slices.SortFunc(r.kept, compareKeys)
}
