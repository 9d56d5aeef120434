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

func TestASuccessOfPuppetSaysWhetherAnythingChanged(t *testing.T) {
	for _, c := range []struct {
		run      report.Run
		title    string
		priority telemetry.Priority
	}{
		{report.Run{Tool: report.Puppet, Resources: report.Counts{Updated: new(3)}}, "puppet changed resources on h", telemetry.Normal},
		{report.Run{Tool: report.Puppet, Resources: report.Counts{Updated: new(0)}}, "puppet changed nothing on h", telemetry.Low},
		{report.Run{Tool: report.Puppet}, "puppet succeeded on h", telemetry.Low},
		{report.Run{Tool: report.Chef, Resources: report.Counts{Updated: new(3)}}, "chef succeeded on h", telemetry.Low},
	} {
		c.run.Host, c.run.Status = "h", report.Success
		b, _ := Batch(c.run, Options{SuccessEvents: true})
		if len(b.Events) != 1 || b.Events[0].Title != c.title || b.Events[0].Priority != c.priority {
			t.Errorf("%+v", b.Events)
		}
	}
}

func TestAnExecIsNotToldByItsCommandLine(t *testing.T) {
	for title, want := range map[string]string{
		"Exec[migrate the database]":             "Exec[migrate the database]",
		"Exec[concat_/etc/motd]":                 "Exec[concat_/etc/motd]",
		"Exec[/usr/bin/true]":                    "Exec[/usr/bin/true]",
		"Exec[apt update - daily]":               "Exec[apt update - daily]",
		"Exec[/usr/bin/mysql CANARY]":            "Exec[/usr/bin/mysql [arguments withheld]]",
		"Exec[mysql -u root -pCANARY]":           "Exec[mysql [arguments withheld]]",
		"Exec[curl --user me:CANARY http://x]":   "Exec[curl [arguments withheld]]",
		"Exec[TOKEN=CANARY deploy]":              "Exec[[command withheld]]",
		"Exec[echo CANARY | passwd]":             "Exec[echo [arguments withheld]]",
		"Exec[/bin/sh -c '\nexit 1 # CANARY\n']": "Exec[/bin/sh [arguments withheld]]",
		"Exec[set -e\ncurl CANARY]":              "Exec[set [arguments withheld]]",
		"File[/srv/a -b]":                        "File[/srv/a -b]",
		"execute[curl --fail http://x]":          "execute[curl --fail http://x]",
	} {
		if got := label(title); got != want {
			t.Errorf("%s: %s, not %s", title, got, want)
		}
	}
}
