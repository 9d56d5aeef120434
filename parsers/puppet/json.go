package puppet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// raw is a JSON value of any type.
type raw json.RawMessage

// UnmarshalJSON keeps a scalar's bytes, and nothing of a list or an object.
func (r *raw) UnmarshalJSON(data []byte) error {
	*r = nil
	if len(data) > 0 && data[0] != '{' && data[0] != '[' && len(data) <= maxChunk {
		*r = append(*r, data...)
	}
	return nil
}

// text is a string, or a number or boolean as it is spelled; empty for the rest.
func (r raw) text() string {
	if len(r) == 0 || r[0] == 'n' {
		return ""
	}
	var s string
	if r[0] == '"' && json.Unmarshal(r, &s) == nil {
		return s
	}
	return string(r)
}

// status is what is decoded of one of resource_statuses.
type status struct {
	Title        raw `json:"title"`
	Type         raw `json:"resource_type"`
	File         raw `json:"file"`
	Line         raw `json:"line"`
	Time         raw `json:"evaluation_time"`
	Failed       raw `json:"failed"`
	FailedToRest raw `json:"failed_to_restart"`
	Changed      raw `json:"changed"`
	Skipped      raw `json:"skipped"`
	Corrective   raw `json:"corrective_change"`
	Events       []struct {
		Name    raw `json:"name"`
		Status  raw `json:"status"`
		Message raw `json:"message"`
	} `json:"events"`
}

func (s *status) row(key string) row {
	r := row{key: report.Clean(key, maxName)}
	for name, value := range map[string]raw{
		"title": s.Title, "resource_type": s.Type, "file": s.File, "line": s.Line, "evaluation_time": s.Time,
		"failed": s.Failed, "failed_to_restart": s.FailedToRest, "changed": s.Changed, "skipped": s.Skipped,
		"corrective_change": s.Corrective,
	} {
		r.set(name, value.text())
	}
	for _, e := range s.Events {
		r.add(event{report.Clean(e.Name.text(), maxName), symbol(e.Status.text()), e.Message.text()})
	}
	return r
}

// jsonReader reads a report in JSON token by token.
type jsonReader struct {
	*record
	dec *json.Decoder
}

func readJSON(data []byte) (*record, error) {
	r := &jsonReader{record: newRecord(), dec: json.NewDecoder(bytes.NewReader(data))}
	r.json = true
	err := r.object(r.root)
	if err == nil {
		if _, err = r.dec.Token(); errors.Is(err, io.EOF) {
			return r.record, nil
		}
		err = errors.New("something follows the report")
	}
	return nil, r.fault(data, err)
}

// fault says where reading stopped.
func (r *jsonReader) fault(data []byte, err error) error {
	at := r.dec.InputOffset()
	read := data[:min(at, int64(len(data)))]
	p := &report.ParseError{Class: report.ErrMalformed, Offset: at, Reason: err.Error(),
		Line: bytes.Count(read, []byte("\n")) + 1, Column: len(read) - bytes.LastIndexByte(read, '\n')}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		p.Class = report.ErrTruncated
	}
	return p
}

// enter consumes the delimiter that begins a list or an object; false if what comes
// next is null instead.
func (r *jsonReader) enter(begin json.Delim) (bool, error) {
	t, err := r.dec.Token()
	if err != nil || t == nil {
		return false, err
	}
	if t != begin {
		return false, fmt.Errorf("%v was expected, not %v", begin, t)
	}
	return true, nil
}

// object reads an object, giving each key to field, which must read its value.
func (r *jsonReader) object(field func(key string) error) error {
	if in, err := r.enter('{'); !in {
		return err
	}
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string) // the decoder refuses any other key
		if err := field(name); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

// value decodes the value that comes next; a part of another type stays as it is.
func (r *jsonReader) value(v any) error {
	err := r.dec.Decode(v)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil
	}
	return err
}

func (r *jsonReader) root(key string) error {
	r.see(key)
	switch key {
	case "logs":
		return r.readLogs()
	case "metrics":
		return r.readMetrics()
	case "resource_statuses":
		return r.object(func(key string) error {
			var s status
			err := r.value(&s)
			r.keepRow(s.row(key))
			return err
		})
	}
	var value raw
	err := r.value(&value)
	r.set(key, value.text())
	return err
}

func (r *jsonReader) readLogs() error {
	if in, err := r.enter('['); !in {
		return err
	}
	for r.dec.More() {
		var l struct {
			Level   raw `json:"level"`
			Message raw `json:"message"`
			Source  raw `json:"source"`
		}
		if err := r.value(&l); err != nil {
			return err
		}
		if level := symbol(strings.TrimSpace(l.Level.text())); isError(level) {
			line := logLine{level: level}
			line.set("message", l.Message.text())
			line.set("source", l.Source.text())
			r.keep(line)
		}
	}
	_, err := r.dec.Token()
	return err
}

func (r *jsonReader) readMetrics() error {
	return r.object(func(category string) error {
		var metric struct {
			Values [][]raw `json:"values"`
		}
		err := r.value(&metric)
		for _, v := range metric.Values {
			if len(v) == 3 {
				r.metrics.add(category, v[0].text(), v[2].text())
			}
		}
		return err
	})
}
