package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/converged/converged/features/rig"
)

// settling is how long everything may take to be delivered once nothing goes
// wrong any more: a receiver that held is asked again after as much as 5 minutes.
const settling = 6 * time.Minute

// between two looks at what the processes use.
const sampling = 5 * time.Second

// outages come so often, the first one early.
const outages = 8 * time.Minute

func soak(ctx context.Context, o options) (err error) {
	chef, err := rig.NewChef(filepath.Join(o.samples, "chef"), o.seed)
	if err != nil {
		return err
	}
	fmt.Printf("soaking for %v, seed %d\n", o.duration, o.seed)
	var machines []*machine
	defer func() {
		for _, m := range machines {
			err = errors.Join(err, m.close(o.keep || errors.Is(err, errFound)))
		}
	}()
	for _, name := range []string{"steady", "restarted"} {
		m, err := newMachine(name, o, chef, name == "restarted")
		if m != nil {
			machines = append(machines, m)
		}
		if err == nil {
			err = m.start()
		}
		if err != nil {
			return err
		}
	}
	use := make([]samples, len(machines))
	if err := harm(ctx, o, machines, use); err != nil {
		return err
	}
	for _, m := range machines {
		if err := m.settle(ctx); err != nil {
			return err
		}
	}
	return tell(machines, use)
}

// harm is the time in which things go wrong.
func harm(ctx context.Context, o options, machines []*machine, use []samples) error {
	ctx, cancel := context.WithTimeout(ctx, o.duration)
	defer cancel()
	var all sync.WaitGroup
	errs := make(chan error, len(machines))
	for i, m := range machines {
		chance := func(of uint64) *rand.Rand { return rand.New(rand.NewPCG(uint64(o.seed), of+10*uint64(i))) }
		all.Go(func() { errs <- m.work(ctx, chance(1)) })
		all.Go(func() { m.suffer(ctx, chance(2)) })
		all.Go(func() {
			for pause := 20 * time.Second; wait(ctx, pause); pause = outages {
				m.outage(ctx)
			}
		})
		if m.restart {
			all.Go(func() { m.restarts(ctx, chance(3)) })
		}
	}
	watch(ctx, machines, use)
	all.Wait()
	close(errs)
	var joined error
	for err := range errs {
		joined = errors.Join(joined, err)
	}
	return joined
}

// watch samples the processes, and tells how it goes every minute.
func watch(ctx context.Context, machines []*machine, use []samples) {
	began := time.Now()
	for minute := 1; wait(ctx, sampling); {
		for i, m := range machines {
			if u, running := m.usage(); running {
				use[i].add(u)
			}
		}
		if time.Since(began) < time.Duration(minute)*time.Minute {
			continue
		}
		fmt.Printf("minute %d", minute)
		for _, m := range machines {
			fmt.Print(m.progress())
		}
		fmt.Println()
		minute++
	}
}

// progress is how a machine does, in a few words.
func (m *machine) progress() string {
	if err := m.ask(); err != nil {
		m.wrong(err)
	}
	words := fmt.Sprintf("; %s: %d runs", m.name, len(m.all()))
	for _, receiver := range receivers {
		kept, err := m.node.Kept(receiver)
		if err != nil {
			m.wrong(err)
		}
		words += fmt.Sprintf(", %s waits for %d", receiver, kept.Count(rig.Pending))
	}
	if u, running := m.usage(); running {
		words += fmt.Sprintf(", %.1f MB, %d files", u.RSS, u.Files)
	}
	return words
}

// settle waits until every run is explained and every digest told, and stops the process. What is not
// explained by then is for the account to tell.
func (m *machine) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	for settled := false; !settled && wait(ctx, time.Second); {
		if err := m.ask(); err != nil {
			return err
		}
		settled = true
		for _, receiver := range receivers {
			a, err := m.account(receiver)
			if err != nil {
				return err
			}
			settled = settled && a.settled() && !m.foldsYet(receiver)
		}
	}
	if err := m.stop(); err != nil {
		m.wrong(err)
	}
	return errors.Join(m.ask(), m.leaks.SearchNode(m.node))
}

// foldsYet says whether a digest of runs that were too old is still to be told.
func (m *machine) foldsYet(receiver string) bool {
	open, err := filepath.Glob(m.node.Path("state/spool/" + receiver + "/notes/*"))
	return err != nil || len(open) > 0
}

// tell prints the account of everything. Its error is errFound if anything is
// not as it must be.
func tell(machines []*machine, use []samples) error {
	var wrong []string
	for i, m := range machines {
		faults, odd, err := m.tell(&use[i])
		if err != nil {
			return err
		}
		wrong = append(append(faults, wrong...), odd...)
	}
	if len(wrong) == 0 {
		fmt.Println("\nevery run is explained")
		return nil
	}
	fmt.Printf("\nnot as it must be (%d, the first 50):\n  %s\n", len(wrong), strings.Join(wrong[:min(len(wrong), 50)], "\n  "))
	return errFound
}

// tell prints the account of a machine. It returns what must not be, and the
// runs that cannot be explained.
func (m *machine) tell(use *samples) (faults, odd []string, err error) {
	fmt.Printf("\n%s: %d runs; what went wrong: %s\n", m.name, len(m.all()), m.harmed())
	for _, receiver := range receivers {
		a, err := m.account(receiver)
		if err != nil {
			return nil, nil, err
		}
		fmt.Printf("  %-7s %s\n", receiver, a)
		odd = append(odd, a.odd...)
		if intake := m.intakes[receiver]; intake != nil {
			digests, told := intake.Digests()
			fmt.Printf("          %d digests tell of %d runs\n", digests, told)
			if told < int64(a.counts[expired]) {
				faults = append(faults, fmt.Sprintf("%s at %s: %d runs expired, the digests tell of %d", m.name, receiver, a.counts[expired], told))
			}
		}
	}
	fmt.Printf("  %s\n", use)
	leaks, searched := m.leaks.Found()
	fmt.Printf("  %d secrets found in %d KB of what it wrote and sent\n", len(leaks), searched>>10)
	errs := slices.Concat(m.broken, []error{use.files.growth(m.name+": open files", 0, 3)})
	if !m.restart { // a process that has just started is smaller than one that has not
		errs = append(errs, use.memory.growth(m.name+": RSS in MB", 0.1, 2))
	}
	for _, err := range errs {
		if err != nil {
			faults = append(faults, err.Error())
		}
	}
	return append(faults, leaks...), odd, nil
}

// harmed is how often what went wrong.
func (m *machine) harmed() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var words []string
	for _, what := range slices.Sorted(maps.Keys(m.faults)) {
		words = append(words, fmt.Sprintf("%s %d", what, m.faults[what]))
	}
	return strings.Join(words, ", ")
}
