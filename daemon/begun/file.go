package begun

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/converged/converged/daemon/fault"
)

const (
	// maxFile is the longest journal that is read, in bytes. None that was written
	// is as long: texts may take six times their size in JSON.
	maxFile = 32 << 20
	// maxTail is how many bytes of changes are appended before all is written anew.
	maxTail = 1 << 20
)

// A journal's file is a line of all runs, and behind it one for each change since.
// Each is a JSON object.
type (
	snapshot struct {
		Runs []*Run `json:"runs"`
	}
	change struct {
		Begun *Run   `json:"begun,omitempty"`
		Ended string `json:"ended,omitempty"`
	}
)

// load is the runs in the file.
func (j *Journal) load() []Run {
	runs, err := read(j.path)
	switch {
	case err == nil:
		return runs
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	aside := j.path + ".damaged"
	j.o.Log.Warn("the runs under way cannot be read; they are put aside, and one of them that never ends is not told",
		"path", j.path, "aside", aside, "error", errors.Join(err, os.Rename(j.path, aside)))
	return nil
}

func read(path string) ([]Run, error) {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() { // a pipe would be waited for
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxFile)
	}
	return replay(text)
}

// replay is the runs that are left of a file's text, in the order in which they
// were heard of.
func replay(text []byte) (runs []Run, err error) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	var held snapshot
	if err := json.Unmarshal(first, &held); err != nil {
		return nil, err
	}
	place := map[string]int{}
	keep := func(r *Run) {
		if _, twice := place[r.ID]; r.ID != "" && !twice {
			place[r.ID] = len(runs)
			runs = append(runs, *r)
		}
	}
	for _, r := range held.Runs {
		if r != nil {
			keep(r)
		}
	}
	for line := range bytes.Lines(rest) {
		var c change
		switch err := json.Unmarshal(line, &c); {
		case err != nil: // torn by a loss of power, which costs that change
		case c.Begun != nil:
			keep(c.Begun)
		default:
			if i, found := place[c.Ended]; found {
				delete(place, c.Ended)
				runs[i].ID = ""
			}
		}
	}
	return slices.DeleteFunc(runs, func(r Run) bool { return r.ID == "" }), nil
}

// save writes down what changed. It survives this process at once, and a loss of
// power once the disk was waited for: now, unless that was done a moment ago.
func (j *Journal) save(now time.Time) {
	since := now.Sub(j.synced)
	soon := since >= 0 && since < syncEvery
	switch {
	case soon && j.failed: // and will again
		j.changes = nil
		return
	case soon && j.append() == nil:
		j.wake()
		return
	}
	j.closeTail()
	err := write(j.path, snapshot{j.settled()})
	switch {
	case err != nil && !j.failed:
		j.o.Log.Warn("the runs under way cannot be written down; it is tried again, and after a restart before that one which never ends is not told", "path", j.path, "error", err)
	case err == nil && j.failed:
		j.o.Log.Info("the runs under way are written down again", "path", j.path)
	}
	j.synced, j.failed, j.unsaved, j.changes = now, err != nil, err != nil, nil
}

// append writes the changes behind what is in the file.
func (j *Journal) append() (err error) {
	if j.tail == nil {
		if j.tail, err = os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND|syscall.O_NONBLOCK, 0); err != nil {
			return err
		}
	}
	var lines bytes.Buffer
	for _, c := range j.changes {
		if err := json.NewEncoder(&lines).Encode(c); err != nil {
			return err
		}
		if j.tailed+lines.Len() > maxTail {
			return errLong
		}
	}
	j.tailed += lines.Len()
	if _, err = j.tail.Write(lines.Bytes()); err == nil {
		j.changes = nil
		fault.Point(fault.BegunWritten)
	}
	return err
}

// errLong is a file that is to be written anew, before it is too long to be read.
var errLong = fmt.Errorf("more than %d bytes of changes", maxTail)

func (j *Journal) closeTail() {
	if j.tail != nil {
		_ = j.tail.Close() // all of it is written anew
		j.tail = nil
	}
	j.tailed = 0
}

// settled is the runs as the next process should find them: one of which it may be
// lost with this process that it was told is told again.
func (j *Journal) settled() []*Run {
	runs := slices.Clone(j.runs)
	for i, r := range runs {
		if r.fresh {
			untold := *r
			untold.Told = false
			runs[i] = &untold
		}
	}
	return runs
}

// Sync writes the runs down and waits for the disk.
func (j *Journal) Sync() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.synced = time.Time{}
	j.save(j.o.Now())
}

// Close writes down what is not.
func (j *Journal) Close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.unsaved {
		j.synced = time.Time{}
		j.save(j.o.Now())
	}
	j.closeTail()
}

// write makes the file at path hold what is given, wholly or not at all.
func write(path string, held snapshot) (err error) {
	text, err := json.Marshal(held)
	if err != nil {
		return err
	}
	aside := path + ".new"
	if err := writeAside(aside, append(text, '\n')); err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	if err := os.Rename(aside, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer fault.Point(fault.BegunWritten)
	return errors.Join(dir.Sync(), dir.Close())
}

func writeAside(path string, text []byte) (err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // no pipe, and no link's target
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}
