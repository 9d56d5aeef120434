package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/features/rig"
)

// lineSize is how long a line of a data collector is on a node of a large
// inventory, in bytes.
const lineSize = 500_000

// How often a file of lines is read: what other machines do on the same disk and
// processor only adds to the figure.
const rounds = 7

// collected measures the running daemon on a data collector's file of long lines:
// found, tailed, parsed, analysed, and on disk as entries of the spool.
func (b *bench) collected() error {
	name := fmt.Sprintf("data collector, %d lines of 500 KB, on disk", b.lines)
	file := filepath.Join(b.dir, "collector.json")
	size, err := b.writeLines(file)
	if err != nil {
		return err
	}
	all, err := b.collectAll(file)
	if err != nil {
		return err
	}
	byCPU := func(c cost) time.Duration { return c.cpu }
	cpu, least := middle(all, byCPU), byCPU(slices.MinFunc(all, func(x, y cost) int { return cmp.Compare(x.cpu, y.cpu) }))
	b.add(name+": per core", "≥ 300 MB/s", "%.0f MB/s by CPU time, %.2f CPU-s per GB; the best of %d: %.0f MB/s",
		perSecond(size, cpu), cpu.Seconds()/float64(size)*1e9, rounds, perSecond(size, least))
	b.add(name+": wall", "", "%.0f MB/s", perSecond(size, middle(all, func(c cost) time.Duration { return c.wall })))
	b.add(name+": peak RSS", "≤ 40 MB", "%.1f MB", slices.MaxFunc(all, func(x, y cost) int { return cmp.Compare(x.peak, y.peak) }).peak)
	each, err := b.durable()
	if err != nil {
		return err
	}
	b.add(name+": floor, disk", "", "%.2f ms CPU for each of its files, if made durable one after the other", float64(each.Microseconds())/1000)
	return b.beside(name, file, "scan", "valid")
}

// collectAll has a new node read the file in each round. Nothing is removed before
// the last: a file system that lets what was deleted rest for a while, as ext4 does
// without a journal, searches the longer for each new file.
func (b *bench) collectAll(file string) (all []cost, err error) {
	program, err := filepath.Abs(filepath.Join(b.bin, "converged"))
	if err != nil {
		return nil, err
	}
	for range rounds {
		node, err := rig.NewNode(program, rig.Config{Spool: rig.Spool{MaxEntries: b.lines + 1000, MaxBytes: 8 << 30}})
		if err != nil {
			return nil, err
		}
		defer func() { _ = node.Remove() }()
		// Nobody listens: what is measured ends at the spool.
		node.Config.Reporters = []rig.Reporter{{Type: "dogstatsd", Name: reporterName, Address: "unix://" + node.Path("nobody.socket")}}
		c, err := b.collect(node, file)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// collect is what a node takes for a file of lines that was not there before.
func (b *bench) collect(node *rig.Node, file string) (c cost, err error) {
	if err := node.Start(); err != nil {
		return c, fmt.Errorf("%w: %s", err, node.Log())
	}
	before, err := node.Usage()
	if err != nil {
		return c, err
	}
	began := time.Now()
	if err := os.Link(file, node.Collector()); err != nil {
		return c, err
	}
	if err := awaitSpooled(node, b.lines); err != nil {
		return c, err
	}
	took := time.Since(began)
	after, err := node.Usage()
	return cost{wall: took, cpu: after.CPU - before.CPU, peak: after.Peak}, errors.Join(err, node.Stop())
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
	// Else the disk's interrupts for it are counted as the daemon's.
	return int64(len(line) * b.lines), errors.Join(err, f.Sync(), f.Close())
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
