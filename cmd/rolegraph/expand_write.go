package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// longChain is how many roles of a chain are shown at each of its ends.
const longChain = 4

func (x *expansions) text(w io.Writer) {
	for i, one := range x.list {
		if i > 0 {
			program.PrintLine(w, "")
		}
		recipes := one.Recipes
		if len(one.Conflicts) > 0 {
			recipes = nil
		}
		program.PrintLine(w, "%s in %s: %s through %s", x.ids[i], one.Environment, graph.Counted(len(recipes), "recipe"), graph.Counted(certainRoles(one), "role"))
		x.section(w, one, "", recipes)
		for _, c := range one.Conflicts {
			program.PrintLine(w, "conflict: cookbook %s", c.Cookbook)
			x.section(w, one, "", []graph.Mention{c.One, c.Two})
		}
		x.section(w, one, "missing, so that the client aborts:", missing(one, false))
		x.section(w, one, "found by a Chef server only, since their files are called otherwise:", those(one.Roles, graph.Mention.OnServerOnly))
		x.section(w, one, "not read, so that what they bring is not known:", those(one.Roles, func(m graph.Mention) bool { return m.External }))
		x.section(w, one, "maybe, by conditions that cannot be known:", one.Maybe)
		x.section(w, one, "maybe missing:", missing(one, true))
		if x.all {
			x.section(w, one, "skipped, because mentioned before:", one.Skipped)
		}
	}
}

func certainRoles(one *graph.Expansion) int {
	n := 0
	for _, m := range one.Roles {
		if !m.Maybe {
			n++
		}
	}
	return n
}

func those(all []graph.Mention, are func(graph.Mention) bool) []graph.Mention {
	var some []graph.Mention
	for _, m := range all {
		if are(m) {
			some = append(some, m)
		}
	}
	return some
}

func missing(one *graph.Expansion, maybe bool) []graph.Mention {
	return those(one.Missing(), func(m graph.Mention) bool { return (m.Maybe || m.InDoubt) == maybe })
}

// section lists mentions, a line each: the item, and the way to it.
func (x *expansions) section(w io.Writer, one *graph.Expansion, head string, mentions []graph.Mention) {
	if len(mentions) == 0 {
		return
	}
	if head != "" {
		program.PrintLine(w, "%s", head)
	}
	wide := 0
	for _, m := range mentions {
		if n := utf8.RuneCountInString(told(m)); n <= 48 {
			wide = max(wide, n)
		}
	}
	for i, m := range mentions {
		item := told(m)
		gap := strings.Repeat(" ", max(0, wide-utf8.RuneCountInString(item)))
		program.PrintLine(w, "%4d  %s%s  %s", i+1, item, gap, x.way(one, m))
	}
}

// told is an item, and whether a condition may take it away.
func told(m graph.Mention) string {
	item := program.Visible(m.Item.String())
	if m.InDoubt {
		item += " (maybe)"
	}
	return item
}

// way is "role[web] (web.rb:3) > role[base] (base.rb:5)": who names whom, where.
func (x *expansions) way(one *graph.Expansion, m graph.Mention) string {
	chain, omitted := one.Chain(m)
	if len(chain) == 0 {
		return x.place(m)
	}
	middle := len(chain) - 2*longChain
	var steps []string
	for i, by := range chain {
		next := m
		if i+1 < len(chain) {
			next = chain[i+1]
		}
		if omitted+middle > 1 && i >= longChain && i < longChain+middle {
			if i == longChain {
				steps = append(steps, fmt.Sprintf("… %d more …", omitted+middle))
			}
			continue
		}
		step := fmt.Sprintf("%s (%s)", by.Item, x.place(next))
		if next.Condition != "" {
			step += " depending on " + next.Condition
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, " > ")
}

// names are the recipes of all, a line each.
func (x *expansions) names(w io.Writer) {
	seen := map[string]bool{}
	for _, one := range x.list {
		for _, m := range one.Recipes {
			if item := m.Item.String(); len(one.Conflicts) == 0 && !seen[item] {
				seen[item] = true
				program.PrintLine(w, "%s", item)
			}
		}
	}
}

// The document that expand writes. Lists are never null.
type (
	expansionEntry struct {
		Name        string          `json:"name"`
		Environment string          `json:"environment"`
		Recipes     []mentionEntry  `json:"recipes"`
		Roles       []mentionEntry  `json:"roles"`
		Missing     []mentionEntry  `json:"missing"`
		Maybe       []mentionEntry  `json:"maybe"`
		Skipped     []mentionEntry  `json:"skipped"`
		Conflicts   []conflictEntry `json:"conflicts"`
	}
	mentionEntry struct {
		Recipe    string      `json:"recipe,omitzero"`
		Role      string      `json:"role,omitzero"`
		File      string      `json:"file,omitzero"` // where it is written; none for what was asked for
		Line      int         `json:"line,omitzero"`
		Condition string      `json:"condition,omitzero"`
		InDoubt   bool        `json:"in_doubt,omitzero"` // the condition, or one on the way, may take it away
		External  bool        `json:"external,omitzero"` // a role that is there and was not read
		Omitted   int         `json:"omitted,omitzero"`  // roles in the middle of a long chain
		Chain     []stepEntry `json:"chain"`
	}
	stepEntry struct {
		Role string `json:"role"`
		File string `json:"file,omitzero"`
		Line int    `json:"line,omitzero"`
	}
	conflictEntry struct {
		Cookbook string         `json:"cookbook"`
		Mentions []mentionEntry `json:"mentions"`
	}
)

func (x *expansions) json(w io.Writer) error {
	list := make([]expansionEntry, len(x.list))
	for i, one := range x.list {
		e := expansionEntry{Name: x.ids[i], Environment: one.Environment, Recipes: []mentionEntry{}, Conflicts: []conflictEntry{},
			Roles: entries(one, certain(one.Roles)), Missing: entries(one, one.Missing()), Maybe: entries(one, one.Maybe), Skipped: entries(one, one.Skipped)}
		if len(one.Conflicts) == 0 {
			e.Recipes = entries(one, one.Recipes)
		}
		for _, c := range one.Conflicts {
			e.Conflicts = append(e.Conflicts, conflictEntry{c.Cookbook, entries(one, []graph.Mention{c.One, c.Two})})
		}
		list[i] = e
	}
	return encode(w, map[string]any{"expansions": list})
}

func certain(all []graph.Mention) []graph.Mention {
	return those(all, func(m graph.Mention) bool { return !m.Maybe })
}

func entries(one *graph.Expansion, mentions []graph.Mention) []mentionEntry {
	list := make([]mentionEntry, len(mentions))
	for i, m := range mentions {
		e := mentionEntry{File: m.File, Line: m.Item.Line, Condition: m.Condition, External: m.External, InDoubt: m.InDoubt, Chain: []stepEntry{}}
		if m.Item.Kind == "role" {
			e.Role = m.Item.String()
		} else {
			e.Recipe = m.Item.String()
		}
		var chain []graph.Mention
		chain, e.Omitted = one.Chain(m)
		for _, by := range chain {
			e.Chain = append(e.Chain, stepEntry{by.Item.String(), by.File, by.Item.Line})
		}
		list[i] = e
	}
	return list
}
