package rig

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Races runs tests and returns their exit code. Where the race detector is on,
// the programs that they start write what races they find to files, whether they
// end or are killed; one such file makes the exit code 1 and is printed.
func Races(run func() int) int {
	if !Raced {
		return run()
	}
	dir, err := os.MkdirTemp("", "races-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	// Without atexit_sleep_ms every process takes a second longer to end.
	options := os.Getenv("GORACE") + " atexit_sleep_ms=0 log_path=" + filepath.Join(dir, "race")
	if err := os.Setenv("GORACE", options); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := run()
	if err := races(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// races is what the race detector has written to a folder.
func races(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "race.*"))
	for _, file := range files {
		text, failed := os.ReadFile(file)
		err = errors.Join(err, failed, fmt.Errorf("a program has a data race:\n%s", text))
	}
	return err
}
