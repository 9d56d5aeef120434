package analyse

import (
	"strings"
	"testing"
	"time"
)

func TestWithoutCommands(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"none": {"no output\nat all", "no output\nat all"},
		"one": {
			"it failed\n---- Begin output of make it ----\nSTDOUT: make it so\nSTDERR: no\n---- End output of make it ----\nRan make it returned 2",
			"it failed\n---- Begin output of [command] ----\nSTDOUT: make it so\nSTDERR: no\n---- End output of [command] ----\nRan [command] returned 2",
		},
		"of several lines": {
			"---- Begin output of a\nb ----\nSTDOUT: \nSTDERR: \n---- End output of a\nb ----\nRan a\nb returned 1",
			"---- Begin output of [command] ----\nSTDOUT: \nSTDERR: \n---- End output of [command] ----\nRan [command] returned 1",
		},
		"two": {
			"x---- Begin output of a ----\nSTDOUT: 1\nRan a returned 1 y---- Begin output of b ----\nSTDOUT: 2\nRan b returned 2",
			"x---- Begin output of [command] ----\nSTDOUT: 1\nRan [command] returned 1 y---- Begin output of [command] ----\nSTDOUT: 2\nRan [command] returned 2",
		},
		"salt's":        {"Command \"echo \"a\nb\"; exit 7\" run\nfatal", "Command [command] run\nfatal"},
		"salt's script": {"Command 'salt://a.sh K' run\nfatal", "Command [command] run\nfatal"},
		"salt's, again": {"Attempt 1: comment: \"Command \"a K\" run\"\nCommand \"a K\" run\nfatal", "Attempt 1: comment: \"Command [command] run\nfatal"},
		"cut off":       {"x\n---- Begin output of a secr", "x\n---- Begin output of [command]"},
		"output that looks like an end": {
			"---- Begin output of a ----\nSTDOUT: ---- End output of b ----\nSTDERR: e\n---- End output of a ----\nRan a returned 1",
			"---- Begin output of [command] ----\nSTDOUT: ---- End output of b ----\nSTDERR: e\n---- End output of [command] ----\nRan [command] returned 1",
		},
	} {
		if got := withoutCommands(c.in); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
	}
}

func TestMessagesOfManyCommandsTakeNoTime(t *testing.T) {
	start := time.Now()
	got := withoutCommands(strings.Repeat("---- Begin output of a ----\nSTDOUT: b\n", 100000))
	if strings.Count(got, "STDOUT") != maxOutputs || time.Since(start) > time.Minute {
		t.Errorf("%d outputs in %v", strings.Count(got, "STDOUT"), time.Since(start))
	}
}

func TestShortNames(t *testing.T) {
	script := "if [ -f /x ]; then\n  deploy --token CANARY\nfi" + strings.Repeat(" && true", 50)
	for in, want := range map[string]string{
		"execute[deploy] (app::default line 4) had an error: boom": "execute[deploy] (app::default line 4) had an error: boom",
		"execute[" + script + "] (app::default line 4) had an error: boom": "execute[if [ -f /x ]; then deploy --token [redacted] fi && true && true && true && tr...] " +
			"(app::default line 4) had an error: boom",
		"ruby_block[a] (dynamically defined) had an error: execute[b\nc] (/r.rb line 2) had an error: boom": "ruby_block[a] (dynamically defined) had an error: execute[b c] (/r.rb line 2) had an error: boom",
		"Expected process to exit with [0], but received '42'":                                              "Expected process to exit with [0], but received '42'",
	} {
		if got := withShortNames(in); got != want {
			t.Errorf("withShortNames(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	for in, want := range map[string]string{
		"file[/srv/app/motd]":                      "file[/srv/app/motd]",
		"execute[a\nb --password CANARY]":          "execute[a b --password [redacted]]",
		"log[@here]":                               "log[(@)here]",
		"Stage[main]":                              "Stage[main]",
		"no brackets":                              "no brackets",
		"x[" + strings.Repeat("y", 200) + "]":      "x[" + strings.Repeat("y", 77) + "...]",
		strings.Repeat("long", 30) + "[" + "name]": strings.Repeat("long", 19) + "l...[name]",
	} {
		if got := label(in); got != want {
			t.Errorf("label(%q) = %q, want %q", in, got, want)
		}
	}
}
