package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhyAnswers(t *testing.T) {
	dir := folder(t, map[string]string{
		"web.rb": "run_list \"recipe[nginx]\",\n  \"role[base]\"", "base.rb": `run_list "recipe[ntp]"`,
		"shop.rb": `env_run_lists "_default" => [], "prod" => ["role[web]"]`,
		"mix.rb":  `env_run_lists "_default" => [], "qa" => ["role[shop]"]`,
		"torn.rb": `run_list "recipe[torn]", "recipe[`,
	})
	at := func(file string) string { return filepath.Join(dir, file) }
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"web ntp", 0, "role[web] leads to recipe[ntp] in 2 steps\n  " + at("web.rb:2") + ": role[web] names role[base]\n  " + at("base.rb:1") + ": role[base] names recipe[ntp]\n"},
		{"shop ntp", 0, "role[shop] leads to recipe[ntp] in 3 steps in prod\n  " + at("shop.rb:1") + ": role[shop] names role[web] [prod]\n"},
		{"shop ntp --env qa", 2, "role[shop] does not lead to recipe[ntp] in qa\nrole[shop] leads to recipe[ntp] in 3 steps in prod\n"},
		{"mix web", 2, "role[mix] does not lead to role[web]\nrole[mix] would lead to role[web] in 2 steps, but in no environment by every step\n"},
		{"ntp web", 2, "recipe[ntp] does not lead to role[web]\nrole[web] leads to recipe[ntp] in 2 steps: the other way round\n"},
		{at("web.rb") + " base.rb", 0, "role[web] leads to role[base] in 1 step\n"},
		{"web web.rb", 2, "web and web.rb are one"},
		{"web", 2, "two names are needed"},
		{"web base ntp", 2, `"ntp" is no directory`},
		{"web bse", 2, "did you mean role[base]?"},
		{"web nginx -f dot", 2, `unknown format "dot"`},
	} {
		code, stdout, stderr := rolegraph(t, append(append([]string{"why"}, strings.Fields(c.args)...), dir)...)
		if c.args == "web" {
			code, stdout, stderr = rolegraph(t, "why", "web")
		}
		if code != c.code || !strings.HasPrefix(stdout, c.want) && !strings.Contains(stderr, c.want) {
			t.Errorf("why %s: exit code %d, want %d:\n%s%s", c.args, code, c.code, stdout, stderr)
		}
	}
}

func TestWhyExitCode(t *testing.T) {
	dir := folder(t, map[string]string{"a.rb": `run_list "role[b]"`, "b.rb": ""})
	if code, _, _ := rolegraph(t, "why", "a", "b", dir); code != 0 {
		t.Errorf("a chain: exit code %d", code)
	}
	if code, stdout, _ := rolegraph(t, "why", "b", "a", dir); code != 1 || !strings.Contains(stdout, "the other way round") {
		t.Errorf("no chain: exit code %d, %s", code, stdout)
	}
}

func TestWhyJSON(t *testing.T) {
	dir := folder(t, map[string]string{"a.rb": `env_run_lists "_default" => [], "prod" => ["role[b]"]`, "b.rb": ""})
	_, stdout, _ := rolegraph(t, "why", "a", "b", dir, "-f", "json")
	var document struct {
		From, To     string
		Environments []string
		Chain        []struct {
			From, To, Relation, File string
			Environments             []string
			Line                     int
		}
		Back []any
	}
	if err := json.Unmarshal([]byte(stdout), &document); err != nil || strings.Contains(stdout, "null") {
		t.Fatalf("%v in %s", err, stdout)
	}
	if c := document.Chain; len(c) != 1 || c[0].From != "role[a]" || c[0].Relation != "run_list" || c[0].File != "a.rb" || c[0].Line != 1 || c[0].Environments[0] != "prod" || document.Environments[0] != "prod" {
		t.Errorf("it is %s", stdout)
	}
}
