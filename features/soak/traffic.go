package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/converged/converged/features/rig"
)

// reportsLive is how long Chef's reports and rotated files are kept.
const reportsLive = 5 * time.Minute

// work has Chef run until ctx ends: reports of its own, lines of the data
// collector, both of one run, now and then many at once; and a rotation.
func (m *machine) work(ctx context.Context, r *rand.Rand) error {
	rotate, purge := time.Now().Add(20*time.Second), time.Now().Add(time.Minute)
	for wait(ctx, between(r, 100*time.Millisecond, 1500*time.Millisecond)) {
		n := 1
		if r.IntN(100) == 0 {
			n = 50
		}
		for range n {
			if err := m.converge(r); err != nil {
				return err
			}
		}
		if time.Now().After(rotate) {
			rotate = time.Now().Add(between(r, 10*time.Second, time.Minute))
			if err := m.rotate(r); err != nil {
				return err
			}
		}
		if time.Now().After(purge) {
			purge = time.Now().Add(time.Minute)
			if err := errors.Join(purgeIn(m.node.Reports()), purgeIn(m.node.Path())); err != nil {
				return err
			}
		}
	}
	return nil
}

// converge is one run; one of ten fails.
func (m *machine) converge(r *rand.Rand) error {
	run := m.chef.Next(r.IntN(10) == 0)
	m.mu.Lock()
	m.runs = append(m.runs, run)
	m.mu.Unlock()
	how := r.IntN(5)
	if how != 1 && how != 2 {
		if err := rig.WriteReport(m.node.Reports(), run, m.chef.Report(run)); err != nil {
			return err
		}
	}
	if how == 0 {
		time.Sleep(between(r, 0, 400*time.Millisecond)) // Chef takes 0.2 s from one to the other
	}
	if how <= 2 {
		return rig.AppendLine(m.node.Collector(), m.chef.Line(run))
	}
	return nil
}

// rotate moves the collector's file out of the way, as logrotate does in its two ways.
func (m *machine) rotate(r *rand.Rand) error {
	if _, err := os.Stat(m.node.Collector()); errors.Is(err, os.ErrNotExist) {
		return nil // nothing was written since the last rotation
	}
	older := fmt.Sprintf("%s.%d", m.node.Collector(), time.Now().Unix())
	if r.IntN(2) == 0 {
		m.did("rotation by copytruncate")
		return rig.CopyTruncate(m.node.Collector(), older)
	}
	m.did("rotation by rename")
	return os.Rename(m.node.Collector(), older)
}

// did counts a fault.
func (m *machine) did(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults[what]++
}

// purgeIn removes JSON files that nobody needs any more.
func purgeIn(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.json*"))
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err == nil && filepath.Base(f) != "collector.json" && time.Since(info.ModTime()) > reportsLive {
			err = os.Remove(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wait says whether ctx lasted so long.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
