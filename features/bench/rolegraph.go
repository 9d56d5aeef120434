package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// memoryMost is what rolegraph may take of the memory, in MB, whatever it draws.
const memoryMost = 500

// rolegraph measures the other program: its start, reading, and drawing.
func (b *bench) rolegraph() error {
	program := filepath.Join(b.bin, "rolegraph")
	help, err := median(9, program, "--help")
	if err != nil {
		return err
	}
	b.add("rolegraph --help", "≤ 10 ms", "%.1f ms", ms(help.wall))
	many := filepath.Join(b.dir, "many")
	if err := write(many, levels(10_000, 30_000)); err != nil {
		return err
	}
	check, err := median(3, program, "check", many)
	if err != nil {
		return err
	}
	b.judge("rolegraph check, 10,000 files", check, 0.5, "")
	for _, p := range pictures() {
		if err := b.picture(program, p); err != nil {
			return err
		}
	}
	return nil
}

// picture is a picture to draw, and the seconds of processor time it may take.
type picture struct {
	what, format string
	roles        []role
	most         float64
	runs         int
	beside       bool // dot is to draw it, too
}

func pictures() []picture {
	return []picture{
		{"300 nodes, 900 edges", "png", levels(300, 900), 0.3, 5, true},
		{"1,000 nodes, 3,000 edges", "svg", levels(1000, 3000), 0.3, 5, true},
		{"3,000 nodes, 9,000 edges", "svg", levels(3000, 9000), 1.5, 3, true},
		{"10,000 nodes, 30,000 edges", "svg", levels(10_000, 30_000), 10, 1, true},
		{"a complete graph of 30", "svg", complete(30), 10, 1, false},
		{"a hub of 9,999", "svg", hub(9999), 10, 1, false},
		{"1,000 self edges", "svg", loops(1000), 10, 1, false},
		{"a chain of 10,000", "svg", chain(10_000), 10, 1, false},
		{"10,000 missing roles", "svg", missing(10_000), 10, 1, false},
	}
}

func (b *bench) picture(program string, p picture) error {
	dir := filepath.Join(b.dir, fmt.Sprintf("drawn-%d", len(b.rows)))
	if err := write(dir, p.roles); err != nil {
		return err
	}
	ours, err := median(p.runs, program, "render", dir, "-o", dir+"."+p.format)
	if err != nil {
		return err
	}
	beside := ""
	if p.beside {
		dot := dir + ".dot"
		if _, err := once(program, "render", dir, "-o", dot); err != nil {
			return err
		}
		if beside, err = b.dot(dot, p.format); err != nil {
			return err
		}
	}
	b.judge("rolegraph render, "+p.what+", "+p.format, ours, p.most, beside)
	return nil
}

// judge adds a row with its verdict.
func (b *bench) judge(what string, c cost, most float64, beside string) {
	b.add(what, fmt.Sprintf("≤ %g s CPU, ≤ %d MB", most, memoryMost), "%.2f s CPU, %.0f MB%s", c.cpu.Seconds(), c.peak, beside)
	b.rows[len(b.rows)-1].met = "met"
	if c.cpu.Seconds() > most || c.peak > memoryMost {
		b.rows[len(b.rows)-1].met = "MISSED"
	}
}

// dot is what an installed Graphviz takes for the same graph, in words.
func (b *bench) dot(file, format string) (string, error) {
	path, err := exec.LookPath("dot")
	if err != nil || b.dotMost <= 0 {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), b.dotMost)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-T"+format, file, "-o", os.DevNull)
	out, err := cmd.CombinedOutput()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("; dot stopped after %v", b.dotMost.Round(time.Second)), nil
	}
	if err != nil {
		return "", fmt.Errorf("dot %s: %w\n%.500s", file, err, out)
	}
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return fmt.Sprintf("; dot %.2f s CPU", took.Seconds()), nil
}
