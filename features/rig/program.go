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
	"strings"
)

// Build makes converged in dir from the module at root, with build tags if any
// are given, and returns the program's path.
func Build(root, dir string, tags ...string) (string, error) {
	// The go tool reuses a result while the files that a test looks at stay the
	// same; it does not see those that the compiler reads.
	for _, source := range []string{"cmd", "daemon", "parsers", "reporters"} {
		err := filepath.WalkDir(filepath.Join(root, source), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			return "", err
		}
	}
	program := filepath.Join(dir, strings.Join(append([]string{"converged"}, tags...), "-"))
	cmd := exec.Command("go", "build", "-tags", strings.Join(tags, ","), "-o", program, "./cmd/converged")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building converged: %w\n%s", err, out)
	}
	return program, nil
}
