package features

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/cucumber/godog"
)

func registerConfig(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the environment has "([^"]+)"$`, func(pair string) error { w.env = append(w.env, pair); return nil })
	sc.Step(`^nowhere is "([^"]+)"$`, func(text string) error {
		if strings.Contains(w.stdout+w.stderr, text) {
			return fmt.Errorf("it is in:\n%s%s", w.stdout, w.stderr)
		}
		return nil
	})
	sc.Step(`^the output is saved as "([^"]+)"$`, func(name string) error {
		return os.WriteFile(w.path(name), []byte(w.stdout), 0o600)
	})
	sc.Step(`^standard error names the daemon's process$`, func() error {
		return w.streamContains("error", fmt.Sprintf("process %d\n", w.daemon.cmd.Process.Pid))
	})
	sc.Step(`^the folder "([^"]+)" is opened to everybody$`, func(name string) error { return os.Chmod(w.path(name), 0o777) })
	sc.Step(`^"([^"]+)" becomes "([^"]+)" in "([^"]+)"$`, w.replaceIn)
}

func (w *world) replaceIn(from, to, name string) error {
	text, err := os.ReadFile(w.path(name))
	if err != nil {
		return err
	}
	if !bytes.Contains(text, []byte(from)) {
		return fmt.Errorf("%s is:\n%s", name, text)
	}
	return os.WriteFile(w.path(name), bytes.ReplaceAll(text, []byte(from), []byte(to)), 0o600)
}
