//go:build linux

// Package delivery proves what happens to a run between the report that its tool
// leaves behind and the receiver that acknowledges it: the program that ships is
// killed, starved, lied to and cut off, and afterwards every run is accounted for.
package delivery

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/converged/converged/features/rig"
)

// root is the module's.
var root = filepath.Join("..", "..")

// programs are the programs that ship and those with fault points, built once.
var programs struct {
	plain, faulted func() (string, error)
}

func TestMain(m *testing.M) {
	if os.Getenv(traceAfter) != "" {
		trace(os.Args[1:])
	}
	dir, err := os.MkdirTemp("", "delivery-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs.plain = sync.OnceValues(func() (string, error) { return rig.Build(root, dir) })
	programs.faulted = sync.OnceValues(func() (string, error) { return rig.Build(root, dir, "faults") })
	code := rig.Races(m.Run)
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unable ends a test whose means this machine does not have. Where CI is set a
// test that cannot run is a failure.
func unable(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
