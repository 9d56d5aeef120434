//go:build linux

package delivery

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/features/rig"
)

// TestSecrets looks for planted secrets in everything that converged writes, says
// and sends while much goes wrong. Every other test of this package ends with the
// same search: the messages of its failed runs, and the contents of its files,
// are full of passwords.
func TestSecrets(t *testing.T) {
	for name, give := range map[string]func(s *site){
		"key_file":    func(*site) {},
		"environment": giveByEnvironment,
		"credentials": giveByCredentials,
		"inline":      giveInline,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newUsual(t)
			give(s)
			s.goesWrong()
			s.searchCommands()
			s.searchProcess()
			s.eventually("nothing waits", func() bool { return s.waits() == 0 })
			s.stop()
			if v := s.account(); v.Kept[rig.Refused] == 0 || len(v.Lost)+len(v.Half) > 0 {
				t.Errorf("no run was refused, or one is lost: %s", v)
			}
			if tagged := s.intake.Totals().Tagged; tagged == 0 {
				t.Error("no request had an application key")
			}
		})
	}
}

// A proxy that wants a password, and is not there.
func TestSecretsOfAProxy(t *testing.T) {
	t.Parallel()
	s := newUsual(t)
	s.node.Config.Reporters[0].Proxy = "http://deploy:" + rig.PlantedInURL + "@127.0.0.1:9"
	s.start()
	several(3, s.report)
	s.says("could not be delivered")
	s.searchCommands()
	s.searchProcess()
	if s.stop(); s.waits() != 3 {
		t.Errorf("%d runs wait", s.waits())
	}
}

// Senders who bring a token, a wrong one or none, and bodies that are no report.
func TestSecretsOfTheReceiver(t *testing.T) {
	t.Parallel()
	s := newUsual(t)
	s.receives()
	s.node.Config.Receive.Token = rig.PlantedReceiver
	s.start()
	several(3, s.report)
	failed := s.ran(s.chef.Next(true))
	for _, c := range []struct {
		request rig.Request
		status  int
	}{
		{rig.FromChef(rig.PlantedReceiver, failed.ID, s.chef.Line(failed)), http.StatusCreated},
		{rig.FromChef(rig.PlantedReceiver, "", []byte(`{"message_type":"run_converge","password":"`+rig.PlantedInURL+`",`)), http.StatusCreated},
		{rig.FromChef("wrong-"+rig.PlantedInURL, "", []byte("{}")), http.StatusUnauthorized},
		{rig.FromPuppet("wrong-"+rig.PlantedInURL, []byte("{}")), http.StatusUnauthorized},
		{rig.FromPuppet(rig.PlantedReceiver, []byte("password: "+rig.PlantedInURL)), http.StatusUnprocessableEntity},
		{rig.ToFormat("salt-report", rig.PlantedReceiver, []byte(rig.PlantedReceiver)), http.StatusUnprocessableEntity},
		{rig.ToFormat(rig.PlantedReceiver, "", nil), http.StatusUnauthorized},
	} {
		status, answer, err := c.request.Send(s.listens())
		do(t, err)
		s.leaks.Search("an answer", []byte(answer))
		if status != c.status {
			t.Errorf("%s was answered %d %s", c.request.Line, status, answer)
		}
	}
	s.arrived()
	s.searchCommands()
	s.searchProcess()
	s.stop()
}

func giveInline(s *site) {
	s.node.Config.Reporters[0].APIKeyFile, s.node.Config.Reporters[0].ApplicationKeyFile = "", ""
	s.node.Config.Reporters[0].APIKey, s.node.Config.Reporters[0].ApplicationKey = rig.PlantedKey, rig.PlantedApplication
}

func giveByEnvironment(s *site) {
	s.node.Config.Reporters[0].APIKeyFile, s.node.Config.Reporters[0].ApplicationKeyFile = "", ""
	s.node.Env = []string{"DD_API_KEY=" + rig.PlantedKey, "DD_APP_KEY=" + rig.PlantedApplication}
}

// giveByCredentials is how systemd gives keys to a service.
func giveByCredentials(s *site) {
	s.node.Config.Reporters[0].APIKeyFile, s.node.Config.Reporters[0].ApplicationKeyFile = "", ""
	dir := s.node.Path("credentials")
	do(s.t, os.Mkdir(dir, 0o700))
	do(s.t, os.WriteFile(filepath.Join(dir, "dd_api_key"), []byte(rig.PlantedKey), 0o600))
	do(s.t, os.WriteFile(filepath.Join(dir, "dd_application_key"), []byte(rig.PlantedApplication), 0o600))
	s.node.Env = []string{"CREDENTIALS_DIRECTORY=" + dir}
}

// goesWrong has runs delivered, refused, held and cut off, by a server that
// repeats in its answers what it was sent.
func (s *site) goesWrong() {
	s.t.Helper()
	echo := fmt.Sprintf(`{"errors":["the key %s may not","%s"]}`, rig.PlantedKey, rig.PlantedApplication)
	s.start()
	several(3, s.report)
	several(3, s.line)
	s.arrived()
	for _, status := range []int{http.StatusForbidden, http.StatusInternalServerError, http.StatusBadRequest} {
		s.intake.Behave(rig.SeriesPath, rig.Says(status, echo))
		several(3, s.report)
		s.says(fmt.Sprint(status))
		if status == http.StatusBadRequest {
			s.eventually("there are dead letters", func() bool { return s.account().Kept[rig.Refused] > 0 })
		}
		s.intake.Behave(rig.SeriesPath, nil)
	}
	s.intake.Behave("/", rig.Once(1, rig.ResetWithin))
	several(3, s.line)
	s.kill()
	s.intake.Behave("/", nil)
	do(s.t, rig.AppendLine(s.node.Collector(), []byte(`{"message_type":"run_converge","password":"`+rig.PlantedKey+`",`)))
	s.start()
}

// searchCommands looks through what people are shown.
func (s *site) searchCommands() {
	s.t.Helper()
	for _, words := range []string{"config show", "config check", "status", "runs", "runs --undelivered", "runs -f json", "status -f json", "show " + s.all()[2].ID, "show -f json " + s.all()[2].ID} {
		out, told, exit, err := s.node.Command(strings.Fields(words)...)
		do(s.t, err)
		if exit == 2 {
			s.t.Errorf("converged %s says %s", words, told)
		}
		s.leaks.Search("the output of converged "+words, []byte(out+told))
		if out+told == "" {
			s.t.Errorf("converged %s says nothing", words)
		}
	}
}

// searchProcess looks at the arguments, which all users of a machine can see.
func (s *site) searchProcess() {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.node.PID()))
	do(s.t, err)
	s.leaks.Search("the arguments", text)
}
