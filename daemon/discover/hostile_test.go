package discover

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// hostile are files of settings that are not what they should be.
var hostile = map[string]string{
	"empty":        "",
	"binary":       "\x00\x01\xff\xfe\x7fELF\x00",
	"latin":        "name \xfc\xe9\n",
	"huge":         strings.Repeat("a = 1\n", maxFile),
	"long line":    strings.Repeat("a", maxFile),
	"brackets":     strings.Repeat("[", 200_000),
	"braces":       strings.Repeat("{a: ", 200_000),
	"indents":      deepYAML(5_000),
	"anchors":      "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d]\nreturn: *e\nid: *e\n",
	"own anchor":   "return: &r [*r]\n",
	"secret alias": "return: *hunter2\n",
	"merge":        "a: &a\n  <<: *a\nreturn: {<<: *a}\n",
	"two":          "return: a\n---\nreturn: b\n",
	"list":         "- a\n- b\n",
	"tagged":       "return: !!binary aHVudGVyMg==\nid: !ruby/object:Object {}\n",
	"references":   "[main]\nlastrunreport = $a$a$a$a$a$a$a$a\na = $b$b$b$b$b$b$b$b\nb = $c$c$c$c$c$c$c$c\nc = $d$d$d$d$d$d$d$d\nd = $a$b$c$d\nvardir = $vardir/x\n",
	"own setting":  "[agent]\nlastrunreport = $lastrunreport\n[user]\nlastrunreport = ${statedir\n",
	"no such":      "[main]\nlastrunreport = $hunter/last.yaml\nvardir = ../../relative\n",
	"escapes":      "[main]\nlastrunreport = /x\x1b[2J\u202e/y\n[defaults]\ncallback_plugins = \x1b]0;\x07\ncallbacks_enabled = \x1b[1m\n[callback_converged_jsonl]\npath = /x\n\u0085y/*?[\n",
	"lone heads":   "[\n[]\n[main\n=\n:\n = x\n\t\n  indented = first\n",
	"ruby open":    "report_handlers << Chef::Handler::JsonFile.new(path: \"/srv/reports\")\nfoo(((((\n",
	"ruby deep":    strings.Repeat("(", 100_000) + "Chef::Handler::JsonFile.new" + strings.Repeat("[{a: ", 10_000),
	"ruby many":    strings.Repeat("data_collector.output_locations(files: ['/a', b])\nreport_handlers << Chef::Handler::JsonFile.new(path: '/a')\n", 5_000),
	"ruby unlike":  strings.Repeat("data_collector.server_url 'https://'\n", 20_000),
	"ruby consts":  "x = " + strings.Repeat("A::", 100_000) + "B.new(path: 1)\n",
	"ruby bomb":    "a = 'x' * 10**9\nloop { a << a }\nexec('touch /tmp/hunter2')\ndata_collector.output_locations(files: [nil, 1, :a, [], {}, '/a\nb', \"/\\u202e\", '', '/' + 'x' * 10**9])\nreport_handlers << Chef::Handler::JsonFile.new(path: 5)\nChef::Handler::JsonFile.new(1, 2)\nJsonFile.new(*x)\ndata_collector[1] = 2\ndata_collector.server_url 5\ndata_collector.token 'hunter2'\n",
}

func deepYAML(levels int) string {
	var b strings.Builder
	for i := range min(levels, 1400) {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// settingsFiles are all that is read as settings.
var settingsFiles = []string{
	"etc/chef/client.rb", "etc/chef/client.d/a.rb", "etc/cinc/solo.rb", "root/.chef/config.rb", "opt/chef/version-manifest.txt",
	"etc/puppet/puppet.conf", "etc/puppetlabs/puppet/puppet.conf", "usr/lib/ruby/vendor_ruby/puppet/version.rb",
	"etc/ansible/ansible.cfg", "root/.ansible.cfg", "usr/lib/python3/dist-packages/ansible/release.py",
	"etc/salt/minion", "etc/salt/minion.d/a.conf", "etc/salt/master", "usr/lib/python3/dist-packages/salt/_version.txt",
	"etc/datadog-agent/datadog.yaml", "etc/logrotate.d/chef", "etc/passwd", "etc/group", "proc/net/udp",
}

// harmless fails on what could not be printed, or should not be.
func harmless(t *testing.T, f Findings) {
	t.Helper()
	if text := printable(t, f); strings.Contains(text, "hunter2") {
		t.Errorf("a secret is told:\n%.2000s", text)
	}
}

// printable is all that is told, which must be short and not move a cursor.
func printable(t *testing.T, f Findings) string {
	t.Helper()
	text := f.Configuration()
	for _, tool := range f.Tools {
		text += strings.Join(tool.Notes, "\n") + strings.Join(tool.Found, "\n") + tool.Version
		for _, step := range tool.SwitchOn {
			text += step.File + step.Lines
		}
	}
	for _, c := range text {
		if c != '\n' && !unicode.IsPrint(c) {
			t.Fatalf("%U is in\n%.2000q", c, text)
		}
	}
	if len(text) > 64<<10 {
		t.Errorf("%d bytes are told", len(text))
	}
	return text
}

func TestHostileSettings(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for _, file := range settingsFiles {
				files[file] = text
			}
			f := lookAt(t, planted(t, files), Options{Home: "/root"})
			if len(f.Tools) != 4 {
				t.Errorf("%d tools", len(f.Tools))
			}
			harmless(t, f)
		})
	}
}

// Whatever stands in a file's place is no reason to wait or to fail.
func TestSettingsThatAreNoFiles(t *testing.T) {
	for name, make := range map[string]func(file string) error{
		"pipes":       func(file string) error { return syscall.Mkfifo(file, 0o644) },
		"directories": func(file string) error { return os.Mkdir(file, 0o755) },
		"loops":       func(file string) error { return os.Symlink(filepath.Base(file), file) },
		"nowhere":     func(file string) error { return os.Symlink("/nowhere", file) },
		"outside":     func(file string) error { return os.Symlink("../../../../../../../../etc/passwd", file) },
		"unreadable":  func(file string) error { return os.WriteFile(file, []byte("x"), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range settingsFiles {
				file = filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := make(file); err != nil {
					t.Fatal(err)
				}
			}
			harmless(t, lookAt(t, dir, Options{Home: "/root"}))
		})
	}
}

func TestNamesOfFilesAreHostileToo(t *testing.T) {
	name := "a\n- format: x\x1b[2J\u202e"
	f := lookAt(t, planted(t, map[string]string{
		"etc/chef/client.rb":                                         "data_collector.output_locations(files: ['/x.json'])\n",
		"etc/chef/client.d/" + name + ".rb":                          "report_handlers << Chef::Handler::JsonFile.new(path: '/srv')\nfoo((\n",
		"etc/logrotate.d/" + name:                                    "/x.json {\n}\n",
		"etc/salt/minion.d/" + name + ".conf":                        "{",
		"var/chef/reports/" + name + ".json":                         "",
		"opt/chef/embedded/lib/ruby/gems/3/gems/chef-" + "1.2\x1b/x": "",
	}), Options{})
	harmless(t, f)
	if len(f.Tools) != 2 || f.Tools[0].Sources[1].Files != 1 {
		t.Errorf("%+v", f.Tools)
	}
}

func FuzzSettings(f *testing.F) {
	for _, text := range hostile {
		if len(text) < 4<<10 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		var paths []string
		settings := puppetINI.read([]byte(text))
		ansibleINI.read([]byte(text))
		for _, name := range []string{"lastrunreport", "lastrunfile", "statedir", "reportdir"} {
			path, _ := puppetSettings{layout{"/etc/puppet", "/var/cache/puppet", "/var/cache/puppet/public"}, settings, []string{"agent", "main"}}.path(name)
			paths = append(paths, path)
		}
		c := &chefFiles{}
		c.parse("/etc/chef/client.rb", text)
		for _, p := range append(c.reports, c.collectors...) {
			paths = append(paths, p.path)
		}
		minion, _ := topLevel([]byte(text))
		tool := Tool{Name: "any", Notes: c.notes}
		paths = append(paths, rawfilePath(minion, &tool))
		tool.SwitchOn = []Step{{"/etc/salt/minion", saltLines(minion, saltEvents)}}
		for _, p := range paths {
			if p != "" {
				tool.add(Source{Format: "chef-report", Path: p, State: On})
			}
		}
		document := Findings{Tools: []Tool{tool}}
		printable(t, document)
		var read struct {
			Sources []struct{ Format, Path string }
		}
		if err := yaml.Unmarshal([]byte(document.Configuration()), &read); err != nil {
			t.Fatalf("%v in\n%s", err, document.Configuration())
		}
		for i, source := range read.Sources {
			if source.Path != tool.Sources[i].Path || !usable(source.Path) {
				t.Fatalf("%q became %q", tool.Sources[i].Path, source.Path)
			}
		}
	})
}
