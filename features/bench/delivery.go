package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/features/rig"
)

// account is a node that tells a local intake of its runs.
type account struct {
	node   *rig.Node
	chef   *rig.Chef
	intake *rig.Intake
}

// reporterName is that of the account's reporter and of its spool.
const reporterName = "account"

func (b *bench) newAccount() (a account, err error) {
	program, err := filepath.Abs(filepath.Join(b.bin, "converged"))
	if err != nil {
		return a, err
	}
	if a.chef, err = rig.NewChef(filepath.Join(b.samples, "chef"), time.Now().UnixNano()); err != nil {
		return a, err
	}
	if a.intake, err = rig.StartIntake(rig.IntakeOptions{APIKey: rig.PlantedKey}); err != nil {
		return a, err
	}
	if a.node, err = rig.NewNode(program, rig.Config{Spool: rig.Spool{MaxEntries: b.backlog + 1000, MaxBytes: 8 << 30}}); err != nil {
		return a, err
	}
	key := a.node.Path("api.key")
	a.node.Config.Reporters = []rig.Reporter{{Type: "datadog", Name: reporterName, URL: a.intake.URL, APIKeyFile: key}}
	return a, os.WriteFile(key, []byte(rig.PlantedKey), 0o600)
}

func (a account) close() {
	if a.node != nil {
		_ = a.node.Remove()
	}
	if a.intake != nil {
		_ = a.intake.Close()
	}
}

// deliver starts the node and waits until it has delivered these runs, each once.
// It returns how long the start and all of it took, and what the process used.
func (a account) deliver(runs []rig.Run) (up, took time.Duration, usage rig.Usage, err error) {
	began := time.Now()
	if err := a.node.Start(); err != nil {
		return 0, 0, usage, fmt.Errorf("%w: %s", err, a.node.Log())
	}
	up = time.Since(began)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if err := a.intake.Await(ctx, "the runs", func() bool { return a.drained(runs) }); err != nil {
		return up, 0, usage, err
	}
	took = time.Since(began)
	if usage, err = a.node.Usage(); err != nil {
		return up, took, usage, err
	}
	return up, took, usage, rig.Explain(runs, a.intake.Told, nil).Err(0)
}

// drain measures how a backlog is delivered: all of it once, how fast, and what
// it takes.
func (b *bench) drain() error {
	a, err := b.newAccount()
	defer a.close()
	if err != nil {
		return err
	}
	runs, err := a.node.Backlog(a.chef, b.backlog, 5, reporterName)
	if err != nil {
		return err
	}
	up, took, usage, err := a.deliver(runs)
	if err != nil {
		return err
	}
	sum, n := a.intake.Totals(), int64(len(runs))
	name := fmt.Sprintf("backlog of %d runs", n)
	b.add(name+", delivered", "≥ 2000 runs/s", "%.0f runs/s (start %.1f ms)", float64(n)/took.Seconds(), ms(up))
	b.add(name+", peak RSS", "≤ 40 MB", "%.1f MB", usage.Peak)
	b.add(name+", CPU per run", "", "%.2f ms", ms(usage.CPU)/float64(n))
	b.addWire(name, sum, n)
	return a.node.Stop()
}

func (b *bench) addWire(name string, sum rig.Totals, runs int64) {
	var requests int64
	for _, n := range sum.Requests {
		requests += n
	}
	b.add(name+", requests, connections, bytes per run", "", "%.2f, %.3f, %d B sent", float64(requests)/float64(runs),
		float64(sum.Connections)/float64(runs), sum.BytesIn/runs)
}

// drained says whether each run has come wholly. It looks at each only when
// enough of them are known.
func (a account) drained(runs []rig.Run) bool {
	return a.intake.Seen() >= len(runs) && whole(runs, a.intake)
}

func whole(runs []rig.Run, intake *rig.Intake) bool {
	v := rig.Explain(runs, intake.Told, nil)
	return len(v.Lost)+len(v.Half) == 0
}

// oneByOne times runs that come alone, as they do on a node: from the last byte
// of the report to the acknowledgement of all that it says.
func (b *bench) oneByOne() error {
	a, err := b.newAccount()
	defer a.close()
	if err != nil {
		return err
	}
	if err := a.node.Start(); err != nil {
		return fmt.Errorf("%w: %s", err, a.node.Log())
	}
	before, err := a.node.Usage()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	took := make([]time.Duration, b.reports)
	for i := range took {
		r := a.chef.Next(i%20 == 0)
		if err := rig.WriteReport(a.node.Reports(), r, a.chef.Report(r)); err != nil {
			return err
		}
		written := time.Now()
		if err := a.intake.Await(ctx, r.Host, func() bool {
			return a.drained([]rig.Run{r}) || len(rig.Explain([]rig.Run{r}, a.intake.Told, nil).Once) == 1
		}); err != nil {
			return err
		}
		took[i] = time.Since(written)
	}
	after, err := a.node.Usage()
	if err != nil {
		return err
	}
	slices.Sort(took)
	n := int64(len(took))
	b.add("run by run, last byte to acknowledged", "", "p50 %.1f ms, p99 %.1f ms (%d runs)", ms(took[n/2]), ms(took[n*99/100]), n)
	b.add("run by run, CPU per run", "", "%.2f ms, reading the report included", ms(after.CPU-before.CPU)/float64(n))
	b.addWire("run by run", a.intake.Totals(), n)
	return a.node.Stop()
}

// spooling runs the spool's own benchmark.
func (b *bench) spooling() error {
	out, err := exec.Command("go", "test", "./daemon/spool", "-run", "^$", "-bench", "Append", "-benchtime", "500x").CombinedOutput()
	if err != nil {
		return fmt.Errorf("benchmarking the spool: %w\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		took, err := time.ParseDuration(fields[2] + "ns")
		if err != nil {
			return fmt.Errorf("reading %q: %w", line, err)
		}
		name := strings.TrimPrefix(strings.Split(fields[0], "-")[0], "Benchmark")
		b.add("spool, "+name+" of a run, durable", "", "%.2f ms", ms(took))
	}
	return nil
}
