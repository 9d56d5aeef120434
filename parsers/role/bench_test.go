package role

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// typical is a role file of the usual size.
func typical(i int) string {
	return fmt.Sprintf(`name "role-%d"
description "What the nodes of group %d are"

run_list(
  "role[base]",
  "recipe[apt]",
  "recipe[nginx::source]",
  "recipe[app-%d@1.2.3]"
)

default_attributes(
  "nginx" => {
    "worker_processes" => 4,
    "sites" => %%w(one two three),
    "root" => "/srv/#{"www"}/%d"
  },
  :users => { :deploy => { :uid => 1000 + %d, :groups => ["www", 'adm'] } }
)
`, i, i, i%100, i, i)
}

func BenchmarkTypicalFile(b *testing.B) {
	src := typical(1)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if d := readRuby(src, "role-1.rb"); len(d.role.RunList) != 4 || len(d.problems) > 0 {
			b.Fatal(d)
		}
	}
}

func BenchmarkReadTenThousandFiles(b *testing.B) {
	root := b.TempDir()
	for i := range 10_000 {
		dir := filepath.Join(root, "roles", fmt.Sprintf("group-%d", i/500))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("role-%d.rb", i)), []byte(typical(i)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		set, err := Read([]string{root})
		if err != nil || len(set.Roles) != 10_000 || len(set.Problems) > 0 {
			b.Fatal(err, len(set.Roles), set.Problems[:min(3, len(set.Problems))])
		}
	}
}

func BenchmarkLargeJSON(b *testing.B) {
	src := `{"name":"a","default_attributes":{` + strings.Repeat(`"key":{"list":[1,2.5,"text with \n escapes"],"flag":true},`, 80_000) + `"z":1},"run_list":["recipe[a]"]}`
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if d := readJSON(src, "a.json"); len(d.problems) > 0 {
			b.Fatal(d.problems)
		}
	}
}
