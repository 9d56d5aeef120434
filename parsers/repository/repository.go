// Package repository reads what a Chef repository holds beside its roles:
// cookbooks, nodes, environments and Policyfiles, without executing them.
package repository

import (
	"cmp"
	"slices"

	"github.com/converged/converged/parsers/role"
)

// Set is what was read of a repository. Every list is sorted by File.
type Set struct {
	Cookbooks    []Cookbook
	Nodes        []Node
	Environments []Environment
	Policies     []Policy
	Problems     []role.Problem
}

// Unresolved is all that could not be known of the files, sorted by file and line.
func (s Set) Unresolved() []role.Unresolved {
	var all []role.Unresolved
	for _, c := range s.Cookbooks {
		all = append(all, c.Unresolved...)
		for _, r := range c.Recipes {
			all = append(all, r.Unresolved...)
		}
	}
	for _, n := range s.Nodes {
		all = append(all, n.Unresolved...)
	}
	for _, p := range s.Policies {
		all = append(all, p.Unresolved...)
	}
	slices.SortStableFunc(all, func(a, b role.Unresolved) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return all
}

// Cookbook is a folder with recipes and its metadata.rb or metadata.json.
type Cookbook struct {
	Name       string // what the metadata declares, else the folder's name
	Dir        string // its folder, with slashes
	File       string // of the metadata; Dir when there is none
	Line       int    // of the name in it, 1 or more
	Depends    []Dependency
	Recipes    []Recipe // sorted by name
	Unresolved []role.Unresolved
}

// Dependency is one "depends" of a cookbook's metadata.
type Dependency struct {
	Cookbook   string
	Constraint string // "~> 2.0"; empty for any version
	File       string
	Line       int // 1 or more
	Maybe      bool
}

// Recipe is one file in a cookbook's folder recipes.
type Recipe struct {
	Name       string // "nginx::ssl"; the default recipe is "nginx::default"
	File       string
	Includes   []Include
	Unresolved []role.Unresolved // an include_recipe whose name is not known
}

// Include is one "include_recipe" of a recipe.
type Include struct {
	Recipe string // as Node.Name of the recipe it means: always "cookbook::recipe"
	Line   int    // 1 or more
	Maybe  bool   // it stands under a condition, a guard, a block or a method
}

// Node is one machine, as its file in a folder nodes describes it.
type Node struct {
	Name        string
	File        string
	Line        int    // of the name, 1 or more
	Environment string // "_default" when the file names none
	EnvLine     int    // where it is named, 1 or more
	RunList     []role.Item
	PolicyName  string // with a policy the run list is the policy's
	PolicyGroup string
	Unresolved  []role.Unresolved
}

// Environment is one file of a folder environments.
type Environment struct {
	Name string
	File string
	Line int // of the name, 1 or more
}

// Policy is one Policyfile.
type Policy struct {
	Name       string
	File       string
	Line       int // of the name, 1 or more
	RunList    []role.Item
	Named      map[string][]role.Item // the named run lists
	Includes   []PolicyInclude
	Unresolved []role.Unresolved
}

// PolicyInclude is one "include_policy" of a Policyfile: the run list of that
// policy goes before its own.
type PolicyInclude struct {
	Policy string
	Line   int // 1 or more
	Maybe  bool
}
