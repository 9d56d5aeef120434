package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// floors are the least that could be done with a file, beside which our figures
// are read: every byte read and looked at once, what the standard library takes to
// say whether it is JSON, and what a disk takes until small files are safe on it.
var floors = map[string]func(path string) error{"scan": scanLines, "valid": validJSON, "durable": writeDurably}

// scanLines reads a file and looks for the ends of its lines.
func scanLines(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	for buf := make([]byte, 128<<10); ; {
		n, err := f.Read(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		bytes.Count(buf[:n], []byte("\n"))
	}
}

// validJSON asks of each JSON value of a file whether it is one.
func validJSON(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	dec := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for {
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}

// durableFiles is how many files writeDurably writes, each of about the size of a
// batch in the spool.
const durableFiles = 100

// writeDurably writes files to a new folder in dir, whole or not at all: what is
// written down before a report is let go.
func writeDurably(dir string) error {
	dir, err := os.MkdirTemp(dir, "")
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }() // only synced
	for i := range durableFiles {
		path := filepath.Join(dir, strconv.Itoa(i))
		f, err := os.Create(path + ".new")
		if err != nil {
			return err
		}
		_, err = f.Write(make([]byte, 4096))
		if err := errors.Join(err, f.Sync(), f.Close(), os.Rename(path+".new", path), d.Sync()); err != nil {
			return err
		}
	}
	return nil
}

// durable is what one file of writeDurably takes of the processor.
func (b *bench) durable() (each time.Duration, err error) {
	dir, err := os.MkdirTemp(b.dir, "durable-")
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	c, err := median(3, self, "-floor", "durable", dir)
	return c.cpu / (repeats * durableFiles), err
}

// asFloor is the process that beside starts: it does one of floors with a file, so
// often that it can be measured.
func asFloor(how, path string) error {
	work, ok := floors[how]
	if !ok {
		return fmt.Errorf("-floor %q: not known", how)
	}
	for range repeats {
		if err := work(path); err != nil {
			return err
		}
	}
	return nil
}

const repeats = 10

// beside adds floors of a file to the table.
func (b *bench) beside(name, path string, hows ...string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	idle, err := median(3, self, "-floor", "scan", os.DevNull)
	if err != nil {
		return err
	}
	for _, how := range hows {
		c, err := median(3, self, "-floor", how, path)
		if err != nil {
			return err
		}
		b.add(name+": floor, "+how, "", "%.0f MB/s by CPU time", perSecond(repeats*info.Size(), max(c.cpu-idle.cpu, time.Microsecond)))
	}
	return nil
}
