package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// head begins every file, for people who find one.
const head = "# converged: ledger, version 1\n"

// nameFormat is the name of a file; a higher number is younger.
const nameFormat = "%08d.log"

// segment is the file of a ledger that is being written, and those before it.
type segment struct {
	dir    string
	most   int64 // bytes of one file
	before func(operation, path string) error

	f      *os.File // nil: to be opened
	number uint64
	size   int64
}

func (s *segment) path(number uint64) string {
	return filepath.Join(s.dir, fmt.Sprintf(nameFormat, number))
}

func (s *segment) try(operation string) error {
	if s.before == nil {
		return nil
	}
	return s.before(operation, s.path(s.number))
}

// open goes on with the youngest file, or begins the first.
func (s *segment) open() error {
	if err := s.try("open"); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	files, err := list(s.dir)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return s.begin(1)
	}
	last := files[len(files)-1]
	if !last.regular {
		return s.begin(last.number + 1)
	}
	f, err := os.OpenFile(s.path(last.number), os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return s.begin(last.number + 1)
	}
	s.f, s.number = f, last.number
	return s.mend()
}

// begin makes a new file.
func (s *segment) begin(number uint64) error {
	s.number = number
	if err := s.try("create"); err != nil {
		return err
	}
	f, err := os.OpenFile(s.path(number), os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	s.f, s.size = f, 0
	return s.append([]byte(head))
}

// mend ends a last line that was cut off, so that the next one stands alone.
func (s *segment) mend() error {
	info, err := s.f.Stat()
	if err != nil {
		return err
	}
	s.size = info.Size()
	last := []byte{'\n'}
	if s.size > 0 {
		if _, err := s.f.ReadAt(last, s.size-1); err != nil {
			return err
		}
	}
	if last[0] == '\n' {
		return nil
	}
	return s.append([]byte{'\n'})
}

// write adds a line, to a new file if the present one is full.
func (s *segment) write(line []byte) error {
	if s.f == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	if s.size > int64(len(head)) && s.size+int64(len(line)) > s.most {
		if err := s.turn(); err != nil {
			return err
		}
	}
	return s.append(line)
}

// append leaves the line there whole, or not at all if the disk lets it.
func (s *segment) append(line []byte) error {
	err := s.try("write")
	var n int
	if err == nil {
		n, err = s.f.Write(line)
	}
	if err != nil {
		if n > 0 {
			err = errors.Join(err, s.f.Truncate(s.size))
		}
		return err
	}
	s.size += int64(n)
	return nil
}

// turn ends the file, begins the next, and removes those that are too many.
func (s *segment) turn() error {
	if err := s.close(); err != nil {
		return err
	}
	if err := s.begin(s.number + 1); err != nil {
		return err
	}
	files, err := list(s.dir)
	if err != nil {
		return err
	}
	var total int64
	for i, f := range slices.Backward(files) {
		total += f.size
		if f.regular && (len(files)-i > segments || f.number != s.number && total > segments*s.most) {
			if err := os.Remove(s.path(f.number)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// inPlace says whether the file that is written still has its name.
func (s *segment) inPlace() bool {
	if s.f == nil {
		return false
	}
	ours, err := s.f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(s.path(s.number))
	return err == nil && os.SameFile(ours, named)
}

// close makes the file durable.
func (s *segment) close() error {
	if s.f == nil {
		return nil
	}
	err := errors.Join(s.f.Sync(), s.f.Close())
	s.f = nil
	return err
}

// drop lets go of a file that something happened to.
func (s *segment) drop() {
	if s.f != nil {
		_ = s.f.Close() // what it holds was written, or is held in memory
		s.f = nil
	}
}

// file is one file of a ledger.
type file struct {
	number  uint64
	size    int64
	regular bool
}

// list is the files of a ledger, oldest first. Others are not its own.
func list(dir string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	var files []file
	for _, e := range entries {
		var number uint64
		if _, err := fmt.Sscanf(e.Name(), nameFormat, &number); err != nil || fmt.Sprintf(nameFormat, number) != e.Name() {
			continue
		}
		f := file{number: number, regular: e.Type().IsRegular()}
		if info, err := e.Info(); err == nil {
			f.size = info.Size()
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.number, b.number) })
	return files, err
}
