package discover

import (
	"strings"
	"testing"
)

// A setting that refers to what only Puppet knows is told, and no other path is
// taken in its place.
func TestReferencesToWhatOnlyPuppetKnows(t *testing.T) {
	for _, c := range []struct {
		settings, want string
		told           bool
	}{
		{"[main]\nlastrunreport = $statedir/$certname.yaml\n", "", true},
		{"[main]\nlastrunreport = ${vardir}/${environment}/x\n", "", true},
		{"[main]\nstatedir = /srv/$hostname\n", "", true},
		{"[main]\ncertname = web-01\nlastrunreport = $statedir/$certname.yaml\n", "/opt/puppetlabs/puppet/cache/state/web-01.yaml", false},
		{"[agent]\nlastrunreport = /srv/$certname.yaml\n[main]\nvardir = /srv/vars\n", "/srv/vars/state/last_run_report.yaml", true},
	} {
		f := lookAt(t, planted(t, map[string]string{"etc/puppetlabs/puppet/puppet.conf": c.settings, "opt/puppetlabs/bin/puppet": ""}), Options{})
		tool, got := f.Tools[0], ""
		for _, s := range tool.Sources {
			got += s.Path
		}
		if told := strings.Contains(strings.Join(tool.Notes, "\n"), "which cannot be used here"); got != c.want || told != c.told {
			t.Errorf("%s\ngives %q, %q", c.settings, got, tool.Notes)
		}
		if text := printable(t, f); strings.Contains(text, "is not known: lastrunreport in ") != (c.want == "") {
			t.Errorf("%s\ngives %s", c.settings, text)
		}
	}
}
