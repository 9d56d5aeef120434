package features

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cucumber/godog"

	"github.com/converged/converged/features/rig"
)

const apiKey = "0123456789abcdef0123456789abcdef"

func registerLedger(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^Datadog's API listens$`, w.apiListens)
	sc.Step(`^Datadog's API answers (\d+)$`, func(code int) error { w.api.Behave("/", rig.Status(code)); return nil })
	sc.Step(`^Datadog's API answers events with (\d+)$`, func(code int) error {
		w.api.Behave(rig.EventsPath, rig.Status(code))
		return nil
	})
	sc.Step(`^Datadog's API is well again$`, func() error {
		w.api.Behave("/", nil)
		w.api.Behave(rig.EventsPath, nil)
		return nil
	})
	sc.Step(`^the daemon watches Chef's reports and tells Datadog's API$`, func() error {
		return w.watchAndTell(fmt.Sprintf("{type: datadog, name: dd, url: '%s', api_key_file: %s}", w.api.URL, w.path("key")))
	})
	sc.Step(`^a run (succeeds|fails)$`, func(how string) error {
		run := w.chef.Next(how == "fails")
		return rig.WriteReport(w.path("reports"), run, w.chef.Report(run))
	})
	sc.Step(`^"([^"]+)" soon prints "([^"]+)"$`, func(line, text string) error {
		what := func() string { return w.stdout + w.stderr }
		err := eventually(line+" prints "+text, func() bool {
			return w.run(strings.Fields(line)...) == nil && strings.Contains(w.stdout, text)
		})
		if err != nil {
			return fmt.Errorf("%w; it prints:\n%s", err, what())
		}
		return nil
	})
	sc.Step(`^standard output does not contain "(.+)"$`, func(text string) error {
		if w.streamContains("output", text) == nil {
			return errors.New("it does: " + w.stdout)
		}
		return nil
	})
	sc.Step(`^standard output has (\d+) lines?$`, func(n int) error {
		if got := strings.Count(w.stdout, "\n"); got != n {
			return fmt.Errorf("it has %d:\n%s", got, w.stdout)
		}
		return nil
	})
	sc.Step(`^the ledger is damaged in the middle and at its end$`, w.damageLedger)
	sc.After(func(ctx context.Context, _ *godog.Scenario, _ error) (context.Context, error) {
		if w.api != nil {
			return ctx, w.api.Close()
		}
		return ctx, nil
	})
}

func (w *world) apiListens() error {
	api, err := rig.StartIntake(rig.IntakeOptions{APIKey: apiKey})
	w.api = api
	return err
}

// watchAndTell starts a daemon with one reporter, and Chef beside it.
func (w *world) watchAndTell(reporter string) error {
	chef, err := rig.NewChef(filepath.Join(w.samples, "chef"), 1)
	if err != nil {
		return err
	}
	w.chef = chef
	if err := os.WriteFile(w.path("key"), []byte(apiKey+"\n"), 0o600); err != nil {
		return err
	}
	config := fmt.Sprintf("state_dir: %[1]s/state\nsources:\n  - {format: chef-report, path: %[1]s/reports}\nreporters:\n  - %[2]s\n", w.dir, reporter)
	if err := os.Mkdir(w.path("reports"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(w.path("converged.yaml"), []byte(config), 0o600); err != nil {
		return err
	}
	return w.startDaemon()
}

// damageLedger makes zero bytes of the second line and cuts the last one.
func (w *world) damageLedger() error {
	files, err := filepath.Glob(w.path("state/ledger/*.log"))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("the ledger is %v: %w", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	head, rest, _ := strings.Cut(string(text), "\n")
	var seen, spooled, sent string // whoever sends does not wait for whoever spools
	for line := range strings.Lines(rest) {
		switch {
		case strings.Contains(line, `"step":"seen"`):
			seen = line
		case strings.Contains(line, `"step":"spooled"`):
			spooled = line
		case strings.Contains(line, `"step":"sent"`):
			sent = line
		}
	}
	if seen == "" || spooled == "" || sent == "" {
		return fmt.Errorf("the ledger holds %s", text)
	}
	hit := head + "\n" + strings.Repeat("\x00", len(seen)) + spooled + sent[:len(sent)-30]
	return os.WriteFile(files[0], []byte(hit), 0o600)
}
