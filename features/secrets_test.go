package features

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"

	"github.com/converged/converged/features/rig"
)

func registerSecrets(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^Chef leaves the report of a (failure|success) that holds passwords$`, w.chefLeavesSecrets)
	sc.Step(`^the data collector writes of a failure that holds passwords$`, w.collectorWritesSecrets)
	sc.Step(`^no password is found in what was written and sent$`, w.noSecrets)
}

func (w *world) chefLeavesSecrets(outcome string) error {
	r, chef, err := w.invented(outcome == "failure")
	if err != nil {
		return err
	}
	return w.writeAsChef(bytes.TrimRight(chef.Report(r), "\n"))
}

func (w *world) collectorWritesSecrets() error {
	r, chef, err := w.invented(true)
	if err != nil {
		return err
	}
	return rig.AppendLine(w.path("collector.json"), chef.Line(r))
}

// invented is a run of the rig's, which plants passwords in its reports.
func (w *world) invented(failed bool) (rig.Run, *rig.Chef, error) {
	w.dropped++
	chef, err := rig.NewChef(filepath.Join(w.samples, "chef"), int64(w.dropped))
	if err != nil {
		return rig.Run{}, nil, err
	}
	return chef.Next(failed), chef, nil
}

// noSecrets searches what the daemon has written, said and sent, and what the
// last command has said. Every scenario ends with it.
func (w *world) noSecrets() error {
	var leaks rig.Leaks
	if err := leaks.SearchFiles(w.path("state")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if w.daemon != nil {
		leaks.Search("what the daemon said", []byte(w.daemon.stderr.String()))
	}
	if w.agent != nil {
		leaks.Search("a datagram", []byte(strings.Join(w.agent.lines, "\n")))
	}
	leaks.Search("standard output", []byte(w.stdout))
	leaks.Search("standard error", []byte(w.stderr))
	if found, _ := leaks.Found(); len(found) > 0 {
		return fmt.Errorf("secrets got out:\n%s", strings.Join(found, "\n"))
	}
	return nil
}
