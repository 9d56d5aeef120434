package features

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/cucumber/godog"
)

func registerCommands(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^(?:the|an) (?:role )?file "([^"]+)":$`, w.file)
	sc.Step(`^an empty folder "([^"]+)"$`, func(name string) error { return os.MkdirAll(w.path(name), 0o755) })
	sc.Step(`^the folder "([^"]+)" is a git repository$`, w.gitRepository)
	sc.Step(`^I run "(.+)"$`, func(line string) error {
		return w.run(strings.Fields(strings.ReplaceAll(line, "SAMPLES", w.samples))...)
	})
	sc.Step(`^I pipe into "(.+)":$`, func(line string, text *godog.DocString) error {
		return w.pipe(strings.NewReader(text.Content+"\n"), strings.Fields(line)...)
	})
	sc.Step(`^I pipe what git says has changed into "(.+)"$`, w.pipeChanges)
	sc.Step(`^the file "([^"]+)" is deleted$`, func(name string) error { return os.Remove(w.path(name)) })
	sc.Step(`^I inspect the report "([^"]+)"$`, func(sample string) error { return w.run("converged", "inspect", w.sample(sample)) })
	sc.Step(`^I send the report "([^"]+)" to the Agent$`, func(sample string) error {
		return w.run("converged", "send", "--dogstatsd", "unix://"+w.socket(), w.sample(sample))
	})
	sc.Step(`^it exits with (\d+)$`, w.exitsWith)
	sc.Step(`^standard (output|error) contains "(.+)"$`, w.streamContains)
	sc.Step(`^standard output matches "(.+)"$`, w.outputMatches)
	sc.Step(`^standard output is one JSON document$`, w.outputIsJSON)
	sc.Step(`^there is no file "([^"]+)"$`, w.noFile)
	sc.Step(`^"([^"]+)" contains "(.+)"$`, w.fileContains)
}

func (w *world) file(name string, text *godog.DocString) error {
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o755); err != nil {
		return err
	}
	content := text.Content
	if content != "" {
		content += "\n"
	}
	return os.WriteFile(w.path(name), []byte(content), 0o644)
}

// gitRepository commits what the folder holds.
func (w *world) gitRepository(name string) error {
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=n", "-c", "user.email=n@localhost", "commit", "-q", "-m", "first"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = w.path(name)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}

// sample is the file of a real Chef report.
func (w *world) sample(name string) string {
	return filepath.Join(w.samples, "chef", name, "report.json")
}

// pipeChanges gives a command the paths that differ from what is committed.
func (w *world) pipeChanges(line string) error {
	cmd := exec.Command("git", "diff", "--name-only", "HEAD")
	cmd.Dir = w.dir
	changed, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("git diff: %w", err)
	}
	return w.pipe(bytes.NewReader(changed), strings.Fields(line)...)
}

func (w *world) run(words ...string) error { return w.pipe(nil, words...) }

func (w *world) pipe(stdin io.Reader, words ...string) error {
	cmd := exec.Command(filepath.Join(w.bin, words[0]), words[1:]...)
	cmd.Dir = w.dir
	cmd.Env = append(withoutAccounts(os.Environ()), w.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	err := cmd.Run()
	w.stdout, w.stderr, w.exit = stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		return err
	}
	if strings.Contains(w.stderr, "goroutine ") {
		return fmt.Errorf("it panicked: %s", w.stderr)
	}
	return nil
}

// withoutAccounts is an environment without what names an account of Datadog.
func withoutAccounts(env []string) []string {
	return slices.DeleteFunc(env, func(pair string) bool {
		return strings.HasPrefix(pair, "DD_") || strings.HasPrefix(pair, "CREDENTIALS_DIRECTORY=")
	})
}

func (w *world) exitsWith(code int) error {
	if w.exit != code {
		return fmt.Errorf("it exited with %d; standard output:\n%s\nstandard error:\n%s", w.exit, w.stdout, w.stderr)
	}
	return nil
}

func (w *world) streamContains(stream, text string) error {
	printed := w.stdout
	if stream == "error" {
		printed = w.stderr
	}
	if !strings.Contains(printed, text) {
		return fmt.Errorf("standard %s is:\n%s", stream, printed)
	}
	return nil
}

func (w *world) outputMatches(pattern string) error {
	if ok, err := regexp.MatchString(pattern, w.stdout); err != nil || !ok {
		return fmt.Errorf("standard output is %q (%w)", w.stdout, err)
	}
	return nil
}

func (w *world) outputIsJSON() error {
	d := json.NewDecoder(strings.NewReader(w.stdout))
	var document map[string]any
	if err := d.Decode(&document); err != nil {
		return fmt.Errorf("%w in:\n%s", err, w.stdout)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("more follows the document: %w", err)
	}
	return nil
}

func (w *world) noFile(name string) error {
	if _, err := os.Stat(w.path(name)); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is there (%w)", name, err)
	}
	return nil
}

func (w *world) fileContains(name, text string) error {
	content, err := os.ReadFile(w.path(name))
	if err != nil {
		return err
	}
	if !bytes.Contains(content, []byte(text)) {
		return fmt.Errorf("%s is:\n%s", name, content)
	}
	return nil
}
