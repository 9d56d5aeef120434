//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Who interrupts the command does not leave its Graphviz computing behind.
func TestAnInterruptEndsTheEngine(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			roles, out := sample(t)
			bin, started := t.TempDir(), filepath.Join(out, "started")
			if err := syscall.Mkfifo(started, 0o600); err != nil {
				t.Skip(err)
			}
			script := fmt.Sprintf("#!/bin/sh\necho $$ >%q\nexec sleep 3600\n", started)
			if err := os.WriteFile(filepath.Join(bin, "neato"), []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
			engine := make(chan int, 1)
			go func() {
				pid := 0
				if f, err := os.Open(started); err == nil { // waits for the script
					_, _ = fmt.Fscan(f, &pid)
					_ = f.Close()
				}
				engine <- pid
				_ = syscall.Kill(os.Getpid(), signal)
			}()
			picture := filepath.Join(out, "roles.svg")
			code, _, stderr := rolegraph(t, "render", roles, "--layout", "neato", "-o", picture)
			if code == 0 {
				t.Error("it says that all is well")
			}
			if pid := <-engine; pid == 0 || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
				t.Errorf("the engine, process %d, still runs; %s", pid, stderr)
			}
			if _, err := os.Stat(picture); err == nil {
				t.Error("there is a picture")
			}
		})
	}
}
