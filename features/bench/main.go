// Command bench measures the programs that ship, as whole processes, and prints
// a table of figures beside the bars they are held to.
//
//	bench -bin bin -samples testdata [-idle 30s] [-reports 200]
//
// It informs and does not judge: its exit code is 0 unless something could not
// be measured.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	b := bench{}
	flag.StringVar(&b.bin, "bin", "bin", "the `DIRECTORY` of the two programs")
	flag.StringVar(&b.samples, "samples", "testdata", "the `DIRECTORY` of the samples")
	flag.DurationVar(&b.idle, "idle", 30*time.Second, "how long to watch the idle daemon")
	flag.IntVar(&b.reports, "reports", 200, "how many reports to time")
	flag.Parse()
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what is measured, and where.
type bench struct {
	bin, samples string
	idle         time.Duration
	reports      int
	dir          string
	rows         []row
}

// row is one figure and its bar.
type row struct{ what, figure, bar string }

func (b *bench) add(what, bar, format string, args ...any) {
	b.rows = append(b.rows, row{what, fmt.Sprintf(format, args...), bar})
	fmt.Fprintf(os.Stderr, "measured: %s\n", what)
}

func (b *bench) run() (err error) {
	if b.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	defer b.print() // also what was measured before something could not be
	for _, measure := range []func() error{b.daemon, b.parsing, b.rolegraph} {
		if err := measure(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) print() {
	fmt.Printf("%s, %d CPUs, %s/%s\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "what\tfigure\tbar")
	for _, r := range b.rows {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", r.what, r.figure, r.bar)
	}
	_ = table.Flush()
}

// parsing runs the parser's own benchmark, which knows its bytes and memory.
func (b *bench) parsing() error {
	out, err := exec.Command("go", "test", "./parsers/chef", "-run", "^$", "-bench", "4MB|500KB", "-benchmem").CombinedOutput()
	if err != nil {
		return fmt.Errorf("benchmarking the parser: %w\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 8 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(strings.Split(fields[0], "-")[0], "Benchmark")
		b.add("parse "+name, "≥ 150 MB/s, ≤ 3 × its size", "%s MB/s, %s B allocated", fields[4], fields[6])
	}
	return nil
}

// rolegraph measures the other program: its start, reading, and drawing.
func (b *bench) rolegraph() error {
	program := filepath.Join(b.bin, "rolegraph")
	help, err := median(9, program, "--help")
	if err != nil {
		return err
	}
	b.add("rolegraph --help", "≤ 10 ms", "%.1f ms", ms(help.wall))
	many := filepath.Join(b.dir, "many")
	if err := writeRoles(many, 10_000, 3); err != nil {
		return err
	}
	check, err := median(3, program, "check", many)
	if err != nil {
		return err
	}
	b.add("rolegraph check, 10,000 files", "≤ 1 s CPU", "%.2f s CPU, %.0f MB", check.cpu.Seconds(), check.peak)
	return b.drawing(program)
}

// drawing times the pictures of 300 nodes, beside dot where it is installed.
func (b *bench) drawing(program string) error {
	roles := filepath.Join(b.dir, "drawn")
	if err := writeRoles(roles, 300, 3); err != nil {
		return err
	}
	dot := filepath.Join(b.dir, "roles.dot")
	if _, err := median(1, program, "render", roles, "-o", dot); err != nil {
		return err
	}
	for _, format := range []struct{ name, bar string }{{"svg", "≤ 0.2 s CPU"}, {"png", "≤ 0.5 s CPU"}} {
		ours, err := median(5, program, "render", roles, "-o", filepath.Join(b.dir, "roles."+format.name))
		if err != nil {
			return err
		}
		figure := fmt.Sprintf("%.2f s CPU, %.0f MB", ours.cpu.Seconds(), ours.peak)
		if graphviz, err := exec.LookPath("dot"); err == nil {
			theirs, err := median(3, graphviz, "-T"+format.name, dot, "-o", filepath.Join(b.dir, "dot."+format.name))
			if err != nil {
				return err
			}
			figure += fmt.Sprintf("; dot %.2f s CPU, ratio %.2f", theirs.cpu.Seconds(), ours.cpu.Seconds()/theirs.cpu.Seconds())
		}
		b.add("rolegraph render, 300 nodes, "+format.name, format.bar, "%s", figure)
	}
	return nil
}

// writeRoles writes n roles in five levels: each names a few of the level below.
func writeRoles(dir string, n, edges int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	const levels = 5
	for i := range n {
		var list []string
		for j := range edges {
			if below := i + n/levels + (i*7+j*13)%(n/levels); below < n {
				list = append(list, fmt.Sprintf("%q", fmt.Sprintf("role[role-%05d]", below)))
			}
		}
		text := fmt.Sprintf("name \"role-%05d\"\ndescription \"one of many\"\nrun_list(%s)\ndefault_attributes(\"a\" => { \"b\" => [1, 2, 3] })\n",
			i, strings.Join(list, ", "))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("role-%05d.rb", i)), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
