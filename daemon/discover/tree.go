package discover

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// What is read of a foreign tree at most.
const (
	maxFile     = 1 << 20  // bytes of a file of settings
	maxFiles    = 16 << 20 // of all of them
	maxEntries  = 10_000   // names of a directory
	maxSettings = 200      // files of settings in a directory
	maxLinks    = 40       // symbolic links on the way to a file, as in Linux
	maxElements = 255      // directories on the way to a file
)

var (
	errLinks   = errors.New("too many symbolic links")
	errRegular = errors.New("not a regular file")
	errMany    = fmt.Errorf("more than %d bytes of settings were read before it", maxFiles)
	errLong    = fmt.Errorf("more than %d bytes", maxFile)
)

// tree is a file system whose paths begin with a slash. An absolute symbolic link
// points below the root, too, as it does for a process whose root it is; os.Root
// keeps whatever else happens below it.
type tree struct {
	root  *os.Root
	spent int // bytes that were read
}

// resolve is where a path leads, relative to the root and without links, and the
// directories that are passed on the way there.
func (t *tree) resolve(name string) (real string, way []string, err error) {
	todo := strings.Split(name, "/")
	real = "."
	for links, elements := 0, 0; len(todo) > 0; elements++ {
		element := todo[0]
		todo = todo[1:]
		if elements > maxElements {
			return "", nil, errLinks
		}
		if element == "" || element == "." {
			continue
		}
		if element == ".." {
			real = path.Dir(real)
			continue
		}
		way = append(way, real)
		next := path.Join(real, element)
		info, err := t.root.Lstat(next)
		if err != nil {
			return "", way, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			real = next
			continue
		}
		if links++; links > maxLinks {
			return "", nil, errLinks
		}
		target, err := t.root.Readlink(next)
		if err != nil {
			return "", nil, err
		}
		if path.IsAbs(target) {
			real = "."
		}
		todo = append(strings.Split(target, "/"), todo...)
	}
	return real, way, nil
}

// stat is what a path leads to.
func (t *tree) stat(name string) (fs.FileInfo, error) {
	real, _, err := t.resolve(name)
	if err != nil {
		return nil, err
	}
	return t.root.Lstat(real)
}

// exists says whether something is there, as far as that can be seen.
func (t *tree) exists(name string) bool {
	_, err := t.stat(name)
	return err == nil
}

// isSocket and isDir say what is there.
func (t *tree) isSocket(name string) bool {
	info, err := t.stat(name)
	return err == nil && info.Mode().Type() == fs.ModeSocket
}

func (t *tree) isDir(name string) bool {
	info, err := t.stat(name)
	return err == nil && info.IsDir()
}

// read is a regular file of at most maxFile bytes; nothing else is opened, since a
// pipe would hold up whoever opens it and a device may do anything.
func (t *tree) read(name string) (_ []byte, err error) {
	real, _, err := t.resolve(name)
	if err != nil {
		return nil, err
	}
	f, err := t.open(real)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	t.spent += len(text)
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxFile:
		return nil, errLong
	case t.spent > maxFiles:
		return nil, errMany
	}
	return text, nil
}

// open opens a regular file that resolve found.
func (t *tree) open(real string) (*os.File, error) {
	info, err := t.root.Lstat(real)
	if err == nil && !info.Mode().IsRegular() {
		err = errRegular
	}
	if err != nil {
		return nil, err
	}
	f, err := t.root.OpenFile(real, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() { // it was replaced meanwhile
		err = errRegular
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// list is what a directory holds, sorted by name, and whether it holds more than
// is looked at.
func (t *tree) list(name string) (_ []fs.DirEntry, more bool, err error) {
	real, _, err := t.resolve(name)
	if err != nil {
		return nil, false, err
	}
	if info, err := t.root.Lstat(real); err != nil || !info.IsDir() {
		return nil, false, errors.Join(err, syscall.ENOTDIR)
	}
	d, err := t.root.OpenFile(real, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	entries, err := d.ReadDir(maxEntries + 1)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	more = len(entries) > maxEntries
	entries = entries[:min(len(entries), maxEntries)]
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, more, err
}

// glob is the paths in a directory whose names match, in order and at most so many
// as there may be files of settings.
func (t *tree) glob(dir, pattern string) []string {
	entries, _, _ := t.list(dir) // a directory that is not there holds nothing
	var paths []string
	for _, entry := range entries {
		if ok, _ := path.Match(pattern, entry.Name()); ok && len(paths) < maxSettings {
			paths = append(paths, path.Join(dir, entry.Name()))
		}
	}
	return paths
}
