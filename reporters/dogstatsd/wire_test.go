package dogstatsd

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/converged/converged/reporters/telemetry"
)

const tags = "|#tool:chef,env:production,role:web,role:base,status:failure"

func TestWire(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	report(t, r, failedRun())
	a.mustGet(
		"configrun.duration:0.294|g"+tags,
		"configrun.runs:1|c"+tags,
		"configrun.resource.duration:1000000|g"+tags+",resource_type:package",
		"_sc|configrun.status|2|d:1795212935|h:web-17"+tags+"|m:converge failed",
		`_e{32,57}:chef failed on web-17 after 12 s|Errno::ENOENT: No such file\nfile[/etc/motd] | line 3, é`+
			"|d:1795212935|h:web-17|k:cr-5d1c0f0e|p:normal|s:chef|t:error"+tags,
	)
	if st := r.Stats(); st.Datagrams != 1 || st.Items != 5 || len(st.Dropped) != 0 {
		t.Errorf("got %+v", st)
	}
}

func TestWireOfALateRun(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unixgram://" + path, Now: func() time.Time { return when.Add(31 * time.Second) }})
	b := failedRun()
	b.Metrics, b.Events = b.Metrics[:2], nil
	report(t, r, b)
	a.mustGet(
		"configrun.duration:0.294|g"+tags+"|T1795212935",
		"configrun.runs:1|c"+tags+"|T1795212935",
		"_sc|configrun.status|2|d:1795212935|h:web-17"+tags+"|m:converge failed",
	)
}

func TestWireOfAnotherHost(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path, Hostname: "control", Tags: []string{"team:web", "team:web"}})
	b := telemetry.Batch{
		RunID: "r1", Host: "db-3",
		Metrics:       []telemetry.Metric{{Name: "m", Kind: telemetry.Gauge, Value: 2}},
		ServiceChecks: []telemetry.ServiceCheck{{Name: "c", Status: 7, Tags: []string{"x:y"}}},
		Events:        []telemetry.Event{{Title: "t", Priority: "high", AlertType: "bad"}},
	}
	report(t, r, b)
	a.mustGet(
		"m:2|g|#host:db-3,team:web",
		"_sc|c|3|h:db-3|#team:web,x:y",
		"_e{1,1}:t|t|h:db-3|#team:web",
	)
	b.Host = "CONTROL"
	report(t, r, b)
	if got := a.lines()[0]; got != "m:2|g|#team:web" {
		t.Errorf("this machine's metric is %q", got)
	}
}

func TestWireIsClean(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	report(t, r, telemetry.Batch{
		RunID: "r1", Host: "web|17,\n", Tags: []string{" a:1|2,3\n4 ", "", "|", "bad:\xff", "é:ü"},
		Metrics: []telemetry.Metric{{Name: "9 web|17,requests:1\n", Kind: telemetry.Count, Value: 1.6}},
		ServiceChecks: []telemetry.ServiceCheck{{
			Name: "my|check,1", Message: "m:1 | m:2\r\nnext\x00\x1b[31m",
		}},
		Events: []telemetry.Event{{
			Title: "one|two,\nthree", Text: " \r\nline\rline\x07\xfe\n ", AggregationKey: "k|k,\n" + strings.Repeat("k", 200), Source: "s|\ns",
		}},
	})
	const clean = "|#a:1_2_3_4,_,bad:_,é:ü"
	a.mustGet(
		"web_17_requests_1_:2|c|#host:web_17_,a:1_2_3_4,_,bad:_,é:ü",
		`_sc|my_check_1|0|h:web_17_`+clean+`|m:m\:1 / m\:2\nnext`+"\ufffd\ufffd[31m",
		`_e{14,16}:one/two; three|line\nline`+"\ufffd\ufffd"+"|h:web_17_|k:k_k__"+strings.Repeat("k", 95)+"|s:s__s"+clean,
	)
}

func TestDropped(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	m := func(name string, kind telemetry.Kind, v float64) telemetry.Metric {
		return telemetry.Metric{Name: name, Kind: kind, Value: v}
	}
	b := telemetry.Batch{
		RunID: "r1",
		Metrics: []telemetry.Metric{
			m("nan", telemetry.Gauge, math.NaN()), m("inf", telemetry.Gauge, math.Inf(1)), m("huge", telemetry.Count, 1e300),
			m("histogram", "histogram", 1), m("", telemetry.Gauge, 1), m("123", telemetry.Gauge, 1), m("good", telemetry.Gauge, -1e21),
		},
		ServiceChecks: []telemetry.ServiceCheck{{Name: " "}},
	}
	report(t, r, b)
	a.mustGet("good:-1000000000000000000000|g")
	want := map[string]int64{droppedValue: 3, droppedKind: 1, droppedName: 3}
	if got := r.Stats().Dropped; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	report(t, r, telemetry.Batch{})
	a.mustGet()
}

func TestManyTags(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	b := failedRun()
	for i := range 1000 {
		b.Tags = append(b.Tags, fmt.Sprintf("role:role-%d", i))
	}
	b.Events[0].Text = strings.Repeat("x", 7000)
	report(t, r, b)
	lines := a.lines()
	if len(lines) != 5 {
		t.Fatalf("%d lines, want 5", len(lines))
	}
	for _, line := range lines {
		if len(line) > maxUnix || !strings.Contains(line, "role:role-99,") {
			t.Errorf("%d bytes: %.100s...", len(line), line)
		}
	}
	if n := r.Stats().Dropped[droppedTags]; n != 1 {
		t.Errorf("counted %d times", n)
	}
}

// The exception stays, and so does the end; the middle of 40 KB goes.
func TestLongEventIsCut(t *testing.T) {
	var trace strings.Builder
	trace.WriteString("Mixlib::ShellOut::ShellCommandFailed: Expected process to exit with [0], but received '1'\n")
	for i := 0; trace.Len() < 40_000; i++ {
		fmt.Fprintf(&trace, "/opt/chef/embedded/lib/ruby/gems/3.1.0/gems/chef-18.2.7/lib/chef/ré/run_action.rb:%d:in `block'\n", i)
	}
	trace.WriteString("converged show e19d7920")
	for _, network := range []string{"unixgram", "udp"} {
		address, target := "127.0.0.1:0", ""
		if network == "unixgram" {
			address = socketFile(t)
			target = "unix://" + address
		}
		a := listen(t, network, address)
		if network == "udp" {
			target = a.conn.LocalAddr().String()
		}
		r := reporter(t, Options{Address: target})
		b := failedRun()
		b.Events[0].Text = trace.String()
		report(t, r, b)
		got := a.datagrams()
		event := got[len(got)-1]
		if len(event) > 8192 || len(event) < 8000 || !utf8.ValidString(event) {
			t.Fatalf("%s: the event has %d bytes", network, len(event))
		}
		var title, text int
		if _, err := fmt.Sscanf(event, "_e{%d,%d}:", &title, &text); err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(event, "}:")
		if body[title] != '|' || !strings.HasPrefix(body[title+1+text:], "|d:1795212935|h:web-17|") {
			t.Errorf("%s: the lengths do not match: %.200s", network, body)
		}
		body = body[title+1 : title+1+text]
		if !strings.HasPrefix(body, "Mixlib::ShellOut::ShellCommandFailed: Expected process") || !strings.HasSuffix(body, `\nconverged show e19d7920`) {
			t.Errorf("%s: %.100s ... %s", network, body, body[len(body)-100:])
		}
		var left int
		_, mark, _ := strings.Cut(body, `\n... `)
		if _, err := fmt.Sscanf(mark, "%d bytes left out ...", &left); err != nil {
			t.Fatal(err)
		}
		kept := strings.ReplaceAll(strings.Replace(body, fmt.Sprintf(`\n... %d bytes left out ...\n`, left), "", 1), `\n`, "\n")
		if len(kept)+left != trace.Len() {
			t.Errorf("%s: says that %d bytes of %d are left out, and keeps %d", network, left, trace.Len(), len(kept))
		}
		small := 0
		for _, d := range got[:len(got)-1] {
			small = max(small, len(d))
		}
		if network == "udp" && small > 1432 {
			t.Errorf("a datagram of several items has %d bytes", small)
		}
	}
}

func TestPacking(t *testing.T) {
	a := listen(t, "udp", "127.0.0.1:0")
	r := reporter(t, Options{Address: "udp://" + a.conn.LocalAddr().String()})
	b := telemetry.Batch{RunID: "r1"}
	var want []string
	for i := range 100 {
		name := fmt.Sprintf("metric.number%03d", i)
		b.Metrics = append(b.Metrics, telemetry.Metric{Name: name, Kind: telemetry.Gauge, Value: 1})
		want = append(want, name+":1|g")
	}
	report(t, r, b)
	got := a.datagrams()
	if len(got) != 2 || len(got[0]) > 1432 || len(got[0])+len(got[1][:21]) <= 1432 {
		t.Errorf("%d datagrams, the first of %d bytes", len(got), len(got[0]))
	}
	if all := strings.Split(strings.Join(got, "\n"), "\n"); !slices.Equal(all, want) {
		t.Errorf("got %v", all)
	}
}

// The environment tells of the daemon, not of the runs that it reports.
func TestTheEnvironmentAddsNoTags(t *testing.T) {
	for name, value := range map[string]string{
		"DD_ENV": "stag|ing,x:y\n", "DD_SERVICE": "converged", "DD_VERSION": "1", "DD_ENTITY_ID": "pod-1",
		"DD_CARDINALITY": "high", "DD_EXTERNAL_ENV": "it-false,cn-x", "DD_ORIGIN_DETECTION_ENABLED": "true",
	} {
		t.Setenv(name, value)
	}
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	b := failedRun()
	report(t, r, b)
	b.Tags, b.Metrics, b.ServiceChecks[0].Message = nil, b.Metrics[1:2], ""
	b.Events[0].Text = "|#env:staging,"
	report(t, r, b)
	a.mustGet(
		"configrun.duration:0.294|g"+tags,
		"configrun.runs:1|c"+tags,
		"configrun.resource.duration:1000000|g"+tags+",resource_type:package",
		"_sc|configrun.status|2|d:1795212935|h:web-17"+tags+"|m:converge failed",
		`_e{32,57}:chef failed on web-17 after 12 s|Errno::ENOENT: No such file\nfile[/etc/motd] | line 3, é`+
			"|d:1795212935|h:web-17|k:cr-5d1c0f0e|p:normal|s:chef|t:error"+tags,
		"configrun.runs:1|c",
		"_sc|configrun.status|2|d:1795212935|h:web-17",
		"_e{32,14}:chef failed on web-17 after 12 s||#env:staging,|d:1795212935|h:web-17|k:cr-5d1c0f0e|p:normal|s:chef|t:error",
	)
}
