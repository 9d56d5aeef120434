//go:build race

package rig

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The races of a program count, also when it is killed.
func TestARaceOfAProgramFailsTheTests(t *testing.T) {
	t.Setenv("GORACE", os.Getenv("GORACE")) // is put back
	program := filepath.Join(t.TempDir(), "racy")
	if err := compile(".", nil, "-o", program, "testdata/racy/main.go"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		run  func() int
		want int
	}{
		"a race":                {func() int { untilItRaced(t, program); return 0 }, 1},
		"a test that fails":     {func() int { return 2 }, 2},
		"nothing is the matter": {func() int { return 0 }, 0},
	} {
		if got := Races(c.run); got != c.want {
			t.Errorf("%s: %d, expected %d", name, got, c.want)
		}
	}
}

// untilItRaced kills a program as soon as it has said something.
func untilItRaced(t *testing.T, program string) {
	t.Helper()
	cmd := exec.Command(program)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Error(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}
