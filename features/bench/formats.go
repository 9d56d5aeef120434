package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// enough is how many bytes a format is measured on, and most how many files.
const enough, most = 100_000_000, 1000

// formats measures every format in a fresh process that reads, parses and prints
// its runs: first one report, for what it takes of the memory, then many.
func (b *bench) formats() error {
	program := filepath.Join(b.bin, "converged")
	for i, s := range samples {
		data, err := s.make(b.samples)
		if err != nil {
			return fmt.Errorf("a sample of %s: %w", s.format, err)
		}
		path := filepath.Join(b.dir, fmt.Sprintf("format-%d", i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
		if err := b.format(program, s, path, int64(len(data))); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) format(program string, s sample, path string, size int64) error {
	idle, err := median(3, program, "inspect", "--help")
	if err != nil {
		return err
	}
	one, err := median(3, program, "inspect", path)
	if err != nil {
		return err
	}
	times := int(min(most, enough/size+1))
	all, err := median(3, program, append([]string{"inspect"}, slices.Repeat([]string{path}, times)...)...)
	if err != nil {
		return err
	}
	cpu, sum := max(all.cpu-idle.cpu, time.Microsecond), size*int64(times)
	name := fmt.Sprintf("%s (%s), %.1f MB", s.format, s.what, float64(size)/1e6)
	b.add(name, s.bar, "%.0f MB/s and %.2f CPU-s per GB, printed; one takes %.3f s CPU, %.1f MB over %.1f idle",
		perSecond(sum, cpu), cpu.Seconds()/float64(sum)*1e9, max(0, one.cpu-idle.cpu).Seconds(), one.peak-idle.peak, idle.peak)
	if size < 100_000 {
		return nil // over before it can be measured
	}
	hows := []string{"scan"}
	if data, err := os.ReadFile(path); err == nil && data[0] == '{' {
		hows = append(hows, "valid")
	}
	return b.beside(name, path, hows...)
}
