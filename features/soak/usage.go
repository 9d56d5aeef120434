package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/converged/converged/features/rig"
)

// figures are samples of memory, in MB, or of open files, in their order.
type figures []float64

// spread is the least, the middle and the most of some figures.
type spread struct{ least, middle, most float64 }

func (f figures) spread() spread {
	if len(f) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(f))
	return spread{sorted[0], sorted[len(sorted)/2], sorted[len(sorted)-1]}
}

// warmUp is how many samples are left out at the beginning, two minutes: a process
// that has just started is smaller than it will be.
const warmUp = int(2 * time.Minute / sampling)

// thirds are the spreads of the first and of the last third after the warm-up.
func (f figures) thirds() (first, last spread) {
	f = f[min(len(f), warmUp):]
	third := len(f) / 3
	return f[:third].spread(), f[len(f)-third:].spread()
}

// growth says what has grown, or nothing: the middle of the last third may be
// more than that of the first by a share and by some. What is shorter than three
// times the warm-up cannot be judged.
func (f figures) growth(what string, share, some float64) error {
	first, last := f.thirds()
	if len(f) >= 3*warmUp && last.middle > first.middle*(1+share)+some {
		return fmt.Errorf("%s grew from %.1f to %.1f", what, first.middle, last.middle)
	}
	return nil
}

// samples are what a machine's process used.
type samples struct{ memory, files figures }

func (s *samples) add(u rig.Usage) {
	s.memory = append(s.memory, u.RSS)
	s.files = append(s.files, float64(u.Files))
}

// String is the two thirds of each figure.
func (s *samples) String() string {
	if len(s.memory) < 3*warmUp {
		all := s.memory.spread()
		return fmt.Sprintf("RSS in MB %.1f/%.1f/%.1f (least/middle/most); too short to tell whether anything grows", all.least, all.middle, all.most)
	}
	m1, m2 := s.memory.thirds()
	f1, f2 := s.files.thirds()
	return fmt.Sprintf("RSS in MB %.1f/%.1f/%.1f in the first third, %.1f/%.1f/%.1f in the last; open files %.0f/%.0f/%.0f, then %.0f/%.0f/%.0f (least/middle/most)",
		m1.least, m1.middle, m1.most, m2.least, m2.middle, m2.most, f1.least, f1.middle, f1.most, f2.least, f2.middle, f2.most)
}
