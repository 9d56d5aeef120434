package analyse

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

func TestAFailureNotifiesWhomTheOperatorNames(t *testing.T) {
	o := Options{Notify: []string{"@ops-pager", "@a.b@example.org"}}
	const end = "\n\nAlerting: @ops-pager @a.b@example.org"
	long := converge()
	long.Backtrace, long.Message = frames(500), strings.Repeat("it broke, said @everybody\n", 5000)
	wide := failed(long)
	for range 100 {
		wide.Roles = append(wide.Roles, strings.Repeat("r", len(wide.Roles)))
	}
	for name, r := range map[string]report.Run{"short": failed(compile()), "long": failed(long), "many tags": wide, "unknown": failed(report.Problem{})} {
		text := batchOf(t, r, o).Events[0].Text
		if !strings.HasSuffix(text, end) || utf8.RuneCountInString(text) > maxText {
			t.Errorf("%s: %d characters that end in %q", name, utf8.RuneCountInString(text), text[max(0, len(text)-80):])
		}
		if strings.Contains(strings.ReplaceAll(text, "(@)everybody", ""), "@everybody") {
			t.Errorf("%s: somebody whom nobody named is notified", name)
		}
	}
}

func TestASuccessNotifiesNobody(t *testing.T) {
	b := batchOf(t, succeeded(), Options{SuccessEvents: true, Notify: []string{"@ops-pager"}})
	if strings.Contains(b.Events[0].Text, "ops-pager") {
		t.Errorf("the text is %q", b.Events[0].Text)
	}
}

func TestTheHostCanBeTheInstance(t *testing.T) {
	r := succeeded()
	r.EC2InstanceID = "i-0abc"
	for want, o := range map[string]Options{"web-01": {}, "i-0abc": {EC2Host: true}, "named": {EC2Host: true, Host: "named"}} {
		if b := batchOf(t, r, o); b.Host != want {
			t.Errorf("the host is %q, want %q", b.Host, want)
		}
	}
	r.EC2InstanceID = ""
	if b := batchOf(t, r, Options{EC2Host: true}); b.Host != "web-01" {
		t.Errorf("without an instance the host is %q", b.Host)
	}
}
