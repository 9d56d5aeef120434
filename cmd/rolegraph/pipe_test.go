//go:build unix

package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no file, a pipe or a device, is written into and stays what it is.
func TestWriteIntoPipe(t *testing.T) {
	roles, out := sample(t)
	pipe := filepath.Join(out, "pipe.svg")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // does not wait for a writer
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	received := make(chan string, 1)
	go func() {
		head := make([]byte, 4)
		_, _ = io.ReadFull(reader, head)
		received <- string(head)
	}()
	if code, _, stderr := rolegraph(t, "render", roles, "-o", pipe); code != 0 {
		t.Fatal(stderr)
	}
	if head := <-received; head != "<svg" {
		t.Errorf("the pipe's reader got %q", head)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe became %v, %v", info.Mode(), err)
	}
}

func TestWriteIntoFullDevice(t *testing.T) {
	if err := writeInto("/dev/full", []byte("x")); err == nil || !strings.Contains(err.Error(), "no space") && !os.IsNotExist(err) {
		t.Errorf("a full device took a byte: %v", err)
	}
}
