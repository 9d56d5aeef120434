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

func TestPuppetsOwnNames(t *testing.T) {
	run := report.Run{Tool: report.Puppet, Status: report.Success, Noop: new(true), Figures: []report.Figure{
		{Category: "resources", Name: "failed_to_restart", Value: 2},
		{Category: "time", Name: "Concat File", Value: 0.5},
		{Category: "events", Name: "é|x", Value: 1},
		{Category: "time", Name: "nan", Value: math.NaN()},
		{Category: "time", Name: strings.Repeat("x", 200), Value: 1},
	}}
	want := []string{
		"puppet.failed_to_restart.resources gauge 2 noop:true",
		"puppet.concat_file.time gauge 0.5second noop:true",
		"puppet.__x.events gauge 1 noop:true",
	}
	if got := points(metrics(run, Options{Naming: Native})); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := points(metrics(run, Options{Naming: Unified})); len(got) != 1 {
		t.Errorf("%q", got)
	}
	run.Tool = report.Chef
	for _, name := range points(metrics(run, Options{Naming: Native})) {
		if strings.HasPrefix(name, "puppet.") {
			t.Errorf("of Chef: %s", name)
		}
	}
}

func TestFiguresAreBounded(t *testing.T) {
	run := report.Run{Tool: report.Puppet}
	for i := range 5000 {
		run.Figures = append(run.Figures, report.Figure{Category: "time", Name: fmt.Sprint("type", i), Value: 1})
	}
	if n := len(metrics(run, Options{Naming: Native})); n != maxFigures {
		t.Errorf("%d metrics", n)
	}
}

func TestAnEarlierCatalogIsAWarning(t *testing.T) {
	run := report.Run{Tool: report.Puppet, Host: "h", Status: report.Success, CachedCatalog: new(true),
		Failure: &report.Problem{Message: "no such class", File: "/site.pp", Line: 4, Phase: report.Compile}}
	b, _ := Batch(run, Options{})
	c := b.ServiceChecks[0]
	if c.Status != telemetry.Warn || !strings.Contains(c.Message, "no such class") {
		t.Errorf("%+v", c)
	}
	if len(b.Events) != 1 || b.Events[0].AlertType != telemetry.Warning || !strings.Contains(b.Events[0].Text, "/site.pp:4") ||
		b.Events[0].Title != "puppet applied an earlier catalog on h" {
		t.Errorf("%+v", b.Events)
	}
	run.CachedCatalog = new(false)
	run.Failure = nil
	if b, _ := Batch(run, Options{}); len(b.Events) != 0 || b.ServiceChecks[0].Status != telemetry.OK {
		t.Errorf("%+v", b)
	}
	run.Status, run.CachedCatalog = report.Failure, new(true)
	if b, _ := Batch(run, Options{}); b.Events[0].AlertType != telemetry.Error || b.ServiceChecks[0].Status != telemetry.Critical {
		t.Errorf("%+v", b.Events)
	}
}
