// Package role reads Chef role files, in Ruby or JSON, without executing them.
package role

import (
	"maps"
	"slices"
)

// Format is the notation of a role file.
type Format string

// The notations of a role file.
const (
	Ruby Format = "rb"
	JSON Format = "json"
)

// Role is what one role file says. Two files that declare one name are two Roles.
type Role struct {
	Name        string // declared, else the file's base name
	File        string // relative to the directory that was read, with slashes
	Format      Format
	Line        int // of the name, 1 or more; 1 when it is not declared
	Description string
	// RunList is normalised and without repetitions; with env_run_lists it is their "_default".
	RunList []Item
	// EnvRunLists maps an environment to its list, repetitions kept, without "_default".
	EnvRunLists map[string][]Item
	// Maybe are items that stand in a list only if a condition holds that cannot
	// be known without running the file. They are in neither RunList nor EnvRunLists.
	Maybe      []MaybeItem
	Unresolved []Unresolved
}

// MaybeItem is an item that a condition decides on.
type MaybeItem struct {
	Item
	Environment string // whose list it would stand in; "_default" for the plain run_list
	Condition   string // its source text, cut to a line of 120 characters at most
}

// InDoubt are the items of the lists that a condition may take away again: those
// of the plain run_list, then those of the environments, which are sorted.
func (r Role) InDoubt() []MaybeItem {
	var all []MaybeItem
	list := func(env string, items []Item) {
		for _, i := range items {
			if i.Doubt != "" {
				all = append(all, MaybeItem{Item: i, Environment: env, Condition: i.Doubt})
			}
		}
	}
	list(defaultEnv, r.RunList)
	for _, env := range slices.Sorted(maps.Keys(r.EnvRunLists)) {
		list(env, r.EnvRunLists[env])
	}
	return all
}

// Kind tells an item that names a recipe from one that names a role.
type Kind string

// The kinds of run-list items.
const (
	RecipeItem Kind = "recipe"
	RoleItem   Kind = "role"
)

// Item is one entry of a run list.
type Item struct {
	Kind    Kind
	Name    string // "nginx", "nginx::ssl", or a role's name
	Version string // of a recipe's cookbook, "1.2" or "1.2.3"; usually empty
	Line    int    // in its file, 1 or more
	// Doubt is the source of a condition, cut to a line of 120 characters at most,
	// that may take the item away again; empty when it is certain.
	Doubt string
}

// String is the item as Chef normalises it: "recipe[nginx@1.2.3]", "role[base]".
func (i Item) String() string {
	if i.Version != "" {
		return string(i.Kind) + "[" + i.Name + "@" + i.Version + "]"
	}
	return string(i.Kind) + "[" + i.Name + "]"
}

// Unresolved is a piece of a role file whose value cannot be known without
// running it. What it would have added is missing from the Role.
type Unresolved struct {
	File   string
	Line   int
	Text   string // the source, cut to a line of 120 characters at most
	Reason string
}

// ProblemKind is the class of a Problem, stable for scripts.
type ProblemKind string

// The classes of problems that reading can find.
const (
	SyntaxError   ProblemKind = "syntax-error"   // the file breaks its language's grammar
	InvalidRole   ProblemKind = "invalid-role"   // Chef would refuse to load it
	DuplicateRole ProblemKind = "duplicate-role" // two files declare one name, or bear it
	Overlap       ProblemKind = "overlap"        // files lie in two of the directories given, and count once
	NameMismatch  ProblemKind = "name-mismatch"  // the declared name is not the file's
	Unreadable    ProblemKind = "unreadable"     // the file or directory could not be read
	TooLarge      ProblemKind = "too-large"      // over a limit; the rest was read
	InvalidFile   ProblemKind = "invalid-file"   // Chef would refuse to load it, and it is no role
	DuplicateName ProblemKind = "duplicate-name" // two files declare one name, and they are no roles
)

// Partial says whether a problem of this kind means that less was read than its
// file or directory holds.
func (k ProblemKind) Partial() bool {
	switch k {
	case SyntaxError, InvalidRole, Unreadable, TooLarge, InvalidFile:
		return true
	}
	return false
}

// Problem is something wrong with one role file, at a place in it.
type Problem struct {
	File         string
	Line, Column int // from 1; Column 0 when it is not known
	Kind         ProblemKind
	Message      string // what is wrong, and what happens now
}

// Set is everything that one directory held, sorted by file.
type Set struct {
	Roles    []Role
	Problems []Problem
	// Beside are the names of the roles whose files lie beside a single file that
	// was read, sorted: they are there, and were not read for it.
	Beside []string
}
