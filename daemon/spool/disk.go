package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/converged/converged/daemon/fault"
)

// disk is every change a spool makes to the file system, and what it reads of entries.
type disk struct {
	before func(operation, path string) error
}

func (d disk) try(operation, path string) error {
	if d.before == nil {
		return nil
	}
	return d.before(operation, path)
}

// file is one to be written: beside its place, and moved there once it is on disk.
type file struct {
	aside, path string
	data        []byte
}

// put makes files of one directory hold their data, wholly or not at all: written
// aside, made durable, renamed, the names made durable. Together they cost less
// waiting than one after the other. On error each is as it was, or holds its data
// and may not be there after a crash.
func (d disk) put(files ...file) error {
	err := d.writeAside(files)
	for _, f := range files {
		if err == nil {
			if err = d.move(f.aside, f.path); err == nil {
				fault.Point(fault.SpoolRenamed)
			}
		}
	}
	if err == nil {
		err = d.syncDir(filepath.Dir(files[0].path))
	}
	if err != nil {
		for _, f := range files {
			err = errors.Join(err, d.removeIfThere(f.aside))
		}
	}
	return err
}

// writeAside writes every file aside before it waits for the first to be durable.
func (d disk) writeAside(files []file) error {
	opened := make([]*os.File, 0, len(files))
	var err error
	for _, f := range files {
		var o *os.File
		if o, err = d.begin(f.aside, f.data); err != nil {
			break
		}
		if opened = append(opened, o); len(files) > 1 {
			hasten(o)
		}
	}
	for i, o := range opened {
		err = d.end(o, files[i].aside, err)
	}
	return err
}

// write makes a file hold data, durably but for its name.
func (d disk) write(path string, data []byte) error {
	f, err := d.begin(path, data)
	if err != nil {
		return err
	}
	return d.end(f, path, nil)
}

// begin writes a file; it is open if there is no error.
func (d disk) begin(path string, data []byte) (*os.File, error) {
	if err := d.try("create", path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	fault.Point(fault.SpoolCreated)
	err = d.try("write", path)
	if err == nil {
		_, err = f.Write(data)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	fault.Point(fault.SpoolWritten)
	return f, nil
}

// end makes a file durable, unless it does not count any more, and closes it.
func (d disk) end(f *os.File, path string, failed error) (err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	if failed != nil {
		return failed
	}
	if err := d.try("sync", path); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	fault.Point(fault.SpoolSynced)
	return nil
}

// rename moves a file and makes its new name durable.
func (d disk) rename(from, to string) error {
	if err := d.move(from, to); err != nil {
		return err
	}
	fault.Point(fault.SpoolRenamed)
	return d.syncDir(filepath.Dir(to))
}

// move renames a file; the name is durable once the directory is synced. A file
// that is already gone from its old name and there under its new one was moved
// before.
func (d disk) move(from, to string) error {
	if err := d.try("rename", from); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		if _, there := os.Lstat(to); there != nil || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (d disk) syncDir(path string) error {
	if err := d.try("syncdir", path); err != nil {
		return err
	}
	return syncDir(path)
}

func (d disk) remove(path string) error {
	if err := d.try("remove", path); err != nil {
		return err
	}
	return os.Remove(path)
}

func (d disk) removeIfThere(path string) error {
	if err := d.remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// empty keeps the file's name and gives its space back.
func (d disk) empty(path string) error {
	if err := d.try("truncate", path); err != nil {
		return err
	}
	return os.Truncate(path, 0)
}

// addLine writes a line at the end of a file.
func (d disk) addLine(path, line string) (err error) {
	if err := d.try("append", path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err = f.WriteString("\n" + line + "\n"); err != nil {
		return err
	}
	return f.Sync()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// read is what a pending file holds.
func (d disk) read(path string) ([]byte, error) {
	if err := d.try("read", path); err != nil {
		return nil, err
	}
	return readEntry(path)
}

// openEntry opens a file of a spool. What has taken its place must not make it
// wait, as a pipe would, nor lead elsewhere, as a link would.
func openEntry(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

// readEntry reads a whole file, but never more than an entry may have.
func readEntry(path string) (data []byte, err error) {
	f, err := openEntry(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxEntry {
		return nil, fmt.Errorf("%w: it is %s of %d bytes", errDamaged, info.Mode(), info.Size())
	}
	data = make([]byte, info.Size())
	_, err = io.ReadFull(f, data)
	return data, err
}

// eachName calls use with every name in a directory, a thousand at a time, so
// that a long directory costs no memory. What is no directory does not make it wait.
func eachName(dir string, use func(name string)) (err error) {
	d, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for {
		names, err := d.Readdirnames(1000)
		for _, name := range names {
			use(name)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
