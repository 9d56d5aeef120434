package discover

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// versionText is a release such as 7.23.0 or 3006.0rc1.
var versionText = regexp.MustCompile(`^[0-9]+(?:\.[0-9A-Za-z]+){1,4}$`)

var puppetVersion = regexp.MustCompile(`PUPPETVERSION\s*=\s*['"]([0-9][0-9.A-Za-z]*)['"]`)

// layout is where one way of packaging Puppet keeps things.
type layout struct{ conf, vars, public string }

// puppet finds the agent of Puppet or OpenVox, and puppet apply.
func puppet(n *node) Tool {
	t := Tool{Name: "puppet", Traps: puppetTraps}
	layouts := n.puppetLayouts()
	var places []string
	for _, l := range layouts {
		places = append(places, l.conf+"/puppet.conf")
	}
	t.Found = n.present(append(places, "/opt/puppetlabs/bin/puppet", "/opt/puppetlabs/puppet/bin/puppet", "/usr/bin/puppet", "/usr/local/bin/puppet")...)
	used := false
	for _, l := range layouts {
		used = n.puppetIn(l, &t) || used
	}
	if len(t.Found) == 0 {
		return t
	}
	if !used { // it is installed, and has never run
		usual := layouts[1]
		if n.isDir("/opt/puppetlabs") {
			usual = layouts[0]
		}
		n.puppetSources(usual, ini{}, &t)
	}
	for _, lib := range []string{"/opt/puppetlabs/puppet/lib/ruby/vendor_ruby", "/usr/lib/ruby/vendor_ruby", "/usr/share/ruby/vendor_ruby"} {
		text, _ := n.read(lib + "/puppet/version.rb") // the next may be there
		if m := puppetVersion.FindSubmatch(text); m != nil && t.Version == "" {
			t.Version = string(m[1])
		}
	}
	if n.exists("/var/lib/dpkg/info/openvox-agent.list") {
		t.note("it is OpenVox, whose reports are Puppet's")
	}
	return t
}

var puppetTraps = []string{
	"the report has mode 0640 and belongs to root: the daemon must be root, of root's group, or have CAP_DAC_READ_SEARCH (contrib/systemd)",
	"only the newest report is there: runs that end while the daemon does not run are lost, except for the last",
	"a run of puppet apply that does not compile writes no report, and neither does a disabled agent: only the age of the last run tells",
	"the processor store (reports = store) works on the server; on an agent it writes nothing",
}

// puppetLayouts are the packages of Puppet and OpenVox, those of Debian and, for who
// runs puppet apply without being root, their homes.
func (n *node) puppetLayouts() []layout {
	debian := layout{"/etc/puppet", "/var/cache/puppet", "/var/cache/puppet/public"}
	old := "/var/lib/puppet" // of Puppet 3, and Debian before 12
	if !n.exists(debian.vars+"/state") && n.exists(old+"/state") {
		debian = layout{debian.conf, old, old + "/state"}
	}
	all := []layout{{"/etc/puppetlabs/puppet", "/opt/puppetlabs/puppet/cache", "/opt/puppetlabs/puppet/public"}, debian}
	if n.Home != "" {
		all = append(all,
			layout{n.home(".puppetlabs/etc/puppet"), n.home(".puppetlabs/opt/puppet/cache"), n.home(".puppetlabs/opt/puppet/public")},
			layout{n.home(".puppet/etc"), n.home(".puppet/cache"), n.home(".puppet/cache/public")})
	}
	return all
}

// puppetIn looks at one layout, which counts if its settings or its report are there,
// and of a system also if its state directory is. It says whether it does.
func (n *node) puppetIn(l layout, t *Tool) bool {
	settings, file := ini{}, l.conf+"/puppet.conf"
	if n.exists(file) {
		text, err := n.read(file)
		if err != nil {
			t.note(fmt.Sprintf("%s cannot be read: %s", file, reason(err)))
		}
		settings = puppetINI.read(text)
	} else if report := n.present(l.vars + "/state/last_run_report.yaml"); len(report) > 0 {
		t.Found = append(t.Found, report...)
	} else if !n.exists(l.vars + "/state") {
		return false
	}
	n.puppetSources(l, settings, t)
	return true
}

// puppetSources adds the report of the agent and, where it is another one, that of
// puppet apply.
func (n *node) puppetSources(l layout, settings ini, t *Tool) {
	for _, mode := range []string{"agent", "user"} {
		p := puppetSettings{l, settings, []string{mode, "main"}}
		report, why := p.path("lastrunreport")
		if report == "" {
			t.note(fmt.Sprintf("lastrunreport in %s/puppet.conf is %s, which cannot be used here", l.conf, why))
			continue
		}
		s := Source{Format: "puppet-report", Path: report, State: On, Why: why}
		if len(t.Sources) > 0 && mode == "user" && t.Sources[len(t.Sources)-1].Path != report {
			s.Why = "the report of puppet apply, " + why
			if !n.exists(report) {
				s.State = Other
			}
		}
		if value, ok := settings.first("report", p.sections...); ok && s.State == On && strings.EqualFold(unquoted(value), "false") {
			s.State, s.Why = Off, "report is false in "+l.conf+"/puppet.conf: no report is written"
			t.SwitchOn = append(t.SwitchOn[:0:0], Step{l.conf + "/puppet.conf", "[" + mode + "]\nreport = true\n"})
		}
		t.add(s)
		if state, _ := p.path("statedir"); state != "" && n.exists(state+"/agent_disabled.lock") {
			t.note("the agent is disabled (" + state + "/agent_disabled.lock): it does not run, and writes no report, until puppet agent --enable")
		}
		n.puppetSummary(p, report, t)
	}
	if reports := (puppetSettings{l, settings, []string{"server", "master", "main"}}); n.isDir("/opt/puppetlabs/server") || n.isDir("/etc/puppetserver") || n.isDir("/etc/puppetlabs/puppetserver") {
		n.puppetStore(reports, t)
	}
}

// puppetSummary offers the summary, which everyone may read, for a report that the
// daemon may not read.
func (n *node) puppetSummary(p puppetSettings, report string, t *Tool) {
	if access := n.access(report); access == Readable || access == Absent {
		return
	}
	if summary, _ := p.path("lastrunfile"); summary != "" && n.access(summary) == Readable {
		t.add(Source{Format: "puppet-summary", Path: summary, State: Other,
			Why: "instead of the report where that cannot be read, never beside it: it has counters only"})
	}
}

// puppetStore offers what the server's processor store keeps.
func (n *node) puppetStore(p puppetSettings, t *Tool) {
	dirs := []string{"/opt/puppetlabs/server/data/puppetserver/reports", "/var/lib/puppetserver/reports"}
	if dir, _ := p.path("reportdir"); dir != "" {
		dirs = append([]string{dir}, dirs...)
	}
	for _, dir := range dirs {
		if n.isDir(dir) {
			t.add(Source{Format: "puppet-report", Path: path.Join(dir, "*"), State: Other,
				Why: "the server's processor store keeps the reports of all its agents there; leave it out where the agents have daemons of their own"})
			return
		}
	}
}
