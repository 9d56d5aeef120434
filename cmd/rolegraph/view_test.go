package main

import (
	"strings"
	"testing"

	"github.com/converged/converged/graph"
)

func TestViewFlagsComplete(t *testing.T) {
	roles, _ := sample(t)
	for flag, want := range map[string]string{"--focus": "web\n", "--direction": "up\ndown\nboth\n", "--collapse": "cookbook\nfolder\n"} {
		if code, stdout, stderr := rolegraph(t, "__complete", "render", roles, flag, ""); code != 0 || !strings.HasPrefix(stdout, want) {
			t.Errorf("%s completes to %q, %s", flag, stdout, stderr)
		}
	}
}

func TestAboutView(t *testing.T) {
	for _, c := range []struct {
		view graph.View
		want string
	}{
		{graph.View{}, ""},
		{graph.View{Focus: []string{"a", "b"}, Depth: 2}, "around a, b, 2 levels"},
		{graph.View{Focus: []string{"a"}, Direction: graph.Down, Environment: "prod"}, "what a depends on, in prod"},
		{graph.View{CyclesOnly: true, NoRecipes: true, Reduce: true, Collapse: graph.ByFolder}, "no recipes, by folder, cycles only, reduced"},
	} {
		if got := aboutView(c.view); got != c.want {
			t.Errorf("%+v is %q, want %q", c.view, got, c.want)
		}
	}
}

// A wish that cannot be met must not be passed over.
func TestViewFlagsNeedAFocus(t *testing.T) {
	roles := folder(t, map[string]string{"web.rb": "run_list 'role[base]'", "base.rb": ""})
	for _, args := range [][]string{
		{"render", roles, "-f", "dot", "-o", "-"}, {"check", roles}, {"diff", roles, roles},
	} {
		for flag, value := range map[string]string{"--depth": "1", "--direction": "up"} {
			code, stdout, stderr := rolegraph(t, append(args, flag, value)...)
			if code != 2 || stdout != "" || !strings.Contains(stderr, "expected --focus NAME with it") {
				t.Errorf("%v %s: exit code %d: %s%s", args, flag, code, stdout, stderr)
			}
			if code, _, stderr := rolegraph(t, append(args, flag, value, "--focus", "web")...); code != 0 {
				t.Errorf("%v %s with a focus: exit code %d: %s", args, flag, code, stderr)
			}
		}
	}
}
