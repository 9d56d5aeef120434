package analyse

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// datagram is the event as DogStatsD writes it.
func datagram(b telemetry.Batch, e telemetry.Event) string {
	escape := strings.NewReplacer("\n", `\n`).Replace
	title, text := escape(e.Title), escape(e.Text)
	return fmt.Sprintf("_e{%d,%d}:%s|%s|d:%d|h:%s|k:%s|p:%s|s:%s|t:%s|#%s", len(title), len(text), title, text,
		b.Timestamp.Unix(), b.Host, e.AggregationKey, e.Priority, e.Source, e.AlertType, strings.Join(append(b.Tags, e.Tags...), ","))
}

// within fails the test unless b keeps every limit of every receiver.
func within(t testing.TB, b telemetry.Batch) {
	t.Helper()
	wrong := func(format string, args ...any) { t.Helper(); t.Errorf(format, args...) }
	if _, err := json.Marshal(b); err != nil {
		wrong("the batch has no JSON: %v", err)
	}
	if len(b.Host) > 255 || strings.ContainsAny(b.Host, "|,#@\n ") || !utf8.ValidString(b.Host) {
		wrong("host %q", b.Host)
	}
	all := b.Tags
	for _, m := range b.Metrics {
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) || m.Value < 0 || m.Kind == telemetry.Count && m.Value != math.Trunc(m.Value) {
			wrong("metric %+v", m)
		}
		all = append(all, m.Tags...)
	}
	if len(b.Tags) > 100 {
		wrong("%d tags", len(b.Tags))
	}
	for _, e := range b.Events {
		eventWithin(t, b, e)
		all = append(all, e.Tags...)
	}
	for _, tag := range all {
		if tag == "" || utf8.RuneCountInString(tag) > 200 || !utf8.ValidString(tag) || strings.ContainsAny(tag, "|,@ \n") {
			wrong("tag %q", tag)
		}
	}
	for _, c := range b.ServiceChecks {
		if utf8.RuneCountInString(c.Message) > 500 || strings.Contains(c.Message, "\n") || !harmlessText(c.Message) {
			wrong("check message %q", c.Message)
		}
	}
}

func eventWithin(t testing.TB, b telemetry.Batch, e telemetry.Event) {
	t.Helper()
	switch {
	case e.Text == "" || utf8.RuneCountInString(e.Text) > 4000 || !harmlessText(e.Text):
		t.Errorf("text of %d characters: %q", utf8.RuneCountInString(e.Text), e.Text)
	case e.Title == "" || utf8.RuneCountInString(e.Title) > 120 || !harmlessText(e.Title) || strings.ContainsAny(e.Title, "|\n"):
		t.Errorf("title %q", e.Title)
	case e.AggregationKey == "" || len(e.AggregationKey) > 100:
		t.Errorf("aggregation key %q", e.AggregationKey)
	}
	// What the client adds of its own: origin, container, external data.
	if n := len(datagram(b, e)); n > 8192-400 {
		t.Errorf("a datagram of %d bytes", n)
	}
}

// harmlessText says whether s notifies nobody, formats nothing and can be shown.
func harmlessText(s string) bool {
	if !utf8.ValidString(s) || strings.Contains(s, "%%%") {
		return false
	}
	before := ' '
	for i, c := range s {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return false
		}
		if before == '@' && (i < 2 || !wordly(lastBefore(s[:i-1]))) && mentionable(s[i]) {
			return false
		}
		before = c
	}
	return true
}

func lastBefore(s string) rune {
	c, _ := utf8.DecodeLastRuneInString(s)
	return c
}

func hostile() report.Run {
	const bad = "\x00\x1b[31m@here %%% |a,b\n\xff\u202e 'q' \"d\" {{#is_alert}}"
	wide := strings.Repeat("\U0001F4A5", 3000)
	r := failed(report.Problem{
		Class: bad + wide, Message: bad + wide, Resource: "execute[" + bad + wide + "]", File: bad + wide, Line: math.MaxInt,
		Phase: report.Step(bad), Backtrace: []string{bad + "/cookbooks/" + wide, wide, bad},
	})
	r.ID, r.Tool, r.ToolVersion = bad+wide, report.Tool(bad+wide), wide
	r.Host, r.Environment, r.PolicyName, r.PolicyGroup = bad+wide, bad, wide, bad
	for i := range 500 {
		r.Roles = append(r.Roles, fmt.Sprintf("%d%s", i, wide))
		r.Tags = append(r.Tags, fmt.Sprintf("%d%s", i, bad))
	}
	r.Duration = new(math.Inf(1))
	r.Resources = report.Counts{Total: new(-1), Updated: new(math.MaxInt)}
	r.ResourceList = []report.Resource{
		{Type: bad, Name: bad, Status: report.Updated, Duration: new(math.NaN()), Cookbook: bad, File: bad},
		{Type: wide, Name: wide, Status: report.Updated, Duration: new(math.MaxFloat64), Cookbook: wide, File: wide, Line: 3},
		{Type: wide, Name: wide, Status: report.Updated, Duration: new(math.MaxFloat64)},
		{Type: strings.Repeat("x", 3000), Duration: new(1.0)},
	}
	return r
}

func TestLimits(t *testing.T) {
	deep := compile()
	deep.Backtrace = frames(500)
	busy := succeeded()
	for i := range 2000 {
		busy.ResourceList = append(busy.ResourceList, report.Resource{
			Type: fmt.Sprintf("type_%d", i%40), Name: fmt.Sprintf("/srv/app/f%d", i), Status: report.Updated, Duration: new(float64(i)),
		})
	}
	chatty := converge()
	chatty.Message += strings.Repeat("\nlast words", 10000)
	for name, r := range map[string]report.Run{
		"success": succeeded(), "converge failure": failed(converge()), "compile failure": failed(compile()), "setup failure": unreachable(),
		"500 frames": failed(deep), "2,000 updated": busy, "long message": failed(chatty), "hostile": hostile(), "empty": {}, "bare failure": {Status: report.Failure},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, batchOf(t, r, Options{SuccessEvents: true, Tags: []string{"a|b, c", "", " "}, FallbackHost: "x y"}))
		})
	}
}

func TestLongTraceLosesItsMiddle(t *testing.T) {
	p := compile()
	p.Backtrace = append(append(frames(500), own), "/usr/bin/chef-client:25:in `<main>'")
	text := batchOf(t, failed(p), Options{}).Events[0].Text
	for _, want := range []string{":0:in", ":1:in", " frames left out ...\n", own + "\n/usr/bin/chef-client:25:in `<main>'\n", "Run e19d7920"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if n := utf8.RuneCountInString(text); n < 3800 {
		t.Errorf("%d characters where 4,000 have room", n)
	}
}

func TestSecretsNeverLeave(t *testing.T) {
	const secret = "password=CANARY1 token: 'CANARY2' https://u:CANARY3@h/ \x1b[1m--api-key CANARY4 "
	r := failed(report.Problem{
		Class: secret, Message: "execute[" + secret + "] (a::b line 1) had an error: " + secret + "\n" +
			"---- Begin output of CANARY5\nCANARY6 ----\nSTDOUT: " + secret + "\n---- End output of CANARY5\nCANARY6 ----\nRan CANARY5\nCANARY6 returned 1",
		Backtrace: []string{"/cookbooks/" + secret, secret}, Resource: "execute[" + secret + "]", File: secret,
	})
	r.ToolVersion = secret
	r.ResourceList = []report.Resource{{Type: "execute", Name: secret, Status: report.Updated, Cookbook: secret, File: secret, Message: "CANARY7"}}
	all := encode(t, batchOf(t, r, Options{Origin: secret})) + encode(t, Unparsable(secret, fmt.Errorf("line 1: %q", secret), began, Options{Origin: secret}))
	if _, after, found := strings.Cut(all, "CANARY"); found {
		t.Errorf("CANARY%.1s left the node:\n%s", after, all)
	}
}
