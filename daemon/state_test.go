package daemon

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestAStateDirectoryOfOthersIsRefused(t *testing.T) {
	user := os.Geteuid()
	for name, c := range map[string]struct {
		mode fs.FileMode
		user int
		want string
	}{
		"private":          {0o700, user, ""},
		"readable":         {0o755, user, ""},
		"a group writes":   {0o770, user, "mode 0770), who would decide what is sent; run: chmod go-w "},
		"everybody writes": {0o777, user, "run: chmod go-w "},
		"others write":     {0o702, user, "run: chmod go-w "},
		"of root":          {0o700, 4711, ""},
		"of somebody else": {0o700, user + 1, "belongs to user "},
	} {
		t.Run(name, func(t *testing.T) {
			for _, inside := range []string{"", "spool", "spool/datadog/pending"} {
				state := filepath.Join(t.TempDir(), "state")
				dir := filepath.Join(state, inside)
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(dir, c.mode); err != nil {
					t.Fatal(err)
				}
				if name == "of somebody else" && user == 0 { // what is root's own may be used
					if c.user = 0; os.Chown(dir, 4711, 4711) != nil {
						t.Skip("root may not give directories away here")
					}
				} else if name == "of root" && user != 0 {
					t.Skip("only root can make a directory of root's")
				}
				lock, err := claim(state, c.user)
				if c.want == "" && err == nil {
					_ = lock.Close()
					continue
				}
				if c.want == "" || !errors.Is(err, ErrStateDir) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) {
					t.Errorf("the error is %v, want one with %q", err, c.want)
				}
			}
		})
	}
}

func TestAStateDirectoryIsMadePrivate(t *testing.T) {
	c := Config{StateDir: filepath.Join(t.TempDir(), "a", "b"), file: "converged.yaml"}
	lock, err := c.claimState()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if info, err := os.Stat(c.StateDir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("it is %v, %v", info.Mode(), err)
	}
}

func TestTheSecondDaemonIsToldWhoTheFirstIs(t *testing.T) {
	c := Config{StateDir: filepath.Join(t.TempDir(), "state"), file: "converged.yaml"}
	lock, err := c.claimState()
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.claimState()
	for _, word := range []string{"converged.yaml: state_dir: ", "process " + strconv.Itoa(os.Getpid())} {
		if !errors.Is(err, ErrStateDir) || !strings.Contains(err.Error(), word) {
			t.Errorf("the error is %v, want one with %q", err, word)
		}
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	lock, err = c.claimState()
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	_ = lock.Close()
}

func TestAStateDirectoryThatCannotBeMadeNamesItsKey(t *testing.T) {
	c := Config{StateDir: filepath.Join(write(t, "a file"), "state"), file: "converged.yaml"}
	if _, err := c.claimState(); !errors.Is(err, ErrStateDir) || !strings.Contains(err.Error(), "converged.yaml: state_dir: ") {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatIsKeptIsPrivate(t *testing.T) {
	h := newHome(t)
	r := newRecorder(true)
	stop := h.start(slog.New(slog.DiscardHandler), Output{Name: "away", Reporter: r})
	h.leave(sample(t, "18-updated/report.json"))
	<-r.asked
	stop()
	files := 0
	err := filepath.WalkDir(h.config.StateDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has the mode %04o, want %04o", path, info.Mode().Perm(), want)
		}
		files++
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files and directories, %v", files, err)
	}
}

func TestRunsOfAReporterThatIsGoneAreTold(t *testing.T) {
	h := newHome(t)
	r := newRecorder(true)
	stop := h.start(slog.New(slog.DiscardHandler), Output{Name: "old", Reporter: r})
	h.leave(sample(t, "18-updated/report.json"))
	<-r.asked
	stop()
	var said bytes.Buffer
	h.start(slog.New(slog.NewTextHandler(&said, nil)), Output{Name: "new", Reporter: newRecorder(true)})()
	if !strings.Contains(said.String(), "runs wait for a reporter that is not configured") || !strings.Contains(said.String(), "reporter=old runs=1") {
		t.Errorf("it says %s", said.String())
	}
}
