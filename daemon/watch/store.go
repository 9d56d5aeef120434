package watch

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/converged/converged/daemon/fault"
)

const (
	// How long what is written may be on its way to the disk.
	syncEvery = time.Second
	// Lines of the journal beyond twice those that count, before it is written anew.
	outdated = 4000
)

// group is what is remembered together: the documents of a directory, or the
// files of a path of lines.
type group struct{ source, under string }

// mark is what is remembered of one name. For a document Size, Modified and
// Sum; for a file of lines the rest.
type mark struct {
	fileID
	Size     int64  `json:"size,omitempty"`
	Modified int64  `json:"modified,omitempty"` // nanoseconds since 1970
	Sum      uint64 `json:"sum,omitempty"`
	Path     string `json:"path,omitempty"`
	Offset   int64  `json:"offset,omitempty"`
	Head     print  `json:"head,omitzero"`
	Tail     print  `json:"tail,omitzero"`
}

type address struct {
	group
	name string
}

// store keeps marks in memory and in one journal. Appending is enough while
// the journal is short; it is written anew, beside and renamed, when most of it
// is outdated or when something went wrong with it.
type store struct {
	path    string
	log     *slog.Logger
	marks   map[group]map[string]mark
	damaged int  // lines lost when it was read
	spoilt  bool // what is at path is to be kept aside before it is written anew

	dirty   map[address]bool
	f       *os.File // nil: write anew
	lines   int      // in the journal
	loose   bool     // written and not synced
	synced  time.Time
	flushAt time.Time // zero: nothing to write or to sync
	failed  error     // of the last writing
	patient time.Duration
}

// openStore reads the journal in dir. What of it cannot be read is moved aside
// when it is next written: a daemon that did not start for it would never end
// to not start. The error is a directory that cannot be one or is not ours.
func openStore(dir string, log *slog.Logger) (*store, error) {
	if dir == "" {
		return nil, errors.New("no directory for them is set")
	}
	s := &store{path: filepath.Join(dir, "positions"), log: log, marks: map[group]map[string]mark{}, dirty: map[address]bool{}}
	if err := os.MkdirAll(dir, 0o700); errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR) {
		return nil, err
	} else if err != nil {
		log.Error("positions cannot be written; trying again at every commit", "file", s.path, "error", err)
	}
	found, err := s.read()
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	s.lines, s.damaged = found.Lines, found.Damaged
	if err != nil || !found.Clean {
		s.damaged = max(1, found.Damaged)
		s.spoilt = true
		s.flushAt = time.Now() // whole again, at the first occasion
		log.Warn("positions were damaged; going on with what is valid, other reports may be read again",
			"file", s.path, "valid", found.Lines, "damaged", s.damaged, "error", err)
		return s, nil
	}
	if s.f, err = os.OpenFile(s.path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		log.Warn("positions cannot be written; trying again at every commit", "file", s.path, "error", err)
	}
	return s, nil
}

// read applies what the journal holds.
func (s *store) read() (found salvage, err error) {
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Lstat(s.path) // a link that leads nowhere is something
	}
	if err != nil {
		return found, err
	}
	if info == nil || !info.Mode().IsRegular() {
		return found, errNoFile
	}
	f, err := os.Open(s.path)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return readJournal(f, s.apply)
}

var errNoFile = errors.New("it is no file")

func (s *store) apply(e entry) {
	g := group{e.Source, e.Under}
	if e.Gone {
		delete(s.marks[g], e.Name)
		return
	}
	if s.marks[g] == nil {
		s.marks[g] = map[string]mark{}
	}
	s.marks[g][e.Name] = e.mark
}

func (s *store) get(g group, name string) (mark, bool) {
	m, ok := s.marks[g][name]
	return m, ok
}

func (s *store) put(g group, name string, m mark) {
	if was, ok := s.marks[g][name]; ok && was == m {
		return
	}
	s.apply(entry{Source: g.source, Under: g.under, Name: name, mark: m})
	s.touch(address{g, name})
}

func (s *store) forget(g group, name string) {
	if _, ok := s.marks[g][name]; ok {
		delete(s.marks[g], name)
		s.touch(address{g, name})
	}
}

func (s *store) touch(a address) {
	s.dirty[a] = true
	s.expect(time.Now().Add(syncEvery))
}

func (s *store) expect(at time.Time) {
	if s.flushAt.IsZero() {
		s.flushAt = at
	}
}

// committed writes at once, so that the end of this process costs nothing. It
// waits for the disk only if it has not done so for a second: a backlog does
// not wait at every report.
func (s *store) committed(now time.Time) error {
	if s.failed != nil && now.Before(s.flushAt) {
		return s.failed
	}
	if now.Sub(s.synced) >= syncEvery {
		return s.flush(now)
	}
	s.expect(now.Add(syncEvery))
	return s.outcome(s.write(), now)
}

func (s *store) flushDue(now time.Time) {
	if !s.flushAt.IsZero() && !now.Before(s.flushAt) {
		_ = s.flush(now) // said, and tried again
	}
}

// flush makes everything durable.
func (s *store) flush(now time.Time) error {
	s.synced, s.flushAt = now, time.Time{}
	if s.f != nil && !s.inPlace() {
		s.drop()
		s.damaged, s.spoilt = 1, true // whatever it was that happened to it
	}
	err := s.write()
	if err == nil && s.loose {
		err = s.f.Sync()
	}
	if err == nil {
		fault.Point(fault.PositionSynced)
	}
	s.loose = false
	return s.outcome(err, now)
}

// outcome says when writing begins to fail and when it works again. After an
// error it is tried later and later, up to half a minute.
func (s *store) outcome(err error, now time.Time) error {
	if err == nil {
		if s.failed != nil {
			s.log.Info("positions can be written again", "file", s.path)
		}
		s.failed, s.patient = nil, 0
		return nil
	}
	s.drop() // half a line may stand at its end
	s.damaged = max(1, s.damaged)
	if s.failed == nil {
		s.log.Error("positions cannot be written; they are kept in memory and written as soon as that works", "file", s.path, "error", err)
	}
	s.failed = fmt.Errorf("remember positions: %w", err)
	s.patient = min(max(2*s.patient, syncEvery), 30*time.Second)
	s.flushAt = now.Add(s.patient)
	return s.failed
}

// write appends what is new, or writes the journal anew.
func (s *store) write() error {
	if len(s.dirty) == 0 && s.damaged == 0 {
		return nil
	}
	if s.f == nil || s.lines+len(s.dirty) > 2*s.size()+outdated {
		return s.rewrite()
	}
	var b []byte
	for _, a := range s.changes() {
		line, err := s.entry(a).encode()
		if err != nil {
			return err
		}
		b = append(b, line...)
	}
	if _, err := s.f.Write(b); err != nil {
		return err
	}
	fault.Point(fault.PositionWritten)
	s.lines += len(s.dirty)
	s.loose = true
	clear(s.dirty)
	return nil
}

// inPlace says whether the file being written still has its name.
func (s *store) inPlace() bool {
	ours, err := s.f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(s.path)
	return err == nil && os.SameFile(ours, named)
}

func (s *store) entry(a address) entry {
	m, ok := s.marks[a.group][a.name]
	return entry{Source: a.source, Under: a.under, Name: a.name, Gone: !ok, mark: m}
}

func (s *store) changes() []address {
	list := make([]address, 0, len(s.dirty))
	for a := range s.dirty {
		list = append(list, a)
	}
	return sorted(list)
}

func sorted(list []address) []address {
	slices.SortFunc(list, func(a, b address) int {
		return strings.Compare(a.source+"\x00"+a.under+"\x00"+a.name, b.source+"\x00"+b.under+"\x00"+b.name)
	})
	return list
}

func (s *store) size() int {
	n := 0
	for _, names := range s.marks {
		n += len(names)
	}
	return n
}

// rewrite replaces the journal: written beside it, on disk, then renamed.
func (s *store) rewrite() error {
	s.drop()
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	beside := s.path + ".new"
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if err = s.print(f); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = s.keepAside()
	}
	if err == nil {
		err = os.Rename(beside, s.path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	fault.Point(fault.PositionWritten)
	s.f, s.lines, s.loose, s.damaged = f, s.size(), false, 0
	clear(s.dirty)
	return nil
}

// spoilers is how many spoilt journals are kept for a person to look at.
const spoilers = 5

// keepAside gives what is at path, if it is not to be lost, another name too; a
// directory is moved. No moment is without a journal if there was one.
func (s *store) keepAside() error {
	info, err := os.Lstat(s.path)
	if !s.spoilt || errors.Is(err, fs.ErrNotExist) {
		s.spoilt = false
		return nil
	}
	if err != nil {
		return err
	}
	aside := s.path + ".damaged"
	for n := 2; n <= spoilers; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.damaged-%d", s.path, n)
	}
	if info.IsDir() {
		err = os.Rename(s.path, aside)
	} else if err = os.Remove(aside); err == nil || errors.Is(err, fs.ErrNotExist) {
		if err = os.Link(s.path, aside); err != nil {
			err = os.Rename(s.path, aside)
		}
	}
	if err != nil {
		return fmt.Errorf("keep what is there aside: %w", err)
	}
	s.spoilt = false
	s.log.Warn("what was left of the positions is kept for you to look at", "file", aside)
	return nil
}

func (s *store) print(f *os.File) error {
	out := bufio.NewWriter(f)
	if _, err := out.WriteString(journalHead); err != nil {
		return err
	}
	var all []address
	for g, names := range s.marks {
		for name := range names {
			all = append(all, address{g, name})
		}
	}
	for _, a := range sorted(all) {
		line, err := s.entry(a).encode()
		if err != nil {
			return err
		}
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *store) drop() {
	if s.f != nil {
		_ = s.f.Close() // what it holds is on disk or will be written anew
		s.f = nil
	}
}

func (s *store) close() error {
	err := s.flush(time.Now())
	s.drop()
	return err
}
