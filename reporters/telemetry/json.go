package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
)

// MaxBytes is the longest a batch's JSON form may be. A batch of a large run is
// some 20 KB; what is over the limit is a mistake or an attack.
const MaxBytes = 1 << 20

// Encode is b as one line of JSON without a newline. Lists are never null. A
// value that is not finite has no JSON form and is an error naming its metric;
// a line over MaxBytes is ErrTooLarge.
func Encode(b Batch) ([]byte, error) {
	if err := finite(b.Metrics); err != nil {
		return nil, fmt.Errorf("encode batch %q: %w", b.RunID, err)
	}
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false) // a person reads these lines
	if err := enc.Encode(listed(b)); err != nil {
		return nil, fmt.Errorf("encode batch %q: %w", b.RunID, err)
	}
	if line.Len() > MaxBytes {
		return nil, fmt.Errorf("encode batch %q: %d bytes: %w", b.RunID, line.Len(), ErrTooLarge)
	}
	return bytes.TrimSuffix(line.Bytes(), []byte("\n")), nil
}

// Decode reads what Encode wrote. Fields it does not know are ignored, so that
// an older program can deliver what a newer one kept. Anything else that is not
// exactly one batch is ErrMalformed, a line over MaxBytes ErrTooLarge.
func Decode(line []byte) (Batch, error) {
	if len(line) > MaxBytes {
		return Batch{}, fmt.Errorf("decode batch: %d bytes: %w", len(line), ErrTooLarge)
	}
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] != '{' {
		return Batch{}, fmt.Errorf("decode batch: %w: expected a JSON object, found %.20q", ErrMalformed, line)
	}
	var b Batch
	if err := json.Unmarshal(line, &b); err != nil {
		return Batch{}, fmt.Errorf("decode batch: %w: %w", ErrMalformed, err)
	}
	return listed(b), nil
}

// listed is b with empty lists where there were none.
func listed(b Batch) Batch {
	if b.Tags == nil {
		b.Tags = []string{}
	}
	if b.Metrics == nil {
		b.Metrics = []Metric{}
	}
	if b.Events == nil {
		b.Events = []Event{}
	}
	if b.ServiceChecks == nil {
		b.ServiceChecks = []ServiceCheck{}
	}
	return b
}

func finite(metrics []Metric) error {
	for _, m := range metrics {
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
			return fmt.Errorf("metric %s: %v is not finite", m.Name, m.Value)
		}
	}
	return nil
}
