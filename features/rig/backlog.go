package rig

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/converged/converged/daemon/spool"
)

// Backlog fills the spools of reporters with so many runs, as converged leaves
// them behind when it is stopped while nothing can be delivered: what it makes
// of Chef's reports, under the names and in the form of its own. Of every hundred
// runs failed have failed. The node must not be running.
func (n *Node) Backlog(chef *Chef, runs, failed int, reporters ...string) ([]Run, error) {
	good, err := n.batchOf(chef, false)
	if err != nil {
		return nil, err
	}
	bad, err := n.batchOf(chef, true)
	if err != nil {
		return nil, err
	}
	all := make([]Run, runs)
	for i := range all {
		all[i] = chef.Next(i%100 < failed)
	}
	for _, reporter := range reporters {
		err := fill(filepath.Join(n.State(), "spool", reporter), all, func(r Run) []byte {
			if r.Failed {
				return bad.of(r)
			}
			return good.of(r)
		})
		if err != nil {
			return nil, fmt.Errorf("filling the spool of %s: %w", reporter, err)
		}
	}
	return all, nil
}

// batch is the batch of one run, and the run.
type batch struct {
	text []byte
	run  Run
}

// of is the batch of another run.
func (b batch) of(r Run) []byte {
	text := bytes.ReplaceAll(b.text, []byte(b.run.ID), []byte(r.ID))
	text = bytes.ReplaceAll(text, []byte(b.run.Host), []byte(r.Host))
	return bytes.ReplaceAll(text, []byte(b.run.End.Format(time.RFC3339)), []byte(r.End.Format(time.RFC3339)))
}

// batchOf is what converged makes of a report of Chef's.
func (n *Node) batchOf(chef *Chef, failed bool) (batch, error) {
	r := chef.Next(failed)
	r.Number = 10 // a large one, if it is a success
	report := n.Path("sample.json")
	if err := os.WriteFile(report, chef.Report(r), 0o600); err != nil {
		return batch{}, err
	}
	if err := n.Config.write(n.Path("converged.yaml")); err != nil {
		return batch{}, err
	}
	line, told, exit, err := n.Command("inspect", "--telemetry", report)
	if err != nil || exit != 0 {
		return batch{}, fmt.Errorf("inspecting a report: exit code %d, %w: %s", exit, err, told)
	}
	return batch{bytes.TrimSpace([]byte(line)), r}, os.Remove(report)
}

// fill makes a spool in memory, where nothing waits for a disk, and copies it to
// where it belongs.
func fill(dir string, runs []Run, batchOf func(Run) []byte) (err error) {
	aside := dir
	if memory, err := os.MkdirTemp("/dev/shm", "spool-"); err == nil {
		defer func() { _ = os.RemoveAll(memory) }()
		aside = filepath.Join(memory, "spool")
	}
	s, err := spool.Open(aside, spool.Options{MaxEntries: len(runs) + 1, MaxBytes: 1 << 40})
	if err != nil {
		return err
	}
	for _, r := range runs {
		if _, err := s.Append(r.ID, 1, batchOf(r)); err != nil {
			return err
		}
	}
	if err := s.Close(); err != nil || aside == dir {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", aside, dir).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
