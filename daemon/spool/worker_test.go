package spool

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
)

// worker is the child. It says on stdout what it was told by the spool, as soon
// as it was told: "A key rank" appended, "H key rank" held in memory, "D key rank"
// handed out, "C key" committed, "X key" discarded, "K key" kept in part, "B key"
// a part buried, "N text" noted.
type worker struct {
	s    *Spool
	full *bool // the disk takes nothing, while it is set
}

func crashChild(at string) error {
	if child, ok := diskChild(at); ok {
		return child()
	}
	die, _ := strconv.Atoi(at)
	var full bool
	s, err := Open(".", Options{before: func(op, _ string) error {
		if die--; die == 0 {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		if full && op != "remove" && op != "read" && op != "list" {
			return syscall.ENOSPC
		}
		return nil
	}})
	if err != nil {
		return err
	}
	w := worker{s, &full}
	if at == "loop" {
		return w.loop()
	}
	return w.scenario()
}

func say(words ...any) { fmt.Println(words...) }

func (w worker) add(key string, rank int) error {
	outcome, err := w.s.Append(key, rank, []byte(strconv.Itoa(rank)))
	switch {
	case err != nil:
	case outcome == Held || w.s.Holds(key):
		say("H", key, rank)
	default:
		say("A", key, rank)
	}
	return err
}

// addAll postpones several and has them written together.
func (w worker) addAll(rank int, keys ...string) error {
	for _, key := range keys {
		if _, err := w.s.Postpone(key, rank, []byte(strconv.Itoa(rank))); err != nil {
			return err
		}
	}
	w.s.Settle()
	for _, key := range keys {
		if !w.s.Holds(key) {
			say("A", key, rank)
		}
	}
	return nil
}

func (w worker) take(end func(*Entry) error) error {
	all, _, err := w.s.take(1, 0)
	if len(all) == 0 || err != nil {
		return err
	}
	say("D", all[0].Key, string(all[0].Data))
	return end(all[0])
}

func (w worker) commit(e *Entry) error {
	err := commit(e)
	if err == nil {
		say("C", e.Key)
	}
	return err
}

func (w worker) discard(e *Entry) error {
	err := e.Discard("refused")
	if err == nil {
		say("X", e.Key)
	}
	return err
}

// group takes several and commits them at once.
func (w worker) group(n int) error {
	all, _, err := w.s.take(n, 0)
	if err != nil {
		return err
	}
	for _, e := range all {
		say("D", e.Key, string(e.Data))
	}
	if err := w.s.Commit(all); err != nil {
		return err
	}
	for _, e := range all {
		say("C", e.Key)
	}
	return nil
}

// part delivers a part of an entry, has a part refused, and keeps the rest; a
// richer one comes in too late.
func (w worker) part(e *Entry) error {
	if err := w.add(e.Key, 2); err != nil {
		return err
	}
	if err := w.s.Bury(e.Key, []byte("part"), "no"); err != nil {
		return err
	}
	say("B", e.Key)
	if err := e.Keep([]byte(restRank)); err != nil {
		return err
	}
	say("K", e.Key)
	return w.add(e.Key, 3)
}

// restRank is what is left of an entry; the account takes it for a rank.
const restRank = "100"

func (w worker) note() error {
	for _, text := range []string{"1", "2"} {
		if err := w.s.PutNote("digest", []byte(text)); err != nil {
			return err
		}
		say("N", text)
	}
	return nil
}

// whileFull lets the disk be full meanwhile, and settles after.
func (w worker) whileFull(do func() error) func() error {
	return func() error {
		*w.full = true
		err := do()
		*w.full = false
		if held := w.s.Settle(); held > 0 {
			return fmt.Errorf("%d are held though there is room", held)
		}
		return err
	}
}

// scenario does everything that a spool can do, and can be started again.
func (w worker) scenario() error {
	richer := func(key string, end func(*Entry) error) func(*Entry) error {
		return func(e *Entry) error {
			if err := w.add(key, 2); err != nil {
				return err
			}
			return end(e)
		}
	}
	release := func(e *Entry) error { e.Release(); return nil }
	discardPoorer := func(e *Entry) error { // the richer one goes on
		if err := e.Discard("refused"); !errors.Is(err, ErrReplaced) {
			return err
		}
		return nil
	}
	steps := []func() error{
		func() error { return w.add("a", 0) },
		func() error { return w.add("b", 0) },
		func() error { return w.add("c", 0) },
		func() error { return w.add("b", 1) },
		func() error { return w.take(w.commit) },
		func() error { return w.take(richer("b", w.commit)) },
		func() error { return w.take(richer("c", release)) },
		func() error { return w.take(w.discard) },
		func() error { return w.add("d", 0) },
		func() error { return w.add("e", 0) },
		func() error { return w.take(richer("d", discardPoorer)) },
		func() error { return w.group(3) },
		func() error { return w.add("f", 0) },
		func() error { return w.add("g", 0) },
		func() error { return w.take(w.part) },
		w.note,
		func() error { return w.group(1) },
		w.whileFull(func() error { return errors.Join(w.add("h", 0), w.add("g", 1), w.add("h", 1), w.add("i", 0)) }),
		func() error { return w.add("h", 1) }, // it is on disk now
		w.whileFull(func() error { return w.take(func(e *Entry) error { _ = commit(e); return nil }) }),
		w.whileFull(func() error {
			return w.take(func(e *Entry) error { _ = e.Keep([]byte(restRank)); _ = w.s.Bury(e.Key, []byte("x"), "no"); return nil })
		}),
		func() error { return w.addAll(0, "j", "k", "l") },
		func() error { return w.take(richer("j", release)) },
		func() error { return w.addAll(3, "k", "j", "m") },
		w.whileFull(func() error { return w.addAll(4, "l", "n") }),
		func() error { return w.add("z", 0) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	for w.s.Stats().Entries > 0 {
		if err := w.take(w.commit); err != nil {
			return err
		}
	}
	return nil
}

// loop does it at random, for ever.
func (w worker) loop() error {
	first := os.Getpid()
	for i := 0; ; i++ {
		key := fmt.Sprintf("%d-%d", first, i)
		if err := w.add(key, 0); err != nil {
			return err
		}
		if rand.IntN(3) == 0 {
			if err := w.add(fmt.Sprintf("%d-%d", first, rand.IntN(i+1)), 1); err != nil {
				return err
			}
		}
		end := w.commit
		switch rand.IntN(12) {
		case 3:
			end = w.part
		case 4, 5:
			if err := w.group(1 + rand.IntN(4)); err != nil {
				return err
			}
		case 6:
			if err := w.note(); err != nil {
				return err
			}
		case 7, 8:
			if err := w.addAll(rand.IntN(2), key+"a", key+"b", key+"c", key); err != nil {
				return err
			}
		case 0:
			end = w.discard
		case 1:
			end = func(e *Entry) error { e.Release(); return nil }
		case 2:
			end = func(e *Entry) error {
				if err := w.add(e.Key, 2); err != nil {
					return err
				}
				return w.commit(e)
			}
		}
		if err := w.take(end); err != nil {
			return err
		}
	}
}
