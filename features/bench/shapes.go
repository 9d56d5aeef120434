package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// role is a role to write down: its name and the roles it includes.
type role struct {
	name string
	uses []string
}

func named(i int) string { return fmt.Sprintf("role-%05d", i) }

// levels are n roles in five levels, and so many edges from them to the next
// levels, spread evenly.
func levels(n, edges int) []role {
	const levels = 5
	roles := make([]role, n)
	for i := range roles {
		roles[i].name = named(i)
	}
	for j := 0; edges > 0; j++ {
		for i := range roles {
			if below := i + n/levels + (i*7+j*13)%(n/levels); below < n && edges > 0 {
				roles[i].uses = append(roles[i].uses, named(below))
				edges--
			}
		}
	}
	return roles
}

// complete are n roles that all name all others.
func complete(n int) []role {
	roles := make([]role, n)
	for i := range roles {
		roles[i].name = named(i)
		for j := range n {
			if j != i {
				roles[i].uses = append(roles[i].uses, named(j))
			}
		}
	}
	return roles
}

// hub is one role that n others name.
func hub(n int) []role {
	roles := []role{{name: "hub"}}
	for i := range n {
		roles = append(roles, role{named(i), []string{"hub"}})
	}
	return roles
}

// loops are n roles that name themselves.
func loops(n int) []role {
	roles := make([]role, n)
	for i := range roles {
		roles[i] = role{named(i), []string{named(i)}}
	}
	return roles
}

// chain are n roles, each naming the next.
func chain(n int) []role {
	roles := make([]role, n)
	for i := range roles {
		roles[i].name = named(i)
		if i+1 < n {
			roles[i].uses = []string{named(i + 1)}
		}
	}
	return roles
}

// missing is one role that names n others, none of which is there.
func missing(n int) []role {
	all := role{name: "all"}
	for i := range n {
		all.uses = append(all.uses, named(i))
	}
	return []role{all}
}

// write puts each role into a file of its own.
func write(dir string, roles []role) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, r := range roles {
		list := make([]string, len(r.uses))
		for i, name := range r.uses {
			list[i] = "role[" + name + "]"
		}
		items, err := json.Marshal(list) // a Ruby array as well
		if err != nil {
			return err
		}
		text := fmt.Sprintf("name %q\ndescription \"one of many\"\nrun_list(%s)\ndefault_attributes(\"a\" => { \"b\" => [1, 2, 3] })\n", r.name, items)
		if err := os.WriteFile(filepath.Join(dir, r.name+".rb"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
