package features

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cucumber/godog"

	"github.com/converged/converged/features/rig"
)

func registerReceive(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the daemon receives reports with the token "([^"]*)"$`, w.startReceiving)
	sc.Step(`^Chef sends the messages of "([^"]+)" with the token "([^"]*)"$`, w.chefSends)
	sc.Step(`^Puppet posts the report "([^"]+)" with the token "([^"]*)"$`, w.puppetPosts)
	sc.Step(`^someone posts "([^"]+)" as "([^"]+)" with the token "([^"]*)"$`, func(text, format, token string) error {
		return w.send(rig.ToFormat(format, token, []byte(text)))
	})
	sc.Step(`^soon "converged status" says "(.+)"$`, w.statusSays)
	sc.Step(`^each was answered ([0-9]+(?: or [0-9]+)*)$`, w.answered)
}

func (w *world) startReceiving(token string) error {
	config := fmt.Sprintf(`state_dir: %[1]s/state
receive: {listen: ["127.0.0.1:0"], token: %[2]q}
sources:
  - {format: chef-report, path: %[1]s/reports}
  - {format: chef-collector, path: %[1]s/collector.json}
reporters:
  - {type: dogstatsd, address: 'unix://%[3]s'}
`, w.dir, token, w.socket())
	if err := errors.Join(os.Mkdir(w.path("reports"), 0o755), os.WriteFile(w.path("converged.yaml"), []byte(config), 0o600)); err != nil {
		return err
	}
	return w.startDaemon()
}

// listening is how the daemon says where it takes reports.
var listening = regexp.MustCompile(`msg="receiving reports" address=(\S+)`)

// receiver is where the daemon that runs takes reports, such as http://127.0.0.1:7342.
func (w *world) receiver() (string, error) {
	var said []string
	err := eventually("the daemon says where it listens", func() bool {
		said = listening.FindStringSubmatch(w.daemon.stderr.String())
		return said != nil
	})
	if err != nil {
		return "", err
	}
	return said[1], nil
}

// send sends a request to the daemon that runs, and keeps how it was answered.
func (w *world) send(r rig.Request) error {
	address, err := w.receiver()
	if err != nil {
		return err
	}
	status, answer, err := r.Send(address)
	w.answers = append(w.answers, fmt.Sprintf("%d %s", status, answer))
	return err
}

func (w *world) chefSends(sample, token string) error {
	w.answers = nil
	text, err := os.ReadFile(filepath.Join(w.samples, "chef", sample, "collector.json"))
	if err != nil {
		return err
	}
	for line := range bytes.Lines(text) {
		if err := w.send(rig.FromChef(token, "", bytes.TrimRight(line, "\n"))); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) puppetPosts(sample, token string) error {
	text, err := os.ReadFile(filepath.Join(w.samples, "puppet", sample, "report.yaml"))
	if err != nil {
		return err
	}
	return w.send(rig.FromPuppet(token, text))
}

// statusSays waits for what the daemon writes down at most once a second.
func (w *world) statusSays(text string) error {
	var fault error
	err := eventually("the status says "+text, func() bool {
		fault = w.run("converged", "status", "--config", "converged.yaml")
		return fault != nil || strings.Contains(w.stdout, text)
	})
	return errors.Join(fault, err)
}

// answered wants every request since the last of Chef's to have had one of these answers.
func (w *world) answered(statuses string) error {
	wanted := strings.Split(statuses, " or ")
	for _, answer := range w.answers {
		status, _, _ := strings.Cut(answer, " ")
		if _, err := strconv.Atoi(status); err != nil || !slices.Contains(wanted, status) {
			return fmt.Errorf("the answers are %q", w.answers)
		}
	}
	if len(w.answers) == 0 {
		return errors.New("nothing was sent")
	}
	return nil
}
