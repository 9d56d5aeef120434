// Package features runs the scenarios of this folder against the programs that
// ship, as a user would: a terminal, files, sockets and signals.
package features

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/cucumber/godog"

	"github.com/converged/converged/features/rig"
)

// built is the folder of both programs.
var built func() (string, error)

func TestMain(m *testing.M) {
	bin, err := os.MkdirTemp("", "features-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built = sync.OnceValues(func() (string, error) { return bin, rig.Programs("..", bin) })
	code := rig.Races(m.Run)
	_ = os.RemoveAll(bin)
	os.Exit(code)
}

func TestFeatures(t *testing.T) { runScenarios(t, ".", "~@puppet") }

// runScenarios runs those that stand under path and have the tags.
func runScenarios(t *testing.T, path, tags string) {
	t.Helper()
	bin := build(t)
	samples, err := filepath.Abs(filepath.Join("..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	suite := godog.TestSuite{
		ScenarioInitializer: func(sc *godog.ScenarioContext) { register(sc, bin, samples) },
		Options:             &godog.Options{Format: "progress", Paths: []string{path}, Tags: tags, TestingT: t, Strict: true},
	}
	if suite.Run() != 0 {
		t.Fatal("a scenario failed")
	}
}

// build makes both programs from the source as it stands, once for all tests.
func build(t *testing.T) string {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// world is what one scenario touches: a folder of its own, what the last
// command printed, an Agent and a daemon.
type world struct {
	bin, samples, dir string
	stdout, stderr    string
	exit              int
	agent             *agent
	daemon            *daemon
	limits            string // more options of the reporter
	background        *background
	dropped           int
	answers           []string // to what was sent over HTTP
	api               *rig.Intake
	chef              *rig.Chef
	env               []string // of commands, beside this process's own
}

func register(sc *godog.ScenarioContext, bin, samples string) {
	w := &world{bin: bin, samples: samples}
	sc.Before(func(ctx context.Context, _ *godog.Scenario) (context.Context, error) {
		dir, err := os.MkdirTemp("", "feature-")
		if err != nil {
			return ctx, err
		}
		*w = world{bin: bin, samples: samples, dir: dir}
		return ctx, nil
	})
	sc.After(func(ctx context.Context, _ *godog.Scenario, failure error) (context.Context, error) {
		if w.daemon != nil {
			w.daemon.kill()
			if failure != nil {
				fmt.Fprintf(os.Stderr, "the daemon said:\n%s\n", w.daemon.stderr.String())
			}
		}
		if w.background != nil {
			w.background.kill()
		}
		if w.agent != nil {
			w.agent.close()
		}
		return ctx, errors.Join(w.noSecrets(), os.RemoveAll(w.dir))
	})
	registerCommands(sc, w)
	registerPictures(sc, w)
	registerDaemon(sc, w)
	registerAnsible(sc, w)
	registerPuppet(sc, w)
	registerDiscover(sc, w)
	registerAgent(sc, w)
	registerConfig(sc, w)
	registerSecrets(sc, w)
	registerLedger(sc, w)
	registerReceive(sc, w)
	registerLost(sc, w)
	registerBackground(sc, w)
}

// path is a file of the scenario's folder.
func (w *world) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }
