package puppet

import (
	"strings"
	"testing"
)

// A resource whose row does not tell why it failed has said so in the log itself;
// what other resources said, or Puppet, is not it.
func TestWhatTheLogHasOfAResource(t *testing.T) {
	const log = "host: h\ntransaction_uuid: u\nreport_format: 12\nstatus: failed\nlogs:\n" +
		"- level: err\n  message: another failed\n  source: Puppet\n" +
		"- level: warning\n  message: skipped\n  source: \"/Stage[main]/Main/Package[x]\"\n" +
		"- level: err\n  message: not it\n  source: \"/Stage[main]/Main/Package[x]y/ensure\"\n" +
		"- level: err\n  message: it is here\n  source: SOURCE\n" +
		"- level: err\n  message: again\n  source: \"/Stage[main]/Main/Package[x]/ensure\"\n" +
		"resource_statuses:\n  KEY:\n    title: x\n    failed: true\n  Package[x]y:\n    failed: true\ncorrective_change: false\n"
	for source, c := range map[string]struct{ key, want string }{
		"/Stage[main]/Main/Package[x]":              {"Package[x]", "it is here"},
		"/Stage[main]/My::App/Package[x]/ensure":    {"Package[x]", "it is here"},
		"/Stage[main]/Main/My::Package[x]":          {"Package[x]", "again"},
		"/Stage[main]/Main/File[/etc/a/b]/ensure":   {"File[/etc/a/b]", "it is here"},
		"/Stage[main]/Main/File[/etc/a/b]/File[/c]": {"File[/d]", "another failed"},
	} {
		text := strings.NewReplacer("SOURCE", `"`+source+`"`, "KEY", c.key).Replace(log)
		if run := parsed(t, text); run.Failure == nil || run.Failure.Message != c.want || run.Failure.Resource != c.key {
			t.Errorf("%s: %+v, want %q", source, run.Failure, c.want)
		} else if second := run.ResourceList[1].Message; second != "not it" {
			t.Errorf("%s: the second failed resource says %q", source, second)
		}
	}
}
