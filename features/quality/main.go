// Command quality measures the pictures that rolegraph draws against those that
// an installed Graphviz draws of the same graph, and judges them.
//
//	quality [-bin bin] [-rankdir LR] [-least 10] DIRECTORY...
//
// Every directory is drawn as SVG and written as DOT by the program that ships;
// `dot -Tsvg` draws the DOT. Both pictures are measured alike, on what they show:
// curves are followed to a tenth of a point. Lengths are in sizes of the node's
// text, as both pictures are printed to be read. The exit code is 1 when a bar is
// missed, and 2 when something could not be measured.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

func main() {
	q := quality{}
	flag.StringVar(&q.bin, "bin", "bin", "the `DIRECTORY` of the programs")
	flag.StringVar(&q.rankdir, "rankdir", "", "draw both in this `DIRECTION`: LR, TB, RL or BT")
	flag.IntVar(&q.least, "least", 10, "leave out graphs of fewer than this many `EDGES`")
	flag.StringVar(&q.keep, "keep", "", "keep the pictures in this `DIRECTORY`")
	flag.Parse()
	met, err := q.run(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(2)
	}
	if !met {
		os.Exit(1)
	}
}

// quality is what is measured, and how.
type quality struct {
	bin, rankdir, keep string
	least              int
}

// row is one directory: ours, dot's, and the processor time each took.
type row struct {
	name             string
	ours, dot        figures
	oursCPU, dotsCPU time.Duration
}

func (q quality) run(dirs []string) (met bool, err error) {
	if len(dirs) == 0 {
		return false, fmt.Errorf("no DIRECTORY given: expected folders of role files")
	}
	if _, err := exec.LookPath("dot"); err != nil {
		return false, fmt.Errorf("the pictures are measured against Graphviz' dot: %w", err)
	}
	to := q.keep
	if to == "" {
		if to, err = os.MkdirTemp("", "quality-"); err != nil {
			return false, err
		}
		defer func() { _ = os.RemoveAll(to) }()
	}
	var rows []row
	for _, dir := range dirs {
		r, err := q.compare(dir, filepath.Join(to, filepath.Base(dir)))
		if err != nil {
			return false, fmt.Errorf("%s: %w", dir, err)
		}
		if r.dot.edges >= q.least {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return false, fmt.Errorf("none of these directories has %d edges", q.least)
	}
	return report(os.Stdout, rows), nil
}

// compare draws one directory twice; the files' names begin with stem.
func (q quality) compare(dir, stem string) (row, error) {
	r := row{name: filepath.Base(dir)}
	ours, theirs, dot := stem+".svg", stem+".dot.svg", stem+".dot"
	program := filepath.Join(q.bin, "rolegraph")
	args := []string{"render", dir}
	if q.rankdir != "" {
		args = append(args, "--rankdir", q.rankdir)
	}
	var err error
	if r.oursCPU, err = spend(program, append(args, "-o", ours)...); err != nil {
		return r, err
	}
	if _, err = spend(program, append(args, "-o", dot)...); err != nil {
		return r, err
	}
	if r.dotsCPU, err = spend("dot", "-Tsvg", dot, "-o", theirs); err != nil {
		return r, err
	}
	if r.ours, err = measured(ours); err != nil {
		return r, err
	}
	if r.dot, err = measured(theirs); err != nil {
		return r, err
	}
	if r.ours.nodes != r.dot.nodes || r.ours.edges != r.dot.edges {
		return r, fmt.Errorf("%d nodes and %d edges in our picture, %d and %d in dot's", r.ours.nodes, r.ours.edges, r.dot.nodes, r.dot.edges)
	}
	return r, nil
}

// spend runs a command and returns the processor time it took. Exit code 2 of
// ours, a file that could not be read, still draws the rest.
func spend(name string, args ...string) (time.Duration, error) {
	cmd := exec.Command(name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 2) {
		return 0, fmt.Errorf("%s: %w\n%.500s", name, err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

func measured(path string) (figures, error) {
	f, err := os.Open(path)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = f.Close() }()
	all, err := groups(f)
	if err != nil {
		return figures{}, fmt.Errorf("%s: %w", path, err)
	}
	p, err := pictured(all)
	if err != nil {
		return figures{}, fmt.Errorf("%s: %w", path, err)
	}
	return p.measure(), nil
}
