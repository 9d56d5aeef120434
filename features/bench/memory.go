package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/converged/converged/features/rig"
)

// heavy is one report that the running daemon is given, and what its memory may
// grow by, in MB; 0 is not judged.
type heavy struct {
	format, what, file string
	most               float64
	make               func(samples string) ([]byte, error)
}

var heavies = []heavy{
	{"puppet-report", "5 MB of YAML", "reports/last_run_report.yaml", 60, puppetYAML},
	{"puppet-report", "5 MB of JSON", "reports/report.json", 60, puppetJSON},
	{"chef-collector", "a line of 50 MB", "collector.json", 0, func(dir string) ([]byte, error) {
		line, err := longLine(dir, 50_000_000)
		return append(line, '\n'), err
	}},
	{"ansible-json", "60 MB", "reports/ansible.json", 0, func(dir string) ([]byte, error) {
		return ansibleDocument(dir, 60_000_000)
	}},
	{"salt-report", "5 MB", "reports/salt.json", 0, func(dir string) ([]byte, error) {
		return grown(dir, large, "local", "salt", "changed", "report.json")
	}},
}

// memory measures what one large report takes of a running daemon's memory, and
// whether it is given back.
func (b *bench) memory() error {
	for _, h := range heavies {
		if err := b.heavy(h); err != nil {
			return fmt.Errorf("%s, %s: %w", h.format, h.what, err)
		}
	}
	return nil
}

func (b *bench) heavy(h heavy) error {
	data, err := h.make(b.samples)
	if err != nil {
		return err
	}
	program, err := filepath.Abs(filepath.Join(b.bin, "converged"))
	if err != nil {
		return err
	}
	node, err := rig.NewNode(program, rig.Config{})
	if err != nil {
		return err
	}
	defer func() { _ = node.Remove() }()
	path := node.Path(filepath.FromSlash(h.file))
	node.Config.Sources = []rig.Source{{Format: h.format, Path: path}}
	node.Config.Reporters = []rig.Reporter{{Type: "dogstatsd", Name: reporterName, Address: "unix://" + node.Path("nobody.socket")}}
	beside := node.Path("being-written")
	if err := os.WriteFile(beside, data, 0o600); err != nil {
		return err
	}
	if err := node.Start(); err != nil {
		return fmt.Errorf("%w: %s", err, node.Log())
	}
	time.Sleep(2 * time.Second) // let the start settle
	before, err := node.Usage()
	if err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	if err := awaitAny(node); err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // what was taken may be given back
	after, err := node.Usage()
	if err != nil {
		return err
	}
	bar := ""
	if h.most > 0 {
		bar = fmt.Sprintf("≤ 0.6 s, ≤ %g MB above idle", h.most)
	}
	b.add(fmt.Sprintf("%s, %s (%.1f MB), in the daemon", h.format, h.what, float64(len(data))/1e6), bar,
		"%.2f s CPU, RSS %.1f MB before, %.1f above it at most, %.1f above it 5 s later",
		(after.CPU - before.CPU).Seconds(), before.RSS, after.Peak-before.RSS, after.RSS-before.RSS)
	return node.Stop()
}

// awaitAny waits until something lies in the spool.
func awaitAny(node *rig.Node) error {
	pending := filepath.Join(node.State(), "spool", reporterName, rig.Pending)
	for deadline := time.Now().Add(rig.Patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		names, err := os.ReadDir(pending)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		for _, name := range names {
			if !strings.HasPrefix(name.Name(), ".") {
				return nil
			}
		}
	}
	return fmt.Errorf("nothing came to the spool: %.2000s", node.Log())
}
