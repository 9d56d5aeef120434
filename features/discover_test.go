package features

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"
)

func registerDiscover(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the node has the file "([^"]+)":$`, func(name string, text *godog.DocString) error {
		if err := w.isRoot(); err != nil {
			return err
		}
		return w.file(name, &godog.DocString{Content: strings.ReplaceAll(text.Content, "DIR", w.dir)})
	})
	sc.Step(`^the output is saved as "([^"]+)" with a state directory of its own$`, func(name string) error {
		return os.WriteFile(w.path(name), []byte("state_dir: "+w.path("state")+"\n"+w.stdout), 0o600)
	})
	sc.Step(`^the sample "([^"]+)" is left as "([^"]+)"$`, w.sampleIsLeft)
	sc.Step(`^the Agent received the metric "([^"]+)" tagged "([^"]+)" in the end$`, func(name, tag string) error {
		return w.agent.wait(name+":", tag)
	})
}

// isRoot makes the scenario's folder the root of a node: below it, its own path
// leads to itself.
func (w *world) isRoot() error {
	within := filepath.Join(w.dir, w.dir)
	if _, err := os.Lstat(within); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(within), 0o755); err != nil {
		return err
	}
	return os.Symlink("/", within)
}

// sampleIsLeft renames a copy into place.
func (w *world) sampleIsLeft(sample, name string) error {
	text, err := os.ReadFile(filepath.Join(w.samples, filepath.FromSlash(sample)))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(w.path("sample.new"), text, 0o644); err != nil {
		return err
	}
	return os.Rename(w.path("sample.new"), w.path(name))
}
