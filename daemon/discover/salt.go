package discover

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	saltEvents  = "/var/log/salt/events" // the default of the returner rawfile_json
	saltReports = "/var/log/converged-salt"
	rawfile     = "rawfile_json"
)

var saltVersion = regexp.MustCompile(`^\s*([0-9][0-9.A-Za-z]*)`)

var saltTraps = []string{
	"Salt writes no file by itself: the returner has to be switched on, and the minion to be restarted",
	"Salt says success: true of failed runs, too; the exit code (retcode) is believed instead",
	"a run that is interrupted leaves no line, and one whose states could not be compiled may leave none",
	"the file is made by root with the umask of the minion: let the daemon read it, and rotate it with create or copytruncate",
}

// salt finds a minion, a masterless one too, and a master.
func salt(n *node) Tool {
	t := Tool{Name: "salt", Traps: saltTraps}
	t.Found = n.present("/etc/salt/minion", "/etc/salt/minion.d", "/etc/salt/minion_id", "/etc/salt/master",
		"/usr/bin/salt-call", "/usr/local/bin/salt-call", "/opt/saltstack/salt/salt-call")
	if len(t.Found) == 0 {
		return t
	}
	t.Version = n.pythonVersion("salt/_version.txt", saltVersion)
	minion, set := n.saltSettings("minion", &t)
	events := Source{Format: "salt-events", Path: rawfilePath(minion, &t), State: Off, Why: "the returner rawfile_json writes there once it stands in /etc/salt/minion.d"}
	if names(minion["return"], rawfile) {
		events.State, events.Why = On, "return is rawfile_json in "+set["return"]
	} else {
		t.SwitchOn = []Step{{"/etc/salt/minion.d/converged.conf", saltLines(minion, events.Path)}}
	}
	t.add(events)
	if master, set := n.saltSettings("master", &t); names(master["event_return"], rawfile) {
		t.add(Source{Format: "salt-events", Path: rawfilePath(master, &t), State: On, Why: "event_return is rawfile_json in " + set["event_return"]})
	}
	if n.isDir(saltReports) {
		t.add(Source{Format: "salt-report", Path: saltReports, State: On, Why: "a directory for what salt-call prints"})
	}
	return t
}

// saltSettings are those of a file and of the directory beside it, which wins, and
// the file that each is set in.
func (n *node) saltSettings(of string, t *Tool) (all map[string][]string, set map[string]string) {
	all, set = map[string][]string{}, map[string]string{}
	for _, file := range append([]string{"/etc/salt/" + of}, n.glob("/etc/salt/"+of+".d", "*.conf")...) {
		if !n.exists(file) {
			continue
		}
		text, err := n.read(file)
		settings := map[string][]string{}
		if err == nil {
			settings, err = topLevel(text)
		}
		if err != nil {
			t.note(plain(file) + " cannot be read: " + reason(err))
		}
		if usual := of + ".d/*.conf"; len(settings["include"]) > 0 || settings["default_include"] != nil && firstOf(settings, "default_include") != usual {
			t.note(plain(file) + " includes files beside " + usual + ", which are not looked at: what they set is not known here")
		}
		maps.Copy(all, settings)
		for key := range settings {
			set[key] = plain(file)
		}
	}
	return all, set
}

// rawfilePath is where the returner writes.
func rawfilePath(settings map[string][]string, t *Tool) string {
	file := firstOf(settings, rawfile+".filename")
	if file == "" {
		return saltEvents
	}
	if file = path.Clean(file); !usable(file) {
		t.note("rawfile_json.filename cannot be used here: " + plain(file))
		return saltEvents
	}
	return file
}

// names says whether a list, of which each may hold several between commas, has a name.
func names(list []string, name string) bool {
	return slices.Contains(saltReturners(list), name)
}

func saltReturners(list []string) []string {
	var all []string
	for _, item := range list {
		for name := range strings.SplitSeq(item, ",") {
			if name = strings.TrimSpace(plain(name)); name != "" {
				all = append(all, name)
			}
		}
	}
	return all
}

// saltLines switch the returner on, beside those that are on already.
func saltLines(minion map[string][]string, file string) string {
	lines := "return: " + rawfile + "\n"
	if others := saltReturners(minion["return"]); len(others) > 0 {
		lines = "return: " + quoted(strings.Join(append(others, rawfile), ",")) + "\n"
	}
	return lines + rawfile + ".filename: " + quoted(file) + "\n"
}
