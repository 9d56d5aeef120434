package ansible

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// What people see in the reports of real runs, in both formats.

func TestRunsThatChangedThings(t *testing.T) {
	updated := map[string][2]int{"stdout.json": {6, 1}, "stdout.jsonl": {2, 0}}
	for input := range formats {
		runs := hosts(t, "changed", input)
		if len(runs) != 2 {
			t.Fatalf("%s: %d hosts", input, len(runs))
		}
		for i, host := range []string{"web1", "web2"} {
			run := runs[host]
			if run.Status != report.Success || run.Phase != report.Finished || run.Failure != nil || run.Noop != nil {
				t.Errorf("%s: %+v", input, run)
			}
			if n := *run.Resources.Updated; n != updated[input][i] || *run.Resources.Failed != 0 || *run.Resources.Skipped != 1 {
				t.Errorf("%s: %s updated %d", input, host, n)
			}
			if run.Playbook != "changed.yml" || !reflect.DeepEqual(run.Roles, []string{"web"}) || *run.Resources.Total != len(run.ResourceList) {
				t.Errorf("%s: %s of %v", input, run.Playbook, run.Roles)
			}
			if run.ResourceList[0].Duration != nil {
				t.Error("a task of two hosts has a duration of its own")
			}
		}
		if plays := runs["web1"].Plays; !reflect.DeepEqual(plays, []string{"Configure web", "Second play héllo"}) || len(runs["web2"].Plays) != 1 {
			t.Errorf("%s: %q", input, plays)
		}
	}
}

func TestIgnoredAndRescuedFailuresAreNone(t *testing.T) {
	for input := range formats {
		runs := hosts(t, "failed-mixed", input)
		good, bad := runs["web2"], runs["web1"]
		if good.Status != report.Success || good.Failure != nil || *good.Resources.Failed != 0 || *good.Resources.Ignored != 4 || *good.Resources.Rescued != 1 {
			t.Errorf("%s: %+v", input, good)
		}
		if bad.Status != report.Failure || *bad.Resources.Failed != 1 || *bad.Resources.Total != 8 {
			t.Errorf("%s: %+v", input, bad)
		}
		want := report.Problem{Resource: "ansible.builtin.shell[final failure]", Message: "non-zero return code\nTraceback (most recent call last): fake app error",
			File: "/etc/ansible/pb/failed.yml", Line: 28, Phase: report.Converge}
		if !reflect.DeepEqual(*bad.Failure, want) {
			t.Errorf("%s: %+v", input, *bad.Failure)
		}
	}
}

func TestTheExceptionOfAModuleIsTheBacktrace(t *testing.T) {
	for input := range formats {
		run := hosts(t, "module-traceback", input)["web1"]
		p := run.Failure
		if p.Class != "RuntimeError" || p.Backtrace[0] != "Traceback (most recent call last):" ||
			!strings.HasPrefix(p.Backtrace[len(p.Backtrace)-1], "RuntimeError: ") || !strings.HasPrefix(p.Message, "MODULE FAILURE") {
			t.Errorf("%s: %+v", input, p)
		}
		if p.File != "/etc/ansible/pb/module_traceback.yml" || p.Line != 5 || p.Resource != "crashy[module crash]" {
			t.Errorf("%s: %+v", input, p)
		}
		if d := run.ResourceList[0].Duration; d == nil || *d <= 0 || *d > *run.Duration {
			t.Errorf("%s: the task of the only host took %v", input, d)
		}
	}
}

func TestAHostThatIsNotReached(t *testing.T) {
	for input := range formats {
		runs := hosts(t, "unreachable", input)
		dead := runs["deadhost"]
		if dead.Status != report.Failure || dead.Failure.Phase != report.Setup || *dead.Resources.Unreachable != 1 || *dead.Resources.Failed != 1 ||
			!strings.Contains(dead.Failure.Message, "Connection refused") {
			t.Errorf("%s: %+v", input, dead)
		}
		if runs["web1"].Status != report.Success || *runs["web1"].Resources.Total != 2 {
			t.Errorf("%s: %+v", input, runs["web1"])
		}
	}
}

// TestRealSecretsStayInTheReport looks for arguments, output and facts of real runs.
func TestRealSecretsStayInTheReport(t *testing.T) {
	secrets := map[string][]string{
		"failed-mixed": {"LEAK123", "to stdout", "exit 7", "bad 2"},
		"changed":      {"ansible_facts", "echo out", "b652360b0632ca0f81fbcbad647a5761d4a68b53", "192.0.2.2", "sleep"},
	}
	for name, words := range secrets {
		for input := range formats {
			source := string(parsetest.Read(t, filepath.Join(cases, name, input)))
			told := string(parsetest.Read(t, filepath.Join(cases, name, "run."+input)))
			for _, word := range words {
				if !strings.Contains(source, word) || strings.Contains(told, word) {
					t.Errorf("%s/%s: %q is not in the report, or in the run", name, input, word)
				}
			}
		}
	}
}
