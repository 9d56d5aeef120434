// Package rig is real things for tests that prove what happens to a run: the
// program that ships as a process of its own, reports written as their tools
// write them, receivers on real sockets, and the account of every run.
package rig

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Build makes converged in dir from the module at root, with build tags if any
// are given, and returns the program's path. See Programs for the race detector.
func Build(root, dir string, tags ...string) (string, error) {
	program := filepath.Join(dir, strings.Join(append([]string{"converged"}, tags...), "-"))
	return program, compile(root, []string{"cmd", "daemon", "parsers", "reporters"},
		"-tags", strings.Join(tags, ","), "-o", program, "./cmd/converged")
}

// Programs makes both programs in dir, from the module at root, each under its
// own name. Those of a test under the race detector are under it, too; see Races.
func Programs(root, dir string) error {
	return compile(root, []string{"cmd", "daemon", "graph", "parsers", "reporters"},
		"-o", dir+string(filepath.Separator), "./cmd/converged", "./cmd/rolegraph")
}

// compile has the go tool build what args say, from the folders of source.
func compile(root string, sources []string, args ...string) error {
	// The go tool reuses a result while the files that a test looks at stay the
	// same; it does not see those that the compiler reads.
	for _, source := range sources {
		err := filepath.WalkDir(filepath.Join(root, source), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			return err
		}
	}
	cmd := exec.Command("go", append([]string{"build", "-race=" + strconv.FormatBool(Raced)}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if Raced {
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return nil
}
