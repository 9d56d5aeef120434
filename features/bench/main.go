// Command bench measures the programs that ship, as whole processes, and prints
// a table of figures beside the bars they are held to.
//
//	bench -bin bin -samples testdata [-idle 30s] [-reports 200] [-backlog 100000] [-files 10000] [-dot 1m] [-only WORD]
//
// It informs and does not judge: its exit code is 0 unless something could not
// be measured.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
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
	flag.DurationVar(&b.dotMost, "dot", time.Minute, "how long dot may take for a picture; 0 leaves it out")
	flag.IntVar(&b.backlog, "backlog", 100_000, "how many runs wait at once")
	flag.IntVar(&b.files, "files", 10_000, "how many reports lie in a folder")
	flag.StringVar(&b.only, "only", "", "measure `WORD` alone: "+strings.Join(b.words(), ", "))
	flag.IntVar(&b.lines, "lines", 600, "how many lines of 500 KB a data collector has written")
	floor := flag.String("floor", "", "read the file that is named, in the way of `WORD`, and do no more with it")
	measure := flag.String("measure", "", "run the command `NAME` with the arguments, and tell what it took")
	old := flag.String("old", "", "be the old handler, and tell `URL` of -reports runs")
	flag.Parse()
	run := b.run
	if *measure != "" {
		run = func() error { return asMeasure(*measure, flag.Args()) }
	}
	if *floor != "" {
		run = func() error { return asFloor(*floor, flag.Arg(0)) }
	}
	if *old != "" {
		run = func() error { return asOldHandler(*old, b.reports) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what is measured, and where.
type bench struct {
	bin, samples, only string
	idle               time.Duration
	reports            int
	backlog, files     int
	lines              int
	dotMost            time.Duration
	dir                string
	rows               []row
}

// part is something to measure.
type part struct {
	word    string
	measure func() error
}

func (b *bench) parts() []part {
	return []part{
		{"daemon", b.daemon}, {"parsing", b.parsing}, {"lines", b.collected}, {"formats", b.formats}, {"memory", b.memory}, {"backlog", b.drain}, {"latency", b.oneByOne},
		{"files", b.full}, {"sources", b.many}, {"old", b.old}, {"spool", b.spooling}, {"rolegraph", b.rolegraph},
	}
}

func (b *bench) words() []string {
	var words []string
	for _, p := range b.parts() {
		words = append(words, p.word)
	}
	return words
}

// row is one figure, its bar, and whether that is met, where this is judged.
type row struct{ what, figure, bar, met string }

func (b *bench) add(what, bar, format string, args ...any) {
	b.rows = append(b.rows, row{what: what, figure: fmt.Sprintf(format, args...), bar: bar})
	fmt.Fprintf(os.Stderr, "measured: %s\n", what)
}

func (b *bench) run() (err error) {
	if b.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	defer b.print() // also what was measured before something could not be
	if b.only != "" && !slices.Contains(b.words(), b.only) {
		return fmt.Errorf("-only %q: expected one of %s", b.only, strings.Join(b.words(), ", "))
	}
	for _, p := range b.parts() {
		if b.only != "" && b.only != p.word {
			continue
		}
		if err := p.measure(); err != nil {
			return fmt.Errorf("measuring %s: %w", p.word, err)
		}
	}
	return nil
}

func (b *bench) print() {
	fmt.Printf("%s, %d CPUs, %s/%s\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "what\tfigure\tbar\t")
	for _, r := range b.rows {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.what, r.figure, r.bar, r.met)
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
