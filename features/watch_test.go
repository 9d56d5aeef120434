package features

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

// background is a command that runs on until it is interrupted.
type background struct {
	cmd   *exec.Cmd
	lines chan string // of its standard output
}

func registerBackground(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^"(.+)" is running$`, func(line string) error { return w.startBackground(strings.Fields(line)...) })
	sc.Step(`^it says "([^"]+)"$`, w.backgroundSays)
	sc.Step(`^I interrupt it$`, w.interruptBackground)
}

func (w *world) startBackground(words ...string) error {
	cmd := exec.Command(filepath.Join(w.bin, words[0]), words[1:]...)
	cmd.Dir = w.dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	w.background = &background{cmd: cmd, lines: make(chan string, 1000)}
	go w.background.read(out)
	return cmd.Start()
}

func (b *background) read(out io.Reader) {
	defer close(b.lines)
	for s := bufio.NewScanner(out); s.Scan(); {
		b.lines <- s.Text()
	}
}

// backgroundSays waits for a line that it has not said before.
func (w *world) backgroundSays(text string) error {
	late := time.After(time.Minute)
	for {
		select {
		case line, ok := <-w.background.lines:
			if !ok {
				return errors.New("it ended")
			}
			if strings.Contains(line, text) {
				return nil
			}
		case <-late:
			return fmt.Errorf("it does not say %q", text)
		}
	}
}

func (w *world) interruptBackground() error {
	if err := w.background.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	for range w.background.lines { // until it closes its output
	}
	err := w.background.cmd.Wait()
	w.exit = w.background.cmd.ProcessState.ExitCode()
	w.background = nil
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		return nil
	}
	return err
}

func (b *background) kill() {
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}
