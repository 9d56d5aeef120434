package watch

import (
	"io/fs"
	"os"
)

// fileID tells files apart while both exist. A number is used again after its
// file is gone.
type fileID struct {
	Dev uint64 `json:"dev,omitempty"`
	Ino uint64 `json:"ino,omitempty"`
}

// regular opens a regular file for reading, never waiting for a pipe's other end.
func regular(path string) (*os.File, fs.FileInfo, error) {
	f, err := os.OpenFile(path, readOnly, 0)
	if err != nil {
		return nil, nil, err
	}
	fi, err := f.Stat()
	if err == nil && !fi.Mode().IsRegular() {
		err = &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, fi, nil
}
