package repository_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/repository"
)

// BenchmarkRead reads 200 cookbooks of five recipes of 4 KB each.
func BenchmarkRead(b *testing.B) {
	files := map[string]string{}
	resource := "package 'x' do\n  version node['a']['b'] if node['pin']\n  notifies :restart, 'service[x]', :delayed\nend\n\n"
	for i := range 200 {
		dir := fmt.Sprintf("cookbooks/c%03d/", i)
		files[dir+"metadata.rb"] = fmt.Sprintf("name 'c%03d'\ndepends 'c%03d', '~> 1.0'\n", i, (i+1)%200)
		for r := range 5 {
			files[dir+fmt.Sprintf("recipes/r%d.rb", r)] = fmt.Sprintf("include_recipe 'c%03d::r0'\n", (i+r)%200) + strings.Repeat(resource, 35)
		}
	}
	tree(b, files)
	for b.Loop() {
		set, err := repository.Read(repository.Folders{Cookbooks: []string{"cookbooks"}})
		if err != nil || len(set.Cookbooks) != 200 {
			b.Fatalf("%d cookbooks, %v", len(set.Cookbooks), err)
		}
	}
}
