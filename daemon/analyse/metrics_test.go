package analyse

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// points are the metrics, one a line, as a reader would write them.
func points(list []telemetry.Metric) []string {
	all := make([]string, 0, len(list))
	for _, m := range list {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %v%s %s", m.Name, m.Kind, m.Value, m.Unit, strings.Join(m.Tags, ","))))
	}
	return all
}

func TestMetrics(t *testing.T) {
	full := report.Run{
		Tool: report.Chef, Status: report.Failure, Duration: new(2.5),
		Resources: report.Counts{Total: new(6), Updated: new(5), Failed: new(4), Skipped: new(3), Corrective: new(2), Pending: new(1)},
	}
	for name, c := range map[string]struct {
		run  report.Run
		o    Options
		want string
	}{
		"all that is known": {full, Options{Naming: Unified}, `
			configrun.runs count 1 status:failure
			configrun.duration gauge 2.5second status:failure
			configrun.resources.total gauge 6 status:failure
			configrun.resources.updated gauge 5 status:failure
			configrun.resources.failed gauge 4 status:failure
			configrun.resources.skipped gauge 3 status:failure
			configrun.resources.corrective gauge 2 status:failure
			configrun.resources.pending gauge 1 status:failure`},
		"chef's own names": {full, Options{Naming: Native}, `
			chef.run.success count 0
			chef.run.failure count 1
			chef.resources.total gauge 6
			chef.resources.updated gauge 5
			chef.resources.elapsed_time gauge 2.5second`},
		"nothing known": {report.Run{Tool: report.Chef}, Options{Prefix: "cm."}, `
			cm.runs count 1 status:unknown`},
		"zero is known": {report.Run{Tool: report.Chef, Status: report.Success, Duration: new(0.0), Resources: report.Counts{Total: new(0)}}, Options{}, `
			configrun.runs count 1 status:success
			configrun.duration gauge 0second status:success
			configrun.resources.total gauge 0 status:success
			chef.run.success count 1
			chef.run.failure count 0
			chef.resources.total gauge 0
			chef.resources.elapsed_time gauge 0second`},
		"noop": {report.Run{Tool: report.Chef, Status: report.Success, Noop: new(true)}, Options{}, `
			configrun.runs count 1 status:success,noop:true
			chef.run.success count 1 noop:true
			chef.run.failure count 0 noop:true`},
		"a tool without names of its own": {report.Run{Tool: report.Salt, Status: report.Success}, Options{}, `
			configrun.runs count 1 status:success`},
		"not finite, not positive": {report.Run{Status: report.Success, Duration: new(math.NaN()), Resources: report.Counts{Total: new(-3)}}, Options{}, `
			configrun.runs count 1 status:success`},
	} {
		got := points(metrics(c.run, c.o))
		want := strings.Split(strings.ReplaceAll(strings.TrimSpace(c.want), "\t", ""), "\n")
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, want)
		}
	}
}

func TestSlowestTypes(t *testing.T) {
	list := []report.Resource{
		{Type: "file", Duration: new(1.0)}, {Type: "file", Duration: new(1.5)},
		{Type: "package", Duration: new(8.9)}, {Type: "package", Duration: new(0.1)}, {Type: "package", Duration: new(1e-9)},
		{Type: "Apt Repository!", Duration: new(2.5)},
		{Type: "apt_repository_", Duration: new(1.0)},
		{Type: "log", Duration: new(0.0)}, {Type: "service"},
		{Type: "template", Duration: new(-1.0)}, {Type: "user", Duration: new(math.Inf(1))},
		{Type: "", Duration: new(5.0)},
	}
	all := []string{"resource_type:package 9", "resource_type:apt_repository_ 3.5", "resource_type:file 2.5"}
	for n, want := range map[int][]string{0: all, 2: all[:2], -1: nil, 99: all} {
		var got []string
		for _, d := range slowestTypes(list, n) {
			got = append(got, fmt.Sprint(d.tag, " ", d.seconds))
		}
		if !slices.Equal(got, want) {
			t.Errorf("top %d: got %q, want %q", n, got, want)
		}
	}
	many := make([]report.Resource, 0, 50)
	for i := range 50 {
		many = append(many, report.Resource{Type: fmt.Sprint("t", i), Duration: new(1.0)})
	}
	if got := len(slowestTypes(many, 0)); got != 10 {
		t.Errorf("%d types by default, want 10", got)
	}
}
