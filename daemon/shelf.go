package daemon

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/converged/converged/daemon/spool"
)

// shelf is what the spool of a reporter holds.
type shelf struct {
	reporter  string
	view      spool.View
	pending   map[string]time.Time    // since when each run waits, by spool.Label
	dead      map[string]spool.Letter // by spool.Label
	delivered func(run string) bool
	running   bool      // a daemon has it open
	began     time.Time // since when, if that daemon said so
	why       string    // what that daemon says of the last attempt to deliver, if it failed
	err       error     // why it cannot be read
}

// readShelves looks into every spool of a state directory, by name. A spool that
// cannot be read is one with an error.
func readShelves(stateDir string) ([]shelf, error) {
	names, err := spoolDirs(stateDir)
	if err != nil {
		return nil, err
	}
	running, _, err := Running(stateDir)
	if err != nil {
		return nil, err
	}
	var began time.Time
	why := map[string]string{}
	if st, err := ReadStatus(stateDir); err == nil && running {
		began = st.Started
		for _, r := range st.Reporters {
			why[r.Name] = r.Error
		}
	}
	shelves := make([]shelf, 0, len(names))
	for _, name := range names {
		s := readShelf(filepath.Join(stateDir, "spool", name))
		if errors.Is(s.err, fs.ErrNotExist) {
			continue // not a spool
		}
		s.reporter, s.running, s.began, s.why = name, running, began, why[name]
		shelves = append(shelves, s)
	}
	return shelves, nil
}

func readShelf(dir string) shelf {
	s := shelf{pending: map[string]time.Time{}, dead: map[string]spool.Letter{},
		delivered: func(run string) bool { return spool.Remembers(dir, run) }}
	if s.view, s.err = spool.Look(dir); s.err != nil {
		return s
	}
	s.err = spool.EachWaiting(dir, func(w spool.Waiting) { s.pending[w.Key] = w.At })
	for _, letter := range s.view.DeadLetters {
		s.dead[letter.Key] = letter
	}
	return s
}

// waits says whether a run is pending, and since when.
func (s shelf) waits(run string) (since time.Time, waits bool) {
	since, waits = s.pending[spool.Label(run)]
	return since, waits
}

// letter is the dead letter of a run, or of a part of it.
func (s shelf) letter(run string) (letter spool.Letter, dead bool) {
	letter, dead = s.dead[spool.Label(run)]
	return letter, dead
}

// has says whether the spool knows of a run.
func (s shelf) has(run string) bool {
	_, waits := s.waits(run)
	_, dead := s.letter(run)
	return waits || dead || s.delivered != nil && s.delivered(run)
}

// times is when each run that waits or was refused began to.
func (s shelf) times() map[string]time.Time {
	all := make(map[string]time.Time, len(s.pending)+len(s.dead))
	for run, letter := range s.dead {
		all[run] = letter.At
	}
	for run, at := range s.pending {
		all[run] = at
	}
	return all
}
