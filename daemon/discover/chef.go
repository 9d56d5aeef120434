package discover

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// What Chef is given where nothing says otherwise: the handler's own default, and
// the file of contrib/systemd.
const (
	chefReports   = "/var/chef/reports"
	cincReports   = "/var/cinc/reports"
	chefCache     = "/var/chef/cache"
	chefCollector = "/var/log/chef/data-collector.json"
)

// chef finds Chef Infra Client and Cinc Client, which is built of it.
func chef(n *node) Tool {
	t := Tool{Name: "chef", Traps: chefTraps}
	t.Found = n.present("/etc/chef/client.rb", "/etc/chef/solo.rb", "/etc/cinc/client.rb", "/etc/cinc/solo.rb",
		n.home(".chef/config.rb"), n.home(".chef/knife.rb"), n.home(".cinc/config.rb"),
		"/opt/chef/bin/chef-client", "/opt/cinc/bin/cinc-client", "/usr/bin/chef-client", "/usr/bin/chef-solo",
		"/usr/bin/cinc-client", "/usr/local/bin/chef-client")
	for _, dir := range n.present(chefReports, cincReports) { // our own tmpfiles.d makes one, empty
		if n.holds(Source{Format: "chef-report", Path: dir}) {
			t.Found = append(t.Found, dir)
		}
	}
	if len(t.Found) == 0 {
		return t
	}
	t.Version = n.chefVersion()
	c := n.chefSettings()
	if config := chefConfig(t.Found); strings.Contains(config, "cinc") {
		c.cache.vendor = "/var/cinc"
	}
	c.places(n, &t)
	t.SendsTo = c.servers
	if !t.has("chef-report", On) && !t.has("chef-collector", On) && !t.sendsHere() {
		t.add(Source{Format: "chef-report", Path: chefReports, State: Off, Why: "the JSON handler writes there once it stands in " + chefConfig(t.Found)})
		t.SwitchOn = append(t.SwitchOn, Step{chefConfig(t.Found), jsonHandler})
	}
	if !t.has("chef-collector", On) {
		t.add(Source{Format: "chef-collector", Path: chefCollector, State: Other,
			Why: fmt.Sprintf("the data collector tells more, if %s has: data_collector.output_locations(files: [%q]) and the file exists before that", chefConfig(t.Found), chefCollector)})
	}
	for i := range t.Sources {
		if t.Sources[i].Format == "chef-report" {
			t.Sources[i].Cache = c.cache.path()
		}
	}
	t.Notes = append(t.Notes, c.notes...)
	return t
}

const jsonHandler = `require "chef/handler/json_file"
report_handlers << Chef::Handler::JsonFile.new(path: "` + chefReports + `")
exception_handlers << Chef::Handler::JsonFile.new(path: "` + chefReports + `")
`

var chefTraps = []string{
	"the JSON handler makes its directory with mode 0700 if it is missing, and its files by the umask: make the directory first, such as install -d -m 0750 -g converged " + chefReports,
	"nothing ever removes its reports: a line of tmpfiles.d should, as in contrib/systemd",
	"the data collector's file must exist, and be writable, before Chef runs, or the whole run fails; a rotation must put it back at once (create or copytruncate in logrotate)",
}

// chefConfig is the file that Chef's settings go into.
func chefConfig(found []string) string {
	for _, file := range found {
		if strings.HasSuffix(file, ".rb") {
			return file
		}
	}
	if slices.ContainsFunc(found, func(file string) bool { return strings.HasPrefix(file, "/opt/cinc") || file == "/usr/bin/cinc-client" }) {
		return "/etc/cinc/client.rb"
	}
	return "/etc/chef/client.rb"
}

// places turns settings into sources, and reports that lie where no setting says.
func (c *chefFiles) places(n *node, t *Tool) {
	for _, p := range c.reports {
		t.add(Source{Format: "chef-report", Path: p.path, State: On, Why: "the JSON handler is set in " + p.where()})
	}
	for _, p := range c.collectors {
		t.add(Source{Format: "chef-collector", Path: p.path, State: On, Why: "data_collector.output_locations is set in " + p.where()})
		if !n.exists(p.path) {
			t.note(fmt.Sprintf("%s is not there: every run of Chef fails until it is; run: install -D -m 0640 -g converged /dev/null %s", p.path, p.path))
		}
		if file := n.rotatedAway(p.path); file != "" {
			t.note(fmt.Sprintf("%s rotates %s without create or copytruncate: the run after a rotation fails", file, p.path))
		}
	}
	for _, dir := range []string{chefReports, cincReports} {
		if slices.Contains(t.Found, dir) {
			t.add(Source{Format: "chef-report", Path: dir, State: On, Why: "reports lie there"})
		}
	}
	c.lonely(t)
}

// lonely notes that the handler stands in one of the lists only. Where something
// is added to what is not seen, nothing is known.
func (c *chefFiles) lonely(t *Tool) {
	if len(c.reports) == 0 || slices.Contains(c.lists, "") {
		return
	}
	good, failed := slices.Contains(c.lists, "report_handlers"), slices.Contains(c.lists, "exception_handlers")
	switch {
	case good && !failed:
		t.note("nothing is added to exception_handlers: failed runs leave no report")
	case failed && !good:
		t.note("nothing is added to report_handlers: good runs leave no report")
	}
}

// chefVersion is what the package's manifest says, or the directory of the gem.
func (n *node) chefVersion() string {
	for _, file := range []string{"/opt/chef/version-manifest.txt", "/opt/cinc/version-manifest.txt"} {
		text, _ := n.read(file) // without it the gems may tell
		first, _, _ := strings.Cut(string(text), "\n")
		if words := strings.Fields(first); len(words) == 2 && versionText.MatchString(words[1]) {
			return words[1]
		}
	}
	for _, gems := range []string{"/opt/chef/embedded/lib/ruby/gems", "/opt/cinc/embedded/lib/ruby/gems", "/var/lib/gems", "/usr/local/bundle"} {
		for _, ruby := range append([]string{gems}, n.glob(gems, "[0-9]*")...) {
			for _, gem := range n.glob(ruby+"/gems", "chef-[0-9]*") {
				if v := strings.TrimPrefix(path.Base(gem), "chef-"); versionText.MatchString(v) {
					return v
				}
			}
		}
	}
	return ""
}

// rotatedAway is a file of logrotate that leaves nothing in place of what it
// rotates, or "".
func (n *node) rotatedAway(file string) string {
	for _, rules := range n.glob("/etc/logrotate.d", "*") {
		text, err := n.read(rules)
		if err != nil {
			continue
		}
		for block := range strings.SplitSeq(string(text), "}") {
			names, body, _ := strings.Cut(block, "{")
			if covers(names, file) && !keepsFile(body) {
				return plain(rules)
			}
		}
	}
	return ""
}

// covers says whether the last line of names and globs before a block is of a file.
func covers(names, file string) bool {
	for _, name := range strings.Fields(names) {
		if ok, _ := path.Match(strings.Trim(name, `"'`), file); ok {
			return true
		}
	}
	return false
}

func keepsFile(body string) bool {
	for line := range strings.Lines(body) {
		if words := strings.Fields(line); len(words) > 0 && (words[0] == "create" || words[0] == "copytruncate") {
			return true
		}
	}
	return false
}
