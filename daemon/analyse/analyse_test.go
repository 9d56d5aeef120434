package analyse

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

var update = flag.Bool("update", false, "write the golden files anew")

func batchOf(t testing.TB, r report.Run, o Options) telemetry.Batch {
	t.Helper()
	b, ok := Batch(r, o)
	if !ok {
		t.Fatalf("no batch for run %s", r.ID)
	}
	return b
}

func encode(t testing.TB, b telemetry.Batch) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(b); err != nil {
		t.Fatalf("encoding the batch: %v", err)
	}
	return out.String()
}

func TestGolden(t *testing.T) {
	noop := succeeded()
	noop.Tool, noop.Noop, noop.Resources.Pending = report.Puppet, new(true), new(4)
	policy := succeeded()
	policy.PolicyName, policy.PolicyGroup, policy.Roles = "appserver", "canary", []string{}
	for name, c := range map[string]struct {
		run report.Run
		o   Options
	}{
		"success":          {policy, Options{SuccessEvents: true, Origin: "/var/chef/reports/run 1.json", Tags: []string{"team:web"}}},
		"converge_failure": {failed(converge()), Options{Origin: "/var/log/chef/data-collector.json"}},
		"compile_failure":  {failed(compile()), Options{Naming: Unified}},
		"setup_failure":    {unreachable(), Options{FallbackHost: "web-01.example.com", Naming: Native}},
		"noop":             {noop, Options{Prefix: "cm", ScopePrefix: "cm_"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := encode(t, batchOf(t, c.run, c.o))
			golden := filepath.Join("testdata", name+".json")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

func TestStartedRunHasNoBatch(t *testing.T) {
	b, ok := Batch(report.Run{ID: "a", Tool: report.Chef, Phase: report.Started}, Options{})
	if ok || b.RunID != "" {
		t.Errorf("got %v, %+v", ok, b)
	}
}

func TestHost(t *testing.T) {
	for _, c := range []struct{ option, report, fallback, want string }{
		{"", "web-01", "here", "web-01"},
		{"mine", "web-01", "here", "mine"},
		{"", "", "here", "here"},
		{"", "", "", ""},
		{"", "a b|c\nd,e#f@g\x00", "", "a_b_c_d_e_f_g_"},
		{"", strings.Repeat("x", 300), "", strings.Repeat("x", 255)},
	} {
		got := host(report.Run{Host: c.report}, Options{Host: c.option, FallbackHost: c.fallback})
		if got != c.want {
			t.Errorf("host(%q, %q, %q) = %q, want %q", c.option, c.report, c.fallback, got, c.want)
		}
	}
}

func TestMoment(t *testing.T) {
	east := time.FixedZone("", 7200)
	arrived := began.Add(time.Hour)
	for name, c := range map[string]struct {
		run  report.Run
		want time.Time
	}{
		"end":                {report.Run{End: report.Time{Time: began.In(east)}}, began},
		"start and duration": {report.Run{Start: report.At(began), Duration: new(2.5)}, began.Add(2500 * time.Millisecond)},
		"start alone":        {report.Run{Start: report.At(began)}, began},
		"neither":            {report.Run{}, arrived},
		"beyond JSON":        {report.Run{End: report.At(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))}, arrived},
	} {
		if got := moment(c.run, Options{Arrived: arrived.In(east)}); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestEvents(t *testing.T) {
	for name, c := range map[string]struct {
		run  report.Run
		o    Options
		want []telemetry.AlertType
	}{
		"success":                {succeeded(), Options{}, nil},
		"success, asked for":     {succeeded(), Options{SuccessEvents: true}, []telemetry.AlertType{telemetry.Good}},
		"failure":                {failed(compile()), Options{}, []telemetry.AlertType{telemetry.Error}},
		"failure without reason": {report.Run{Status: report.Failure}, Options{}, []telemetry.AlertType{telemetry.Error}},
		"unknown":                {report.Run{}, Options{SuccessEvents: true}, nil},
	} {
		var got []telemetry.AlertType
		for _, e := range batchOf(t, c.run, c.o).Events {
			got = append(got, e.AlertType)
			if e.Text == "" || e.Title == "" {
				t.Errorf("%s: an event without title or text: %+v", name, e)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestFailureTextTellsEverythingInOrder(t *testing.T) {
	p := converge()
	p.Backtrace = append(frames(300), own)
	e := batchOf(t, failed(p), Options{Origin: "/r/a b.json"}).Events[0]
	if want := "chef failed on web-01 after 12 s: Mixlib::ShellOut::ShellCommandFailed"; e.Title != want {
		t.Errorf("title %q, want %q", e.Title, want)
	}
	rest := e.Text
	for _, want := range []string{
		"Mixlib::ShellOut::ShellCommandFailed: execute[mysql -u root -p[redacted] -e 'select 1'] (deploy::default line 4) had an error: ",
		"---- Begin output of [command] ----\nSTDOUT: out\nSTDERR: ERROR 1045 (28000): Access denied",
		"Ran [command] returned 42\n",
		"Failed resource: execute[mysql -u root -p[redacted] -e 'select 1'] at /var/chef/cache/cookbooks/deploy/recipes/default.rb:4\n",
		"In your code: " + own + "\n",
		"Updated 2 of 3 resources; failed in converge.\n",
		"Stack trace:\n" + gems,
		" frames left out ...\n",
		own + "\n",
		"- package[nginx] (web, web/recipes/default.rb:1)\n- file[/srv/app/motd] (base)\n",
		"Run e19d7920-5d84-4a4c-8dfb-000000000001 of chef 18.10.107. Its report in full: converged inspect '/r/a b.json'",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q is missing, or out of order, in\n%s", want, e.Text)
		}
		rest = after
	}
}

func TestWithheldMessages(t *testing.T) {
	p := converge()
	p.Message = "a unique sentence"
	b := batchOf(t, failed(p), Options{WithholdMessages: true})
	if all := encode(t, b); strings.Contains(all, "unique") {
		t.Errorf("the message left the node:\n%s", all)
	}
	for _, want := range []string{p.Class + ": (message withheld)", own[:10], "Stack trace:"} {
		if !strings.Contains(b.Events[0].Text, want) {
			t.Errorf("%q is missing in\n%s", want, b.Events[0].Text)
		}
	}
}

func TestServiceCheck(t *testing.T) {
	noop := func(pending int) report.Run {
		r := succeeded()
		r.Noop, r.Resources.Pending = new(true), new(pending)
		return r
	}
	notNoop := noop(3)
	notNoop.Noop = new(false)
	for name, c := range map[string]struct {
		run    report.Run
		status telemetry.CheckStatus
		says   string
	}{
		"success":        {succeeded(), telemetry.OK, "^$"},
		"failure":        {failed(compile()), telemetry.Critical, "^NoMethodError: undefined method"},
		"unknown":        {report.Run{}, telemetry.Unknown, "does not tell"},
		"noop, pending":  {noop(3), telemetry.Warn, "3 resources would change"},
		"noop, settled":  {noop(0), telemetry.OK, "^$"},
		"pending, no op": {notNoop, telemetry.OK, "^$"},
	} {
		got := batchOf(t, c.run, Options{}).ServiceChecks
		if len(got) != 1 || got[0].Name != "configrun.status" || got[0].Status != c.status ||
			!regexp.MustCompile(c.says).MatchString(got[0].Message) || len(got[0].Tags) != 0 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestDeterminism(t *testing.T) {
	r := failed(converge())
	for i := range 200 {
		r.ResourceList = append(r.ResourceList, report.Resource{Type: "type" + string(rune('a'+i%26)), Name: "x", Duration: new(1.0)})
	}
	first := encode(t, batchOf(t, r, Options{}))
	for range 20 {
		if again := encode(t, batchOf(t, r, Options{})); again != first {
			t.Fatalf("got %s\nthen %s", first, again)
		}
	}
}
