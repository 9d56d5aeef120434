package ledger

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"strconv"
	"strings"
	"time"
)

// A line is a CRC-32C in eight hexadecimal digits, a space, and a Record as JSON.
// Each is judged alone, so that damage costs the lines it hit and nothing else.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// The longest texts of a Record, in bytes; what is longer is cut.
const (
	maxName   = 1 << 10
	maxPath   = 4 << 10
	maxDetail = 2 << 10
	maxLine   = 128 << 10 // of which every byte of a text may take six
)

func encode(r Record) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	line := fmt.Appendf(make([]byte, 0, len(body)+10), "%08x ", crc32.Checksum(body, castagnoli))
	return append(append(line, body...), '\n'), nil
}

var errDamaged = errors.New("damaged line")

// decode is the record of a line without its end.
func decode(line []byte) (Record, error) {
	var r Record
	if len(line) < 10 || line[8] != ' ' {
		return r, errDamaged
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(line[9:], castagnoli) {
		return r, errDamaged
	}
	if err := json.Unmarshal(line[9:], &r); err != nil {
		return r, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if r.Run == "" || r.Step == "" {
		return r, errDamaged
	}
	return r, nil
}

// NoRun stands for the run of a record that does not know it, such as of an entry
// whose file was damaged.
const NoRun = "unknown"

// bounded is a record that one line can hold.
func (r Record) bounded() Record {
	r.Run = cmp.Or(r.Run, NoRun)
	r.Run, r.Reporter, r.Step = Key(r.Run), cut(r.Reporter, maxName), Step(cut(string(r.Step), maxName))
	r.Detail = cut(r.Detail, maxDetail)
	r.At = sane(r.At.UTC())
	if r.Summary == nil {
		return r
	}
	s := *r.Summary
	for _, text := range []*string{&s.Tool, &s.Host, &s.Environment, &s.Status, &s.Failure} {
		*text = cut(*text, maxName)
	}
	s.Report = cut(s.Report, maxPath)
	s.End = sane(s.End)
	if d := s.Duration; d != nil && (math.IsNaN(*d) || math.IsInf(*d, 0)) {
		s.Duration = nil
	}
	r.Summary = &s
	return r
}

// Key is a run's id as the ledger keeps it: a monstrous one is cut.
func Key(run string) string { return cut(run, maxName) }

func cut(s string, most int) string {
	if len(s) <= most {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(s[:most-3], "") + "…"
}

// sane is a time that JSON can hold, or none.
func sane(t time.Time) time.Time {
	if y := t.Year(); y < 0 || y > 9999 {
		return time.Time{}
	}
	return t
}
