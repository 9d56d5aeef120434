package analyse

import (
	"errors"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// planted are secrets that must not survive behind any text.
var planted = []string{
	"\npassword=CANARY1", "\n\"api_key\": \"CANARY2\"", "\nhttps://user:CANARY3@host/", "\n--token CANARY4", "\nAuthorization: Bearer CANARY5",
}

func noneLeft(t *testing.T, in, out string) {
	t.Helper()
	if _, after, found := strings.Cut(out, "CANARY"); found {
		t.Errorf("CANARY%.1s survived in %q, from %q", after, out, in)
	}
}

func FuzzScrub(f *testing.F) {
	for _, seed := range []string{"", "password='", "\"token\":", "@here %%%", "\x1b[31m\x00\xff", "-----BEGIN PRIVATE KEY-----\nx", "::token:", "curl -u a", "a://b:c@d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(clean(text), "CANARY") {
			t.Skip()
		}
		if got := Scrub(text); !harmlessText(got) {
			t.Errorf("Scrub(%q) = %q", text, got)
		}
		for _, secret := range planted {
			noneLeft(t, text+secret, Scrub(text+secret))
		}
	})
}

func FuzzBatch(f *testing.F) {
	f.Add("chef", "web-01", "NoMethodError", "undefined method `x'", "file[/x]", own, 12.5, 3, true)
	f.Add("", "", "", converge().Message, "execute[x", "", -1.0, -1, false)
	f.Add("\xff|", "@a\n", "%%%", "---- Begin output of x", "[[[", strings.Repeat("\U0001F4A5", 400), 1e300, 1<<62, true)
	f.Fuzz(func(t *testing.T, tool, host, class, message, resource, frame string, duration float64, n int, noop bool) {
		if strings.Contains(clean(tool+host+class+message+resource+frame), "CANARY") {
			t.Skip()
		}
		p := report.Problem{
			Class: class, Message: message + strings.Join(planted, ""), Resource: resource, File: frame, Line: n, Phase: report.Step(class),
			Backtrace: []string{frame, message, frame + planted[0], class},
		}
		r := failed(p)
		r.Tool, r.Host, r.Duration, r.Noop = report.Tool(tool), host, &duration, &noop
		r.Environment, r.PolicyName, r.Roles, r.Tags = frame, class, []string{message, class}, []string{frame, tool}
		r.Resources = report.Counts{Total: &n, Updated: &n, Pending: &n}
		r.ResourceList = []report.Resource{
			{Type: tool, Name: message + planted[0], Status: report.Updated, Duration: &duration, Cookbook: class, File: frame},
			{Type: class, Name: frame, Status: report.Updated, Duration: &duration, Line: n},
		}
		o := Options{Origin: frame, Tags: []string{host, message}, SuccessEvents: true}
		b := batchOf(t, r, o)
		within(t, b)
		first := encode(t, b)
		noneLeft(t, message, first)
		if encode(t, batchOf(t, r, o)) != first {
			t.Error("the same run gave another batch")
		}
		bad := Unparsable(frame, errors.New(message+planted[0]), began, o)
		within(t, bad)
		noneLeft(t, message, encode(t, bad))
	})
}
