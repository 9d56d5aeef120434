package spool

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// model is what a spool should be: a list of entries, and keys that are finished.
type model struct {
	waiting  []*modelled // by place in the line
	finished map[string]bool
	letters  int
}

type modelled struct {
	key, data string
	rank      int
}

func (m *model) find(key string) *modelled {
	for _, e := range m.waiting {
		if e.key == key {
			return e
		}
	}
	return nil
}

func (m *model) remove(key string) {
	m.waiting = slices.DeleteFunc(m.waiting, func(e *modelled) bool { return e.key == key })
}

// trial is a spool and its model, to which the same is done.
type trial struct {
	*testing.T
	random *rand.Rand
	s      *Spool
	o      Options
	m      model
	flying []*Entry
	richer map[string]*modelled // of those in flight
	taken  map[string]bool      // back, while in flight
	broken bool
	away   bool
	ops    []string // what is done, to be told if it goes wrong
}

// fail makes about half of the changes of the disk fail, while it is broken.
func (r *trial) fail(op, _ string) error {
	if !r.broken || op == "read" || op == "list" || r.random.IntN(2) == 0 {
		return nil
	}
	return []error{syscall.ENOSPC, syscall.EROFS, syscall.EIO, syscall.EDQUOT, syscall.EMFILE}[r.random.IntN(5)]
}

func (r *trial) did(format string, args ...any) { r.ops = append(r.ops, fmt.Sprintf(format, args...)) }

func (r *trial) wrong(format string, args ...any) {
	r.Helper()
	r.Fatalf("%s, after\n%s", fmt.Sprintf(format, args...), strings.Join(r.ops[max(0, len(r.ops)-60):], "\n"))
}

func (r *trial) append() {
	key, rank := strconv.Itoa(r.random.IntN(40)), r.random.IntN(4)
	data := fmt.Sprintf("%s of rank %d%s", key, rank, strings.Repeat(".", r.random.IntN(200)))
	want := Added
	old := r.m.find(key)
	if old != nil && r.richer[key] != nil && old.rank < sealed {
		old = r.richer[key]
	}
	switch {
	case r.m.finished[key], old != nil && old.rank >= rank:
		want = Known
	case old != nil:
		want = Replaced
	}
	put, name := r.s.Append, "append"
	if r.random.IntN(2) == 0 {
		put, name = r.s.Postpone, "postpone"
	}
	got, err := put(key, rank, []byte(data))
	r.did("%s %s %d: %v %v", name, key, rank, got, err)
	if err != nil || got != want && (got != Held || want == Known) {
		r.wrong("Append of %s, %d is %v, %v, want %v", key, rank, got, err, want)
	}
	if got == Held && !r.s.Holds(key) || !r.broken && !r.away && got == Held {
		r.wrong("Append of %s, %d is held; broken %v, holds %v", key, rank, r.broken, r.s.Holds(key))
	}
	switch e := (&modelled{key, data, rank}); {
	case want == Added:
		r.m.waiting = append(r.m.waiting, e)
	case want == Replaced && r.inFlight(key):
		r.richer[key] = e
		delete(r.taken, key)
	case want == Replaced:
		*r.m.find(key) = *e
	}
}

func (r *trial) inFlight(key string) bool {
	return slices.ContainsFunc(r.flying, func(e *Entry) bool { return e.Key == key })
}

func (r *trial) take() {
	n := 1 + r.random.IntN(6)
	all, _, err := r.s.take(n, 0)
	r.did("take %d: %d %v", n, len(all), err)
	if len(r.flying) > 0 {
		if len(all) > 0 || err != nil {
			r.wrong("took while %d were in flight: %v, %v", len(r.flying), all, err)
		}
		return
	}
	if err != nil || len(all) != min(n, len(r.m.waiting)) {
		r.wrong("took %d, %v, want %d", len(all), err, min(n, len(r.m.waiting)))
	}
	for i, e := range all {
		if want := r.m.waiting[i]; e.Key != want.key || string(e.Data) != want.data {
			r.wrong("took %s %.30q, want %s %.30q", e.Key, e.Data, want.key, want.data)
		}
	}
	r.flying = all
}

// withdraw takes back one that waits, or that is to come back.
func (r *trial) withdraw() {
	key := strconv.Itoa(r.random.IntN(40))
	e := r.m.find(key)
	want := e != nil && e.rank != sealed
	got := r.s.Withdraw(key)
	r.did("withdraw %s: %v", key, got)
	switch {
	case got != want:
		r.wrong("Withdraw of %s is %v", key, got)
	case want && r.inFlight(key):
		r.taken[key] = true
	case want:
		r.m.remove(key)
	}
}

// end ends some of those in flight, each in its own way.
func (r *trial) end() {
	var commit []*Entry
	var left []*Entry
	for _, e := range r.flying {
		m := r.m.find(e.Key)
		richer := r.richer[e.Key]
		var err error
		switch way := r.random.IntN(7); way {
		case 0, 1:
			commit = append(commit, e)
			r.finish(e.Key)
			r.did("commit %s", e.Key)
		case 2:
			err = e.Discard("no")
			r.did("discard %s: %v", e.Key, err)
			if richer == nil {
				r.finish(e.Key)
				r.m.letters++
			} else if r.back(e.Key); errors.Is(err, ErrReplaced) {
				err = nil
			} else {
				r.wrong("%s: %v, want %v", e.Key, err, ErrReplaced)
			}
		case 3, 4:
			rest := fmt.Sprintf("rest of %s, %d", e.Key, len(r.ops))
			err = e.Keep([]byte(rest))
			r.did("keep %s: %v", e.Key, err)
			*m = modelled{e.Key, rest, sealed}
		case 5:
			e.Release()
			r.did("release %s", e.Key)
			r.back(e.Key)
		default:
			left = append(left, e)
			continue
		}
		delete(r.richer, e.Key)
		delete(r.taken, e.Key)
		if err != nil && !r.broken && !r.away {
			r.wrong("%s: %v", e.Key, err)
		}
	}
	r.flying = left
	if err := r.s.Commit(commit); err != nil && !r.broken && !r.away {
		r.wrong("commit: %v", err)
	}
}

// back is one that was in flight and waits again, unless it was taken back.
func (r *trial) back(key string) {
	if richer := r.richer[key]; richer != nil {
		*r.m.find(key) = *richer
	}
	if r.taken[key] {
		r.m.remove(key)
	}
}

func (r *trial) finish(key string) {
	r.m.finished[key] = true
	r.m.remove(key)
}

func (r *trial) bury() {
	part := fmt.Sprint(len(r.ops))
	err := r.s.Bury("x", []byte(part), "no")
	r.did("bury: %v", err)
	r.m.letters++
	if err != nil && !r.broken {
		r.wrong("%v", err)
	}
}

// swap has the spool begin anew with the directory of what waits.
func (r *trial) swap() {
	if r.broken {
		return
	}
	swap(r.T, r.s)
	r.did("swap")
	r.away = true
	for range r.random.IntN(12) {
		[]func(){r.append, r.append, r.append, r.end, r.withdraw}[r.random.IntN(5)]()
		if st := r.s.Stats(); st.Entries != len(r.m.waiting) {
			r.wrong("there are %d entries, want %d", st.Entries, len(r.m.waiting))
		}
	}
	r.did("begin anew")
	anew(r.T, r.s)
	r.away = false
}

// reopen mends the disk, sees everything written down, and starts again.
func (r *trial) reopen() {
	r.broken = false
	if held := r.s.Settle(); held != 0 {
		r.wrong("%d are held though the disk works", held)
	}
	for _, e := range r.flying { // what becomes of them is lost with the process
		if m := r.richer[e.Key]; m != nil {
			*r.m.find(e.Key) = *m
		}
	}
	r.flying, r.richer, r.taken = nil, map[string]*modelled{}, map[string]bool{}
	r.did("reopen")
	r.s = reopen(r.T, r.s, r.o)
	r.compare()
}

func (r *trial) compare() {
	st := r.s.Stats()
	if st.Entries != len(r.m.waiting) {
		r.wrong("there are %d entries, want %d", st.Entries, len(r.m.waiting))
	}
	if r.broken || r.random.IntN(3) > 0 { // what is postponed is not always written at once
		return
	}
	r.s.Settle()
	if st := r.s.Stats(); st.Held != 0 || st.DeadLetters != r.m.letters || len(st.Dropped) > 0 {
		r.wrong("got %+v, want %d letters", st, r.m.letters)
	}
	v, err := Look(r.s.dir)
	files := len(r.m.waiting)
	for key := range r.richer {
		if r.s.flight[key].it.onDisk != none { // the poorer one may never have been there
			files++
		}
	}
	if v.Entries != files {
		r.wrong("on disk are %d files, want %d", v.Entries, files)
	}
	if err != nil || v.Bytes != r.s.Stats().Bytes || len(r.s.owed)+len(r.s.litter)+int(r.s.heldBytes+r.s.letterBytes) > 0 {
		r.wrong("on disk are %d bytes, want %d; %d owed, %d litter, %d held: %v", v.Bytes, r.s.Stats().Bytes, len(r.s.owed), len(r.s.litter), r.s.heldBytes+r.s.letterBytes, err)
	}
}

// Anything in any order, on a disk that fails now and then, against the model.
func TestAgainstAModel(t *testing.T) {
	seeds := uint64(30)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := &trial{T: t, random: rand.New(rand.NewPCG(seed, 7)), m: model{finished: map[string]bool{}}, richer: map[string]*modelled{}, taken: map[string]bool{}}
			r.o = Options{before: r.fail, MaxDead: 100_000}
			r.s = open(t, t.TempDir(), r.o)
			for range 150 {
				switch r.random.IntN(22) {
				case 0:
					r.broken = !r.broken
					r.did("broken %v", r.broken)
				case 1:
					r.reopen()
				case 2:
					r.bury()
				case 3:
					r.withdraw()
				case 4:
					r.swap()
				case 5, 6, 7, 8, 9, 10, 11:
					r.append()
				case 12, 13, 14, 15:
					r.take()
				default:
					r.end()
				}
				r.compare()
			}
			r.reopen()
			for len(r.m.waiting) > 0 {
				r.take()
				r.end()
			}
			for _, key := range slices.Sorted(maps.Keys(r.m.finished)) {
				add(t, r.s, key, 9, "again", Known)
			}
		})
	}
}
