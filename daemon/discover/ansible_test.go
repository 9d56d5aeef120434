package discover

import (
	"fmt"
	"strings"
	"testing"
)

// ansibleWith is what is found of an Ansible of that release, with such settings
// and our callback in their folder.
func ansibleWith(t *testing.T, version, settings string) Tool {
	t.Helper()
	files := map[string]string{
		"etc/ansible/ansible.cfg":         "[defaults]\ncallback_plugins = /srv/plugins\n" + settings,
		"srv/plugins/" + callback + ".py": "",
	}
	if version != "" {
		files["usr/lib/python3/dist-packages/ansible/release.py"] = fmt.Sprintf("__version__ = %q\n", version)
	}
	return lookAt(t, planted(t, files), Options{}).Tools[0]
}

// Of the two names of a setting an Ansible may know one alone.
func TestTheNameThatAnAnsibleKnows(t *testing.T) {
	const older, newer = "callback_whitelist = ", "callbacks_enabled = "
	for _, c := range []struct{ version, settings, want string }{
		{"2.9.27", "", older + callback},
		{"2.9.27", older + "timer", older + "timer, " + callback},
		{"2.9.27", older + callback, "on"},
		{"2.9.27", newer + callback, older + callback},
		{"2.10.17", newer + "timer", older + callback},
		{"2.11.0", "", newer + callback},
		{"2.14.18", older + "timer", older + "timer, " + callback},
		{"2.14.18", older + callback, "on"},
		{"2.14.18", older + callback + "\n" + newer + "timer", newer + "timer, " + callback},
		{"2.15.0", older + "timer", newer + callback},
		{"2.19.4", older + callback, newer + callback},
		{"2.19.4", newer + callback, "on"},
		{"2.19.4", "Callbacks_Enabled: " + callback, "on"},
		{"", "", newer + callback},
		{"", older + callback, "on"},
		{"3.0", older + callback, "on"},
	} {
		tool := ansibleWith(t, c.version, c.settings)
		got := "on"
		if len(tool.SwitchOn) > 0 {
			got = strings.Split(tool.SwitchOn[0].Lines, "\n")[1]
		}
		if on := tool.Sources[0].State == On; got != c.want || on != (c.want == "on") {
			t.Errorf("%s with %q: %s, %s", c.version, c.settings, got, tool.Sources[0].State)
		}
		ignored := strings.Contains(strings.Join(tool.Notes, "\n"), "under another name")
		if want := c.want != "on" && strings.Contains(c.settings, callback); ignored != want {
			t.Errorf("%s with %q: the notes are %q", c.version, c.settings, tool.Notes)
		}
	}
}

// Where an installation has put our callback, it is told to be used from there.
func TestWhereOurCallbackIsInstalled(t *testing.T) {
	for installed, want := range map[string]struct {
		folder string
		steps  int
	}{
		"": {"/usr/share/converged/ansible/callback_plugins", 2}, // to be put there first
		"usr/share/converged/ansible/callback_plugins/":       {"/usr/share/converged/ansible/callback_plugins", 1},
		"usr/local/share/converged/ansible/callback_plugins/": {"/usr/local/share/converged/ansible/callback_plugins", 1},
	} {
		files := map[string]string{"usr/bin/ansible-playbook": ""}
		if installed != "" {
			files[installed+"converged_jsonl.py"] = "# it"
		}
		steps := lookAt(t, planted(t, files), Options{}).Tools[0].SwitchOn
		lines := "[defaults]\ncallback_plugins = " + want.folder + "\ncallbacks_enabled = converged_jsonl\n\n[callback_converged_jsonl]\npath = /var/log/ansible/events.jsonl\n"
		if len(steps) != want.steps || steps[len(steps)-1].Lines != lines {
			t.Errorf("with %q: %+v, want %s", installed, steps, lines)
		}
	}
}
