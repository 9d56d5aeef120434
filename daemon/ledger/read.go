package ledger

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// Query is what to read. The zero value is the newest 10,000 runs.
type Query struct {
	Run  string // only runs whose id begins so
	Most int    // so many runs; of more the oldest are left out. 10,000 if 0
}

// Account is what the ledger says of one run.
type Account struct {
	Run     string
	First   time.Time // when it was first noted
	Summary *Summary  // nil if the line that told of it is gone
	Steps   []Event   // in the order in which they were noted
	Omitted int       // steps left out between the first and the last
}

// Event is one step of a run.
type Event struct {
	At       time.Time `json:"at"`
	Step     Step      `json:"step"`
	Reporter string    `json:"reporter,omitempty"` // empty for Seen
	Detail   string    `json:"detail,omitempty"`
}

// maxSteps is what is kept of one run's steps: the first, and the newest.
const maxSteps = 200

// Last is the newest step of each reporter. A delivery may be noted before it is
// noted that the entry was spooled, for the two are done at once.
func (a Account) Last() map[string]Event {
	last := map[string]Event{}
	for _, e := range a.Steps {
		was, known := last[e.Reporter]
		late := known && inHand(e.Step) && !inHand(was.Step)
		if e.Reporter != "" && !late {
			last[e.Reporter] = e
		}
	}
	return last
}

// inHand says whether nothing was tried yet.
func inHand(s Step) bool { return s == Spooled || s == Held }

// Damage is what could not be read.
type Damage struct {
	Lines int // that are not whole, foreign ones, and stretches of zero bytes
	Files int // that could not be opened or read to their end
	Err   error
}

// Read is the newest runs of the ledger in dir, in the order in which they were
// first noted, also while another process writes it: a last line that has no end
// yet is not there yet. A directory that does not exist holds no runs. The error
// is that of a directory that cannot be read; what is damaged in it is passed over.
func Read(dir string, q Query) ([]Account, Damage, error) {
	if q.Most <= 0 {
		q.Most = 10_000
	}
	var d Damage
	files, err := list(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, d, fmt.Errorf("read the ledger: %w", err)
	}
	b := book{query: q, runs: map[string]*Account{}}
	for i, f := range files {
		lines, err := readFile((&segment{dir: dir}).path(f.number), f.regular, i == len(files)-1, b.add)
		d.Lines += lines
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // it may just have been let go
			d.Files++
			d.Err = err
		}
	}
	return b.accounts(), d, nil
}

func readFile(path string, regular, youngest bool, add func(Record)) (damaged int, err error) {
	if !regular {
		return 0, fmt.Errorf("%s is no file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // only read from
	damaged, torn, err := scan(f, add)
	if torn && !youngest {
		damaged++
	}
	return damaged, err
}

// scan calls add for every valid line. Torn says that the last has no end.
func scan(r io.Reader, add func(Record)) (damaged int, torn bool, err error) {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), 2*maxLine)
	var s splitter
	in.Split(s.split)
	for in.Scan() {
		record, err := decode(in.Bytes())
		switch {
		case err == nil:
			add(record)
		case in.Text()+"\n" != head:
			damaged++
		}
	}
	return damaged + s.damaged, s.torn, in.Err()
}

// splitter parts a file into lines. Zero bytes, which a file system that lost
// power leaves, and lines over the limit are passed over.
type splitter struct {
	damaged       int
	zeros, passed bool // within such a stretch
	torn          bool
}

// split is a bufio.SplitFunc. What is passed over must be in one call: a Scanner
// that has read all takes a call without a line for the end.
func (s *splitter) split(data []byte, atEOF bool) (advance int, line []byte, err error) {
	for advance < len(data) {
		n, line := s.step(data[advance:], atEOF)
		advance += n
		if n == 0 || line != nil {
			return advance, line, nil
		}
	}
	return advance, nil, nil
}

// step is the next line and how many bytes it took, or how many are passed over,
// or 0 if more must be read.
func (s *splitter) step(data []byte, atEOF bool) (int, []byte) {
	if zeros := len(data) - len(bytes.TrimLeft(data, "\x00")); zeros > 0 {
		if !s.zeros && !s.passed {
			s.damaged++
		}
		s.zeros = true
		return zeros, nil
	}
	end := bytes.IndexByte(data, '\n')
	switch {
	case end >= 0 && s.passed, end == 0 && s.zeros:
		s.passed, s.zeros = false, false
		return end + 1, nil
	case end >= 0:
		s.zeros = false
		return end + 1, data[:end]
	case atEOF:
		s.torn = !s.passed
		return len(data), nil
	case len(data) >= maxLine:
		if !s.passed {
			s.damaged++
		}
		s.passed = true
		return len(data), nil
	}
	return 0, nil
}

// book gathers records into accounts.
type book struct {
	query Query
	runs  map[string]*Account
	order []*Account // as first noted
	gone  int        // of order, let go from the front
}

func (b *book) add(r Record) {
	if !strings.HasPrefix(r.Run, b.query.Run) {
		return
	}
	a := b.runs[r.Run]
	if a == nil {
		a = &Account{Run: r.Run, First: r.At}
		b.runs[r.Run] = a
		b.order = append(b.order, a)
		if len(b.order)-b.gone > b.query.Most {
			delete(b.runs, b.order[b.gone].Run)
			b.order[b.gone] = nil
			b.gone++
		}
	}
	if r.Summary != nil {
		a.Summary = r.Summary
	}
	if len(a.Steps) == maxSteps {
		a.Steps = slices.Delete(a.Steps, maxSteps/2, maxSteps/2+1)
		a.Omitted++
	}
	a.Steps = append(a.Steps, Event{At: r.At, Step: r.Step, Reporter: r.Reporter, Detail: r.Detail})
}

func (b *book) accounts() []Account {
	all := make([]Account, 0, len(b.order)-b.gone)
	for _, a := range b.order[b.gone:] {
		all = append(all, *a)
	}
	return all
}
