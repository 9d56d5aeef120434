package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatsSaysWhereUntanglingPays(t *testing.T) {
	roles, _ := two(t, []string{
		"a: recipe[x] recipe[y] recipe[z] recipe[a]", "b: recipe[x] recipe[y] recipe[z] recipe[b]", "c: recipe[x] recipe[y] recipe[z] recipe[c]",
		"d: recipe[x] recipe[y] recipe[z] recipe[d]", "top: role[a] recipe[x] recipe[y]", "e: role[top]", "f: role[top]",
	}, nil)
	code, stdout, stderr := rolegraph(t, "stats", roles)
	if code != 0 || stderr != "" {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{
		"7 roles, 7 recipes, 21 edges, 0 cycles", "depth          3: role[e] -> role[top] -> role[a]", "most named     recipe[x] 5, recipe[y] 5",
		"never named    5: role[b], role[c], role[d], role[e], role[f]",
		"  1. 5 fewer: 4 roles share 3 items: worth a role of their own\n       what  recipe[x], recipe[y], recipe[z]\n       in    role[a], role[b], role[c], role[d]\n",
		"  2. 2 fewer: 1 role names 2 items that others of the list bring anyway\n       what  recipe[x], recipe[y]\n       in    role[top]\n",
		"  3. 2 fewer: 2 roles name role[top] and nothing else: name it directly, unless they set attributes\n       in    role[e], role[f]\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not told:\n%s", want, stdout)
		}
	}
}

func TestStatsJSON(t *testing.T) {
	empty, _ := two(t, []string{"a:"}, nil)
	code, stdout, _ := rolegraph(t, "stats", empty, "-f", "json")
	var doc struct {
		Nodes map[string]int
		Depth int
		Chain []string
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil || code != 0 || strings.Contains(stdout, "null") {
		t.Fatalf("exit code %d, %v: %s", code, err, stdout)
	}
	if doc.Nodes["role"] != 1 || doc.Depth != 1 || len(doc.Chain) != 1 {
		t.Errorf("it says %+v", doc)
	}
}

func TestStatsOfBrokenFiles(t *testing.T) {
	roles, _ := sample(t)
	put(t, filepath.Join(roles, "broken.rb"), "run_list [", 0o644)
	code, stdout, stderr := rolegraph(t, "stats", roles)
	if code != 2 || !strings.Contains(stderr, "broken.rb:1") || !strings.Contains(stdout, "role[web]") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}

func TestChainsAreCut(t *testing.T) {
	long := strings.Fields(strings.Repeat("role[x] ", 50))
	if got := chain(long); !strings.Contains(got, "... 42 more ...") || strings.Count(got, "role[x]") != 8 {
		t.Errorf("the chain is %s", got)
	}
}

// A hub that thirty roles name, and that names them, is more than is tried out.
func TestStatsSayWhatIsALowerBound(t *testing.T) {
	files := map[string]string{}
	var all []string
	for i := range 30 {
		name := fmt.Sprintf("r%02d", i)
		files[name+".rb"] = `run_list "role[hub]"`
		all = append(all, `"role[`+name+`]"`)
	}
	files["hub.rb"] = "run_list " + strings.Join(all, ", ")
	dir := folder(t, files)
	if _, stdout, _ := rolegraph(t, "stats", dir); !strings.Contains(stdout, "depth          at least 3: role[r00] -> role[hub] -> role[r01]") {
		t.Errorf("it says %s", stdout)
	}
	if _, stdout, _ := rolegraph(t, "stats", dir, "-f", "json"); !strings.Contains(stdout, `"depth_at_least": true`) {
		t.Errorf("JSON is %s", stdout)
	}
	if _, stdout, _ := rolegraph(t, "check", dir, "--max-depth", "2"); !strings.Contains(stdout, "role[r00] nests roles at least 3 deep, and 2 is the most") {
		t.Errorf("check says %s", stdout)
	}
}
