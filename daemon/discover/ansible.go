package discover

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	ansibleEvents = "/var/log/ansible/events.jsonl" // the default of our callback
	callback      = "converged_jsonl"
)

// ansiblePlugins are the folders where an installation of ours puts its callback;
// the first is where to put it by hand.
var ansiblePlugins = []string{
	"/usr/share/converged/ansible/callback_plugins",
	"/usr/local/share/converged/ansible/callback_plugins", // make install
}

var ansibleVersion = regexp.MustCompile(`(?m)^__version__\s*=\s*['"]([0-9][0-9.A-Za-z]*)['"]`)

var ansibleTraps = []string{
	"nothing is written by itself: our callback has to be switched on, or standard output to be redirected",
	"it is the controller that writes, of all its hosts; a host has reports of its own only with ansible-pull",
	"only one ansible.cfg counts: ANSIBLE_CONFIG's, else the one in the current directory, else ~/.ansible.cfg, else /etc/ansible/ansible.cfg",
	"the callback writes as the user who runs ansible, files of mode 0640: who cannot write there is warned once and leaves no report; make the folder first, of a group that the daemon is in",
}

// ansible finds a controller, or a node that runs ansible-pull.
func ansible(n *node) Tool {
	t := Tool{Name: "ansible", Traps: ansibleTraps}
	files := n.ansibleFiles()
	t.Found = n.present(append(slices.Clone(files), "/usr/bin/ansible-playbook", "/usr/local/bin/ansible-playbook", n.home(".local/bin/ansible-playbook"))...)
	if len(t.Found) == 0 {
		return t
	}
	t.Version = n.pythonVersion("ansible/release.py", ansibleVersion)
	c := n.ansibleSettings(files, &t)
	c.release = minorRelease(t.Version)
	at := c.get("path", "CONVERGED_JSONL_PATH", "callback_"+callback)
	if at == "" {
		at = ansibleEvents
	} else if at = c.absolute(at); !usable(at) {
		t.note("the path of the callback in " + c.file + " cannot be used here: " + plain(at))
		at = ansibleEvents
	}
	stem, ending := strings.TrimSuffix(at, path.Ext(at)), path.Ext(at)
	s := Source{Format: "ansible-jsonl", Path: stem + "*" + ending, State: Off, Why: "our callback writes there once it stands in " + c.file}
	on, plugin := c.enabled(), c.plugin()
	if on && plugin != "" {
		s.State, s.Why = On, "our callback is switched on in "+c.file
	} else {
		t.SwitchOn = c.steps(at, plugin)
	}
	if on && plugin == "" {
		t.note("our callback is switched on in " + c.file + ", and its file " + callback + ".py is in no folder of callback_plugins that can be seen: unless it is, Ansible warns and writes nothing")
	}
	if key, _ := c.callbacks(); !on && (among(c.ini["defaults"][whitelist]) || among(c.ini["defaults"][enabled])) {
		t.note("our callback stands in " + c.file + " under another name than " + key + ", which is the one that Ansible " + t.Version + " reads")
	}
	t.add(s)
	if out := c.get("stdout_callback", "ANSIBLE_STDOUT_CALLBACK", "defaults"); strings.HasPrefix(out, "ansible.posix.json") || out == "json" {
		t.note("stdout_callback is " + plain(out) + ": where standard output is redirected to cannot be seen; such files are sources of the formats ansible-json and ansible-jsonl")
	}
	return t
}

// ansibleFiles are the files of settings that do not depend on where Ansible is
// started, the one that counts first.
func (n *node) ansibleFiles() []string {
	own := n.Env("ANSIBLE_CONFIG")
	if n.isDir(own) {
		own = path.Join(own, "ansible.cfg")
	}
	files := []string{own, n.home(".ansible.cfg"), "/etc/ansible/ansible.cfg"}
	return slices.DeleteFunc(files, func(file string) bool { return !usable(file) })
}

// ansibleConfig is the file of settings that counts.
type ansibleConfig struct {
	node *node
	file string // where it is, or should be
	ini  ini

	release int // of ansible-core: 14 is 2.14; unknown if that cannot be seen
}

// unknown is the release of an Ansible whose version cannot be seen.
const unknown = -1

// minorRelease is n of a version 2.n.
func minorRelease(version string) int {
	rest, ok := strings.CutPrefix(version, "2.")
	minor, _, _ := strings.Cut(rest, ".")
	if n, err := strconv.Atoi(minor); ok && err == nil {
		return n
	}
	return unknown
}

func (n *node) ansibleSettings(files []string, t *Tool) ansibleConfig {
	c := ansibleConfig{node: n, file: "/etc/ansible/ansible.cfg"}
	for _, file := range files {
		if !n.exists(file) {
			continue
		}
		c.file = file
		text, err := n.read(file)
		if err != nil {
			t.note(file + " cannot be read: " + reason(err))
		}
		c.ini = ansibleINI.read(text)
		break
	}
	return c
}

// get is a setting: that of the environment, else that of the file.
func (c ansibleConfig) get(key, variable, section string) string {
	return unquoted(c.list(key, variable, section))
}

// list is a setting each item of which may have quotes of its own.
func (c ansibleConfig) list(key, variable, section string) string {
	if value := c.node.Env(variable); value != "" {
		return value
	}
	return c.ini[section][key]
}

// absolute is a path of a setting, which may be of the home or the file's folder.
func (c ansibleConfig) absolute(name string) string {
	for _, home := range []string{"~/", "$HOME/"} {
		if rest, ok := strings.CutPrefix(name, home); ok && c.node.Home != "" {
			return c.node.home(rest)
		}
	}
	if !path.IsAbs(name) && !strings.ContainsAny(name, "~${") {
		return path.Join(path.Dir(c.file), name)
	}
	return path.Clean(name)
}

// The setting of the callbacks that are switched on has two names: the first one
// is all that Ansible knows before 2.11, and it is not read any more since 2.15.
const (
	whitelist = "callback_whitelist"
	enabled   = "callbacks_enabled"
)

// callbacks are those that are switched on besides what is on the terminal, and
// the name of the setting that counts.
func (c ansibleConfig) callbacks() (key, list string) {
	key, list = enabled, c.list(enabled, "ANSIBLE_CALLBACKS_ENABLED", "defaults")
	older := c.list(whitelist, "ANSIBLE_CALLBACK_WHITELIST", "defaults")
	tooOld := c.release != unknown && c.release < 11
	if tooOld || list == "" && older != "" && c.release < 15 {
		key, list = whitelist, older
	}
	return key, strings.ReplaceAll(list, "\n", " ")
}

func (c ansibleConfig) enabled() bool {
	_, list := c.callbacks()
	return among(list)
}

// among says whether our callback is in a list.
func among(list string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(name string) bool { return unquoted(name) == callback })
}

// plugin is the file of our callback in a folder where Ansible looks, or "".
func (c ansibleConfig) plugin() string {
	set := c.list("callback_plugins", "ANSIBLE_CALLBACK_PLUGINS", "defaults")
	folders := strings.Split(set, ":")
	for i, folder := range folders {
		folders[i] = c.absolute(unquoted(folder))
	}
	if set == "" {
		folders = []string{c.node.home(".ansible/plugins/callback"), "/usr/share/ansible/plugins/callback"}
	}
	for _, folder := range folders {
		if file := pluginIn(folder); usable(file) && c.node.exists(file) {
			return file
		}
	}
	return ""
}

// pluginIn is the file of our callback in a folder.
func pluginIn(folder string) string { return path.Join(folder, callback+".py") }

// steps switch our callback on, beside what is on already.
func (c ansibleConfig) steps(at, plugin string) []Step {
	var steps []Step
	lines := "[defaults]\n"
	if plugin == "" {
		folders := ansiblePlugins[0]
		if i := slices.IndexFunc(ansiblePlugins, func(dir string) bool { return c.node.exists(pluginIn(dir)) }); i >= 0 {
			folders = ansiblePlugins[i]
		} else {
			steps = append(steps, Step{pluginIn(folders), "a copy of contrib/ansible/callback_plugins/" + callback + ".py\n"})
		}
		if own := c.ini["defaults"]["callback_plugins"]; own != "" {
			folders = plain(own) + ":" + folders
		}
		lines += "callback_plugins = " + folders + "\n"
	}
	if key, list := c.callbacks(); !c.enabled() {
		if list = strings.Trim(strings.TrimSpace(plain(list)), ","); list != "" {
			list += ", "
		}
		lines += key + " = " + list + callback + "\n"
	}
	return append(steps, Step{c.file, lines + "\n[callback_" + callback + "]\npath = " + at + "\n"})
}

// pythonVersion is what a file of a Python package says of its version.
func (n *node) pythonVersion(file string, version *regexp.Regexp) string {
	packages := []string{"/usr/lib/python3/dist-packages"}
	for _, lib := range []string{"/usr/local/lib", "/usr/lib", "/usr/lib64", "/opt/saltstack/salt/lib", n.home(".local/lib")} {
		for _, python := range n.glob(lib, "python[23].*") {
			packages = append(packages, python+"/site-packages", python+"/dist-packages")
		}
	}
	for _, dir := range packages {
		text, err := n.read(path.Join(dir, file))
		if err != nil {
			continue
		}
		if m := version.FindSubmatch(text); m != nil {
			return string(m[1])
		}
	}
	return ""
}
