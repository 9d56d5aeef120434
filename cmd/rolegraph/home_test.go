package main

import (
	"strings"
	"testing"
)

// A node runs in its own environment, whatever one asks.
func TestANodeIsThereInItsOwnEnvironmentOnly(t *testing.T) {
	roles := folder(t, map[string]string{"web.rb": `env_run_lists "_default" => ["recipe[nginx]"], "qa" => []`})
	nodes := folder(t, map[string]string{"web1.json": `{"name": "web1", "chef_environment": "prod", "run_list": ["role[web]"]}`})
	for _, args := range [][]string{
		{"expand", "web1", roles}, {"tree", "web1", roles}, {"tree", "web", "web1", roles}, {"why", "web1", "nginx", roles}, {"why", "nginx", "web1", roles},
		{"render", roles, "--focus", "web1", "-f", "dot", "-o", "-"}, {"check", roles, "--focus", "web1", "-o", "-", "-f", "dot"},
		{"diff", roles, roles, "--focus", "web1"},
	} {
		for env, want := range map[string]bool{"": false, "prod": false, "qa": true, "_default": true} {
			code, stdout, stderr := rolegraph(t, append(args, "--nodes", nodes, "--env="+env)...)
			told := strings.Contains(stderr, "node[web1] is in environment prod, so it is not there in "+env)
			if told != want || want && (code != 2 || stdout != "") || !want && strings.Contains(stderr, "is not there") {
				t.Errorf("%v in %q: exit code %d\n%s%s", args, env, code, stdout, stderr)
			}
		}
	}
	if _, stdout, _ := rolegraph(t, "tree", roles, "--nodes", nodes, "--env", "qa"); strings.Contains(stdout, "node[") {
		t.Errorf("the tree of qa has\n%s", stdout)
	}
	if _, stdout, _ := rolegraph(t, "impact", "web1", roles, "--nodes", nodes, "--env", "qa"); stdout != "nothing that was read is touched\n" {
		t.Errorf("impact in qa: %s", stdout)
	}
}
