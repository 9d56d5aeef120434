package draw_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func writeJSON(t testing.TB, g *graph.Graph) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := draw.JSON(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONListsAreNeverNull(t *testing.T) {
	graphs := samples()
	graphs["bare"] = &graph.Graph{Roles: []role.Role{{Name: "a"}}, Nodes: []graph.Node{{ID: "role[a]"}}, Edges: []graph.Edge{{From: "role[a]", To: "role[a]"}}}
	for name, g := range graphs {
		out := writeJSON(t, g)
		if bytes.Contains(out, []byte("null")) {
			t.Errorf("%s: null in %s", name, out)
		}
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(out, &keys); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"roles", "nodes", "edges", "cycles", "problems", "unresolved"} {
			if !bytes.HasPrefix(keys[key], []byte("[")) {
				t.Errorf("%s: %s is %.20s, want a list", name, key, keys[key])
			}
		}
	}
}

func TestJSONSaysWhatTheRolesSay(t *testing.T) {
	set := role.Set{
		Roles: []role.Role{{
			Name: "web", File: "roles/web.rb", Format: role.Ruby, Line: 1, Description: `the <b>"web"</b> & more`,
			RunList:     []role.Item{item("recipe[nginx@1.2.3]", 3), item("role[base]", 4)},
			EnvRunLists: map[string][]role.Item{"prod": {item("recipe[a]", 6), item("recipe[a]", 7)}, "none": nil},
			Maybe:       []role.MaybeItem{{Item: item("role[east]", 8), Environment: "prod", Condition: "ENV['DC'] == \"east\""}},
			Unresolved:  []role.Unresolved{{File: "roles/web.rb", Line: 9, Text: "run_list(*x)", Reason: "x is not known"}},
		}},
		Problems: []role.Problem{{File: "roles/b.rb", Line: 2, Column: 5, Kind: role.SyntaxError, Message: "unexpected end"}},
	}
	var got, want any
	if err := json.Unmarshal(writeJSON(t, graph.New(set, repository.Set{})), &got); err != nil {
		t.Fatal(err)
	}
	const text = `{
		"roles": [{"name": "web", "file": "roles/web.rb", "format": "rb", "description": "the <b>\"web\"</b> & more",
			"run_list": ["recipe[nginx@1.2.3]", "role[base]"],
			"env_run_lists": {"prod": ["recipe[a]", "recipe[a]"], "none": []},
			"maybe": [{"item": "role[east]", "environment": "prod", "condition": "ENV['DC'] == \"east\""}],
			"unresolved": [{"file": "roles/web.rb", "line": 9, "text": "run_list(*x)", "reason": "x is not known"}]}],
		"nodes": [{"id": "role[base]", "kind": "role", "name": "base", "missing": true}, {"id": "role[east]", "kind": "role", "name": "east", "missing": true}, {"id": "role[web]", "kind": "role", "name": "web", "incomplete": true, "file": "roles/web.rb", "line": 1},
			{"id": "recipe[a]", "kind": "recipe", "name": "a"}, {"id": "recipe[nginx@1.2.3]", "kind": "recipe", "name": "nginx"}],
		"edges": [
			{"from": "role[web]", "to": "recipe[a]", "kind": "recipe", "relation": "run_list", "environments": ["prod"], "file": "roles/web.rb", "line": 6},
			{"from": "role[web]", "to": "recipe[nginx@1.2.3]", "kind": "recipe", "relation": "run_list", "environments": [], "file": "roles/web.rb", "line": 3},
			{"from": "role[web]", "to": "role[base]", "kind": "role", "relation": "run_list", "environments": [], "file": "roles/web.rb", "line": 4},
			{"from": "role[web]", "to": "role[east]", "kind": "role", "relation": "run_list", "maybe": true, "environments": ["prod"], "file": "roles/web.rb", "line": 8}],
		"cycles": [],
		"problems": [{"file": "roles/b.rb", "line": 2, "kind": "syntax-error", "message": "unexpected end"}],
		"unresolved": []}`
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}

func TestJSONSaysWhatElseWasRead(t *testing.T) {
	recipe := repository.Recipe{Name: "shop::default", File: "./shop/recipes/default.rb",
		Includes:   []repository.Include{{Recipe: "apt::default", Line: 2, Maybe: true}},
		Unresolved: []role.Unresolved{{File: "./shop/recipes/default.rb", Line: 3, Text: "include_recipe x", Reason: "x is not known"}}}
	g := graph.New(role.Set{}, repository.Set{
		Cookbooks: []repository.Cookbook{{Name: "shop", Dir: "./shop", File: "./shop/metadata.rb", Line: 2, Recipes: []repository.Recipe{recipe}}},
		Nodes:     []repository.Node{{Name: "n", File: "./n.json", Line: 1, Environment: "qa", EnvLine: 4}},
	})
	var got any
	if err := json.Unmarshal(writeJSON(t, g), &got); err != nil {
		t.Fatal(err)
	}
	parts := got.(map[string]any)
	var lines []string
	for _, key := range []string{"nodes", "edges", "unresolved"} {
		for _, entry := range parts[key].([]any) {
			lines = append(lines, fmt.Sprint(entry))
		}
	}
	want := []string{
		"map[external:true id:recipe[apt] kind:recipe name:apt]",
		"map[file:./shop/recipes/default.rb id:recipe[shop] incomplete:true kind:recipe line:1 name:shop]",
		"map[environment:qa file:./n.json id:node[n] kind:node line:1 name:n]",
		"map[id:environment[qa] kind:environment name:qa]",
		"map[external:true id:cookbook[apt] kind:cookbook name:apt]",
		"map[file:./shop/metadata.rb id:cookbook[shop] kind:cookbook line:2 name:shop]",
		"map[environments:[] file:./n.json from:node[n] kind:environment line:4 relation:chef_environment to:environment[qa]]",
		"map[environments:[] file:./shop/recipes/default.rb from:recipe[apt] kind:cookbook line:2 relation:part_of to:cookbook[apt]]",
		"map[environments:[] file:./shop/recipes/default.rb from:recipe[shop] kind:cookbook line:1 relation:part_of to:cookbook[shop]]",
		"map[environments:[] file:./shop/recipes/default.rb from:recipe[shop] kind:recipe line:2 maybe:true relation:include_recipe to:recipe[apt]]",
		"map[file:./shop/recipes/default.rb line:3 reason:x is not known text:include_recipe x]",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

func TestJSONIsOneReadableDocument(t *testing.T) {
	out := writeJSON(t, named("<&>", "b"))
	if !bytes.Contains(out, []byte("role[<&>]")) || !bytes.HasSuffix(out, []byte("\n}\n")) {
		t.Errorf("got %s", out)
	}
}

func TestEveryNotationHasTheSameNodesAndEdges(t *testing.T) {
	for name, g := range samples() {
		var doc struct {
			Nodes []struct{ ID string }
			Edges []struct{ From, To string }
		}
		if err := json.Unmarshal(writeJSON(t, g), &doc); err != nil {
			t.Fatal(err)
		}
		var lists [3][]string
		for _, n := range doc.Nodes {
			lists[0] = append(lists[0], n.ID)
		}
		for _, e := range doc.Edges {
			lists[0] = append(lists[0], e.From+"->"+e.To)
		}
		svg, dot := parseSVG(t, g), parseDOT(t, writeDOT(t, g))
		for _, n := range svg.groups("node") {
			lists[1] = append(lists[1], n.attr("data-name"))
		}
		for _, e := range svg.groups("edge") {
			lists[1] = append(lists[1], e.attr("data-from")+"->"+e.attr("data-to"))
		}
		for _, n := range dot.Nodes.Nodes {
			lists[2] = append(lists[2], strings.Trim(n.Name, `"`))
		}
		for _, e := range dot.Edges.Edges {
			lists[2] = append(lists[2], strings.Trim(e.Src, `"`)+"->"+strings.Trim(e.Dst, `"`))
		}
		for i := range lists {
			slices.Sort(lists[i])
		}
		if !slices.Equal(lists[0], lists[1]) || !slices.Equal(lists[0], lists[2]) {
			t.Errorf("%s: JSON, SVG and DOT differ:\n%v\n%v\n%v", name, lists[0], lists[1], lists[2])
		}
	}
}
