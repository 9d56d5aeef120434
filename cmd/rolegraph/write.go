package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// write fills the target. A file is drawn whole before anything is touched, so
// that ending the program meanwhile leaves nothing behind.
func (t target[T]) write(of T, stdout io.Writer) (notice string, err error) {
	if t.isStdout() {
		b := bufio.NewWriterSize(stdout, 64<<10)
		if notice, err = t.format.write(b, of); err != nil {
			return "", err
		}
		return notice, b.Flush()
	}
	var drawn bytes.Buffer
	if notice, err = t.format.write(&drawn, of); err != nil {
		return "", err
	}
	return notice, save(t.path, drawn.Bytes())
}

// save makes content what path holds. A file is replaced in one step and keeps
// its permissions, a symbolic link its target's name; a device or a pipe is
// written into and stays what it is.
func save(path string, content []byte) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return replace(path, content, nil)
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a directory: expected the name of a file")
	case !info.Mode().IsRegular():
		return writeInto(path, content)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	return replace(real, content, info)
}

// replace puts a whole new file under this name, old being the one that had it.
// A first one gets what the user's umask allows.
func replace(path string, content []byte, old fs.FileInfo) (err error) {
	temp, err := os.OpenFile(filepath.Join(filepath.Dir(path), ".rolegraph-"+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s: expected one to write into", filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("creating the file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
		}
	}()
	if _, err = temp.Write(content); err != nil {
		return err
	}
	if old != nil {
		if err = temp.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	if err = temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func writeInto(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
