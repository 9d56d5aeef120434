package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Status is what the daemon says of itself, in state_dir/status.json. Counters
// are of this process; what waits on disk the spools' directories tell, too.
type Status struct {
	Version    string           `json:"version,omitempty"`
	PID        int              `json:"pid"`
	Started    time.Time        `json:"started"`
	Updated    time.Time        `json:"updated"`          // it was so then, and nothing changed since
	Stopped    bool             `json:"stopped"`          // it ended as it was told to
	Seen       int64            `json:"reports_seen"`     // read, also those that could not be understood
	Unparsable int64            `json:"reports_unparsed"` // of them
	Trouble    []string         `json:"trouble"`          // what is wrong with the state directory; empty when nothing is
	Sources    []SourceStatus   `json:"sources"`
	Receive    *ReceiveStatus   `json:"receive,omitempty"` // nil if nothing listens
	Reporters  []ReporterStatus `json:"reporters"`
}

// SourceStatus is a source of the configuration.
type SourceStatus struct {
	Format  string `json:"format"`
	Path    string `json:"path"`
	Present bool   `json:"present"`         // something is there
	Error   string `json:"error,omitempty"` // why it cannot be read
	Counts
}

// ReporterStatus is how a reporter fares.
type ReporterStatus struct {
	Name      string           `json:"name"`
	Type      string           `json:"type"`
	State     string           `json:"state"` // working, failing or held
	Since     time.Time        `json:"since,omitzero"`
	Error     string           `json:"error,omitempty"`   // of the last attempt
	NextTry   time.Time        `json:"next_try,omitzero"` // unless it is working
	Pending   int              `json:"pending"`           // entries that wait
	Held      int              `json:"held_in_memory"`    // of them, those the disk does not take
	Bytes     int64            `json:"pending_bytes"`     // of them, on disk
	Dead      int              `json:"dead_letters"`      // refused for good, and kept
	Delivered int64            `json:"delivered"`         // batches
	Retried   int64            `json:"retried"`           // attempts that failed and were or will be repeated
	Expired   int64            `json:"expired"`           // runs of which a part was too old
	Dropped   map[string]int64 `json:"dropped"`           // batches and parts of them, by reason
}

const (
	statusName  = "status.json"
	statusEvery = time.Second      // at most so often
	statusRetry = 30 * time.Second // after a disk that did not take it
	maxStatus   = 8 << 20          // bytes that are read
)

// ReadStatus is what the daemon of a state directory said last of itself. The
// error is fs.ErrNotExist if there never was one.
func ReadStatus(stateDir string) (Status, error) {
	var st Status
	path := filepath.Join(stateDir, statusName)
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is not waited for
	if err != nil {
		return st, fmt.Errorf("read what the daemon says of itself: %w", err)
	}
	defer func() { _ = f.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxStatus))
	if err == nil {
		err = json.Unmarshal(bytes.Trim(text, "\x00"), &st)
	}
	if err != nil {
		return Status{}, fmt.Errorf("read what the daemon says of itself: %s: %w", path, err)
	}
	return st, nil
}

// statusFile keeps the file up to date: when something changed, at most once a
// second, and never when nothing did.
type statusFile struct {
	path  string
	look  func() Status
	log   *slog.Logger
	poked chan struct{}

	mu     sync.Mutex
	last   []byte // as it was written, but for the time
	failed bool
}

func newStatusFile(stateDir string, look func() Status, log *slog.Logger) *statusFile {
	return &statusFile{path: filepath.Join(stateDir, statusName), look: look, log: log, poked: make(chan struct{}, 1)}
}

// poke says that something may have changed. It never waits.
func (f *statusFile) poke() {
	select {
	case f.poked <- struct{}{}:
	default: // it will look anyway
	}
}

// run writes until ctx ends; its error is that of ctx.
func (f *statusFile) run(ctx context.Context) error {
	for {
		var again <-chan time.Time // while the disk fails
		if !f.write(f.look()) {
			again = time.After(statusRetry)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(statusEvery):
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.poked:
		case <-again:
		}
	}
}

// begin writes the first word, so that whoever hears that the daemon is ready can
// ask how it fares.
func (f *statusFile) begin() { f.write(f.look()) }

// end writes the last word of a daemon that stops, as it was told to or not.
func (f *statusFile) end(told bool) {
	st := f.look()
	st.Stopped = told
	f.write(st)
}

// write writes what changed, and says whether it is written. A disk that does not
// take it is said once.
func (f *statusFile) write(st Status) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	same, err := json.Marshal(st)
	if err == nil && bytes.Equal(same, f.last) {
		return true
	}
	st.Updated = time.Now().UTC()
	text, err := json.MarshalIndent(st, "", "  ")
	if err == nil {
		err = replaceFile(f.path, append(text, '\n'))
	}
	if err != nil {
		err = errors.Join(err, overwrite(f.path, append(text, '\n')))
	}
	switch {
	case err != nil && !f.failed:
		f.log.Warn("the status cannot be written anew; it is written over the old one or, where that fails, too, removed, and converged status says so",
			"file", f.path, "error", err)
	case err == nil && f.failed:
		f.log.Info("the status can be written again", "file", f.path)
	}
	f.failed = err != nil
	f.last = nil
	if err == nil {
		f.last = same
	}
	return err == nil
}

// replaceFile makes a file hold text, wholly or not at all.
func replaceFile(path string, text []byte) error {
	beside := path + ".new"
	if err := os.WriteFile(beside, text, 0o600); err != nil {
		return errors.Join(err, removeIfThere(beside))
	}
	return os.Rename(beside, path)
}

// overwrite is for a disk that is full: a file that is there has a block of its
// own, which mostly suffices. A reader may see it torn. What cannot be written
// over is removed: an old word would be taken for what is so now.
func overwrite(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		_, err = f.WriteAt(text, 0)
		err = errors.Join(err, f.Truncate(int64(len(text))), f.Close())
	}
	if err != nil {
		return errors.Join(err, removeIfThere(path))
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
