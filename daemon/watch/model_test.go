package watch_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

// model is a writer, a rotation and a reader that take turns as a script says,
// and what must have been read at its end.
type model struct {
	t       *testing.T
	path    string
	state   string
	w       *watch.Watcher
	f       *os.File // the writer's
	n       int      // records begun
	rest    string   // of the last of them
	seen    tally
	kept    tally // committed
	repeats int   // allowed so far
	history []string
}

func newModel(t *testing.T) *model {
	m := &model{t: t, path: filepath.Join(t.TempDir(), "data-collector.json"), state: t.TempDir()}
	m.reopen()
	m.start()
	return m
}

func (m *model) start() {
	o := short(m.state)
	o.EmptyAfter, o.Poll = time.Minute, 50*time.Millisecond
	var err error
	m.w, err = watch.Open([]watch.Source{lines(m.path)}, o)
	do(m.t, err)
}

func (m *model) reopen() {
	if m.f != nil {
		do(m.t, m.f.Close())
	}
	var err error
	m.f, err = os.OpenFile(m.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	do(m.t, err)
}

func (m *model) write(text string) {
	_, err := m.f.WriteString(text)
	do(m.t, err)
}

// finish ends the record that was begun; rotation by copying would tear it, not we.
func (m *model) finish() {
	m.write(m.rest)
	m.rest = ""
}

func (m *model) begin(size, part int) {
	m.finish()
	text := record(m.n, size) + "\n"
	m.n++
	part = min(part, len(text))
	m.write(text[:part])
	m.rest = text[part:]
}

// shift makes room for path.1.
func (m *model) shift() {
	for n := 30; n > 0; n-- {
		for _, ending := range []string{"", ".gz"} {
			err := os.Rename(fmt.Sprintf("%s.%d%s", m.path, n, ending), fmt.Sprintf("%s.%d%s", m.path, n+1, ending))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				m.t.Fatal(err)
			}
		}
	}
}

// read takes so many records, of those that must come.
func (m *model) read(n int, keep bool) {
	for range n {
		whole := m.n
		if m.rest != "" {
			whole--
		}
		if len(m.seen.seen) >= whole {
			return
		}
		a := m.next()
		if a.Err != nil {
			m.t.Fatalf("%v: %v", m.history, a.Err)
		}
		m.seen.add(a.Data)
		if keep {
			commit(m.t, a)
			m.kept.add(a.Data)
		} else {
			m.repeats++
		}
	}
}

func (m *model) next() *watch.Arrival {
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	a, err := m.w.Next(ctx)
	if err != nil {
		m.seen.account(m.t, m.n, m.repeats)
		m.t.Fatalf("%v: %v", m.history, err)
	}
	return a
}

// crash ends the reader as kill -9 does: what was on disk then is what is left.
func (m *model) crash() {
	positions := filepath.Join(m.state, "positions")
	b, err := os.ReadFile(positions)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		m.t.Fatal(err)
	}
	do(m.t, m.w.Close())
	if err == nil {
		do(m.t, os.WriteFile(positions, b, 0o600))
	} else {
		_ = os.Remove(positions)
	}
	m.start()
}

func (m *model) step(op, x byte) {
	m.history = append(m.history, fmt.Sprintf("%d:%d", op%12, x))
	size := 30 + int(x)*int(x) // to 64 KB
	switch op % 12 {
	case 0, 1:
		m.begin(size, size+100)
	case 2:
		m.begin(size, int(x))
	case 3: // renamed; the writer goes on in the old file until it reopens
		if _, err := os.Stat(m.path); err == nil {
			m.shift()
			rename(m.t, m.path, m.path+".1")
		}
		if x%3 > 0 {
			m.finish()
			m.reopen()
		}
	case 4: // copied and truncated
		m.finish()
		m.reopen()
		m.shift()
		copyTruncate(m.t, m.path, m.path+".1")
	case 5, 6:
		m.read(int(x)%20, true)
	case 7:
		m.read(int(x)%5, false)
		m.crash()
	case 8:
		do(m.t, m.w.Close())
		m.start()
	case 9:
		m.crash()
	case 10: // packed, once nobody writes to it
		m.finish()
		m.reopen()
		if _, err := os.Stat(m.path + ".1"); err == nil {
			pack(m.t, m.path+".1")
		}
	case 11: // replaced by a copy; what is unread is in both
		m.finish()
		m.reopen()
		text, err := os.ReadFile(m.path)
		do(m.t, err)
		write(m.t, m.path+".tmp", string(text))
		rename(m.t, m.path+".tmp", m.path)
		m.reopen()
		m.repeats += m.n - len(m.kept.seen)
	}
}

func (m *model) end() {
	m.finish()
	m.read(1<<20, true)
	drain(m.t, m.w, &m.seen, 5*time.Millisecond) // nothing more
	m.seen.account(m.t, m.n, m.repeats)
	if m.t.Failed() {
		m.t.Logf("script: %v", m.history)
	}
	do(m.t, errors.Join(m.w.Close(), m.f.Close()))
}

func FuzzRotation(f *testing.F) {
	f.Add([]byte{0, 10, 5, 10, 3, 0, 0, 10, 4, 0, 0, 10, 8, 0})
	f.Add([]byte{0, 200, 0, 200, 3, 1, 9, 0, 2, 100, 3, 2, 10, 0, 0, 9})
	f.Add([]byte{0, 9, 0, 9, 5, 1, 4, 0, 0, 9, 7, 3, 11, 0, 0, 99, 5, 3, 3, 3})
	f.Fuzz(func(t *testing.T, script []byte) {
		m := newModel(t)
		for i := 0; i+1 < min(len(script), 80); i += 2 {
			m.step(script[i], script[i+1])
		}
		m.end()
	})
}

func TestRandomRotation(t *testing.T) {
	t.Parallel()
	seeds := uint64(30)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 4711))
			m := newModel(t)
			for range 60 {
				m.step(byte(r.Uint32()), byte(r.Uint32()))
			}
			m.end()
		})
	}
}
