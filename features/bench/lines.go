package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/converged/converged/features/rig"
)

// lineSize is how long a line of a data collector is on a node of a large
// inventory, in bytes.
const lineSize = 500_000

// collected measures the running daemon on a data collector's file of long lines:
// found, tailed, parsed, analysed, and on disk as entries of the spool.
func (b *bench) collected() error {
	program, err := filepath.Abs(filepath.Join(b.bin, "converged"))
	if err != nil {
		return err
	}
	node, err := rig.NewNode(program, rig.Config{Spool: rig.Spool{MaxEntries: b.lines + 1000, MaxBytes: 8 << 30}})
	if err != nil {
		return err
	}
	defer func() { _ = node.Remove() }()
	// Nobody listens: what is measured ends at the spool.
	node.Config.Reporters = []rig.Reporter{{Type: "dogstatsd", Name: reporterName, Address: "unix://" + node.Path("nobody.socket")}}
	beside := node.Path("being-written")
	size, err := b.writeLines(beside)
	if err != nil {
		return err
	}
	if err := node.Start(); err != nil {
		return fmt.Errorf("%w: %s", err, node.Log())
	}
	before, err := node.Usage()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := os.Rename(beside, node.Collector()); err != nil {
		return err
	}
	if err := awaitSpooled(node, b.lines); err != nil {
		return err
	}
	took := time.Since(began)
	after, err := node.Usage()
	if err != nil {
		return err
	}
	cpu := after.CPU - before.CPU
	name := fmt.Sprintf("data collector, %d lines of 500 KB, on disk", b.lines)
	b.add(name+": per core", "≥ 300 MB/s", "%.0f MB/s by CPU time, %.2f CPU-s per GB", perSecond(size, cpu), cpu.Seconds()/float64(size)*1e9)
	b.add(name+": wall", "", "%.0f MB/s", perSecond(size, took))
	b.add(name+": peak RSS", "≤ 40 MB", "%.1f MB", after.Peak)
	if err := b.beside(name, node.Collector(), "scan", "valid"); err != nil {
		return err
	}
	return node.Stop()
}

// writeLines writes so many finished runs of a data collector as b.lines says; it
// returns how many bytes they have.
func (b *bench) writeLines(path string) (size int64, err error) {
	chef, err := rig.NewChef(filepath.Join(b.samples, "chef"), time.Now().UnixNano())
	if err != nil {
		return 0, err
	}
	line, err := longLine(b.samples, lineSize)
	if err != nil {
		return 0, err
	}
	first := chef.Next(false)
	line = append(first.Retell(line, time.RFC3339), '\n')
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	id := first.ID
	for range b.lines {
		next := chef.Next(false).ID
		line = bytes.ReplaceAll(line, []byte(id), []byte(next))
		if id = next; err == nil {
			_, err = f.Write(line)
		}
	}
	return int64(len(line) * b.lines), errors.Join(err, f.Close())
}

// longLine is a recorded message of a run's end with the node's attributes
// repeated to about size bytes.
func longLine(samples string, size int) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(samples, "chef", "18-updated", "collector.json"))
	if err != nil {
		return nil, err
	}
	_, line, _ := strings.Cut(strings.TrimRight(string(text), "\n"), "\n")
	head, rest, ok := strings.Cut(line, `"automatic":{`)
	end := strings.Index(rest, `,"chef_packages":`)
	if !ok || end < 0 {
		return nil, errors.New("the sample's line has no attributes of a node")
	}
	attributes := rest[:end] + ","
	return []byte(head + `"automatic":{` + strings.Repeat(attributes, (size-len(line))/len(attributes)) + rest), nil
}

// awaitSpooled waits until so many runs lie in the spool.
func awaitSpooled(node *rig.Node, runs int) error {
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		kept, err := node.Kept(reporterName)
		if err != nil {
			return err
		}
		if kept.Count(rig.Pending) >= runs {
			return nil
		}
	}
	return fmt.Errorf("not all of %d runs are in the spool: %.2000s", runs, node.Log())
}

func perSecond(size int64, d time.Duration) float64 { return float64(size) / 1e6 / d.Seconds() }
