package check

import (
	"fmt"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// A check of 10,000 roles in five levels, with a cycle among the lowest.
func BenchmarkJudge10000(b *testing.B) {
	var s role.Set
	for i := range 10_000 {
		r := role.Role{Name: fmt.Sprintf("r%05d", i), File: fmt.Sprintf("roles/r%05d.rb", i), Line: 1}
		for by := range 3 {
			r.RunList = append(r.RunList, role.Item{Kind: role.RecipeItem, Name: fmt.Sprintf("c%d", (i+by)%700), Line: by + 2})
			if i < 8000 {
				r.RunList = append(r.RunList, role.Item{Kind: role.RoleItem, Name: fmt.Sprintf("r%05d", i/2000*2000+2000+(i*7+by)%2000), Line: by + 5})
			}
		}
		s.Roles = append(s.Roles, r)
	}
	s.Roles[9000].RunList = append(s.Roles[9000].RunList, role.Item{Kind: role.RoleItem, Name: "r07000", Line: 9})
	g := graph.New(s, repository.Set{})
	for b.Loop() {
		if r := Judge(g, Settings{}); len(r.Findings) == 0 {
			b.Fatal("nothing was found")
		}
	}
}
