// Package check judges a graph by rules: what is wrong with it, how bad that
// is, and which of it was known before.
package check

import (
	"fmt"
	"slices"
	"strings"
)

// Level is how bad a finding is.
type Level string

// The levels. Off means that a rule is not looked at.
const (
	Off     Level = "off"
	Warning Level = "warning"
	Error   Level = "error"
)

// levels are all of them.
var levels = []Level{Off, Warning, Error}

// Levels are all levels, from the least.
func Levels() []Level { return slices.Clone(levels) }

// ParseLevel reads a level's name. The error says which there are.
func ParseLevel(name string) (Level, error) {
	if l := Level(name); slices.Contains(levels, l) {
		return l, nil
	}
	return "", fmt.Errorf("unknown level %q: expected off, warning or error", name)
}

// Rule is one thing that is looked for. Its name is stable: configuration,
// baselines and reports use it.
type Rule struct {
	Name  string
	Level Level // unless it is set otherwise
	Doc   string
}

// The names of the rules.
const (
	Cycle              = "cycle"
	AcrossEnvironments = "cycle-across-environments"
	PossibleCycle      = "possible-cycle"
	SelfReference      = "self-reference"
	MissingRole        = "missing-role"
	MissingRecipe      = "missing-recipe"
	MissingCookbook    = "missing-cookbook"
	MissingPolicy      = "missing-policy"
	DuplicateName      = "duplicate-name"
	NameMismatch       = "name-mismatch"
	SyntaxError        = "syntax-error"
	InvalidFile        = "invalid-file"
	Unreadable         = "unreadable"
	Unresolved         = "unresolved"
	UnusedRole         = "unused-role"
	RedundantItem      = "redundant-item"
	DeepRunList        = "deep-run-list"
	UnknownEnvironment = "unknown-environment"
)

// rules are all rules, what breaks a converge first.
var rules = []Rule{
	{Cycle, Error, "roles, recipes or cookbooks that depend on each other in a circle"},
	{AcrossEnvironments, Error, "a circle that only several environments together close; Chef never meets it whole"},
	{PossibleCycle, Warning, "a circle that closes only if conditions hold that cannot be known"},
	{SelfReference, Error, "a role, recipe or cookbook that names itself"},
	{MissingRole, Error, "a role that is named and that no file declares"},
	{MissingRecipe, Error, "a recipe that is named and that its cookbook does not hold, where cookbooks are read"},
	{MissingCookbook, Off, "a cookbook that is named and is not among those that are read"},
	{MissingPolicy, Error, "a policy that a node follows and that is not among those that are read"},
	{DuplicateName, Error, "one name that two files declare"},
	{NameMismatch, Warning, "a declared name that is not its file's"},
	{SyntaxError, Error, "a file that breaks its language's grammar"},
	{InvalidFile, Error, "a file that Chef would refuse to load"},
	{Unreadable, Error, "a file that could not be read, or is too large to be"},
	{Unresolved, Warning, "what cannot be known of a file without running it"},
	{UnusedRole, Warning, "a role that nothing names; looked at where nodes are read, or this rule is set"},
	{RedundantItem, Warning, "an item of a run list that an earlier item of the list brings already"},
	{DeepRunList, Warning, "a role that nests roles deeper than the maximal depth"},
	{UnknownEnvironment, Warning, "an environment with a run list, or a node, and no file, where environments are read"},
}

// Rules are all rules, in the order that findings are told in.
func Rules() []Rule { return slices.Clone(rules) }

// Lookup finds a rule by its name. The error says which there are.
func Lookup(name string) (Rule, error) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		names := make([]string, len(rules))
		for i, r := range rules {
			names[i] = r.Name
		}
		return Rule{}, fmt.Errorf("unknown rule %q: known are %s", name, strings.Join(names, ", "))
	}
	return rules[i], nil
}
