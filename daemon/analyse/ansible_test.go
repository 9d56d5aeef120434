package analyse

import (
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// played is a host's run of a playbook.
func played() report.Run {
	return report.Run{
		ID: "a/web1", Tool: report.Ansible, Phase: report.Finished, Status: report.Failure, Host: "web1",
		Playbook: "Site.yml", Roles: []string{"web"}, Duration: new(2.5),
		Resources: report.Counts{
			Total: new(20), Updated: new(3), Failed: new(2), Skipped: new(4), Ignored: new(5), Rescued: new(6), Unreachable: new(1),
		},
	}
}

func nativesOf(r report.Run) map[string]telemetry.Metric {
	all := map[string]telemetry.Metric{}
	for _, m := range nativeMetrics(r) {
		all[m.Name] = m
	}
	return all
}

func TestNativeNamesOfAnsible(t *testing.T) {
	got := nativesOf(played())
	for name, want := range map[string]float64{
		"ansible.task.ok": 8, "ansible.task.failures": 1, "ansible.task.unreachable": 1, "ansible.task.changed": 3,
		"ansible.task.skipped": 4, "ansible.task.rescued": 6, "ansible.task.ignored": 5, "ansible.elapsed_time": 2.5,
	} {
		if m, ok := got[name]; !ok || m.Value != want || m.Kind != telemetry.Gauge {
			t.Errorf("%s is %+v, want %v", name, m, want)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d metrics: %v", len(got), got)
	}
}

func TestCheckModeChangesWhatItWouldChange(t *testing.T) {
	r := played()
	r.Noop, r.Resources.Updated, r.Resources.Pending = new(true), new(0), new(3)
	if m := nativesOf(r)["ansible.task.changed"]; m.Value != 3 || !slices.Equal(m.Tags, []string{"noop:true"}) {
		t.Errorf("%+v", m)
	}
}

func TestCountsThatAreNotToldAreNotSent(t *testing.T) {
	r := played()
	r.Resources.Rescued, r.Resources.Unreachable = nil, nil
	got := nativesOf(r)
	for _, name := range []string{"ansible.task.ok", "ansible.task.failures", "ansible.task.unreachable", "ansible.task.rescued"} {
		if m, ok := got[name]; ok {
			t.Errorf("%+v was made up", m)
		}
	}
	if len(got) != 4 {
		t.Errorf("%v", got)
	}
}

func TestAPlaybookIsATagAndNoHostTag(t *testing.T) {
	b := batchOf(t, played(), Options{})
	if !slices.Contains(b.Tags, "playbook:site.yml") || b.HostTags != nil {
		t.Errorf("tags %q, host tags %v", b.Tags, b.HostTags)
	}
}

func TestLocalhostIsThisMachine(t *testing.T) {
	for name, want := range map[string]string{"localhost": "here", "127.0.0.1": "here", "::1": "here", "web1": "web1", "localhost2": "localhost2"} {
		r := played()
		r.Host = name
		if b := batchOf(t, r, Options{FallbackHost: "here"}); b.Host != want {
			t.Errorf("%s is %s", name, b.Host)
		}
		if b := batchOf(t, r, Options{}); b.Host != name {
			t.Errorf("%s without a name of this machine is %s", name, b.Host)
		}
	}
}

func TestEventsNameThePlaybookAndWhatWasNotReached(t *testing.T) {
	r := played()
	r.Failure = &report.Problem{Message: "no route to host", Phase: report.Setup}
	e := batchOf(t, r, Options{}).Events[0]
	if e.Title != "ansible failed on web1 after 2 s: unreachable" || !strings.Contains(e.Text, "of ansible, playbook Site.yml.") {
		t.Errorf("%q\n%s", e.Title, e.Text)
	}
	r.Failure.Phase = report.Converge // it was reached, and then a task failed
	if e := batchOf(t, r, Options{}).Events[0]; e.Title != "ansible failed on web1 after 2 s" {
		t.Errorf("%q", e.Title)
	}
}
