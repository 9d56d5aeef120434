package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// expandFlags are those of expand.
type expandFlags struct {
	outputs     outputs[*expansions]
	environment string
	all         bool
}

// expansions are what was asked for, each with its name.
type expansions struct {
	in   *input
	ids  []string
	list []*graph.Expansion
	all  bool // also what was mentioned before
}

func newExpand() *cobra.Command {
	f := expandFlags{outputs: outputs[*expansions]{usual: "text", formats: []format[*expansions]{
		{"text", []string{"txt"}, func(w io.Writer, x *expansions) (string, error) { x.text(w); return "", nil }},
		{"json", nil, func(w io.Writer, x *expansions) (string, error) { return "", x.json(w) }},
		{"names", nil, func(w io.Writer, x *expansions) (string, error) { x.names(w); return "", nil }},
	}}}
	cmd := &cobra.Command{
		Use:   "expand NAME... [DIR...]",
		Short: "List the recipes that Chef would converge, in their order",
		Long: `List the recipes that Chef would converge for a role, a node or a policy in one
environment, in their order, each with the run lists it came through.

Chef goes through a run list depth first. A role is expanded at its first mention
only, so a cycle is no error, and of a recipe the first mention counts. A role's
list for the environment replaces its plain one, also when it is empty. Roles
are looked up by the names of their files; of two, JSON goes before Ruby.

What only a condition decides on that cannot be known without running the file
is listed apart, and so are roles that are missing; what a condition may take
away keeps its place and is called maybe. Two versions of a cookbook
are a conflict: Chef would refuse the run list, and no recipes are listed.

NAME is a role, or role[NAME], recipe[NAME], node[NAME], policy[NAME] or a role's
file; DIR, after the names, is where role files are read, as for render. A node
is expanded in its own environment, and in no other.

Exit code: 0 expanded, 1 a role is missing or versions conflict, 2 wrong usage,
or a file of these run lists that could not be read.`,
		Example: `  rolegraph expand web
  rolegraph expand web db roles/ --env production
  rolegraph expand 'node[web1]' . --nodes nodes/
  rolegraph expand roles/web.rb -f names | sort
  rolegraph expand web -f json | jq '.expansions[].recipes[].recipe'`,
		Args:              someName,
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			names, dirs := split(args, 1)
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), names, dirs)
		},
	}
	f.outputs.register(cmd, onStdout)
	cmd.Flags().StringVar(&f.environment, "env", "", "expand in environment `E` (default _default, or the node's own)")
	cmd.Flags().BoolVarP(&f.all, "all", "a", false, "list also what is skipped because it was mentioned before")
	_ = cmd.RegisterFlagCompletionFunc("env", completeFrom((*graph.Graph).Environments))
	return cmd
}

func (f *expandFlags) run(ctx context.Context, stdout, stderr io.Writer, names, dirs []string) error {
	targets, err := f.outputs.targets(standardOutput)
	if err != nil {
		return err
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	x, err := in.expand(names, f.environment)
	if err != nil {
		return err
	}
	x.all = f.all
	in.sayUnknown(stderr, f.environment)
	broken := in.printProblemsOf(stderr, x.files())
	if err := f.outputs.answer(targets, x, stdout, stderr); err != nil {
		return err
	}
	faults := x.faults()
	for _, fault := range faults {
		program.PrintLine(stderr, "rolegraph: %s", fault)
	}
	switch {
	case broken:
		return program.Outcome{Code: program.Usage}
	case len(faults) > 0:
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

// expand expands everything that the names mean.
func (in *input) expand(names []string, env string) (*expansions, error) {
	x := &expansions{in: in}
	called := in.graph.Names()
	for _, name := range names {
		ids, err := in.find(called, name)
		if err != nil {
			return nil, err
		}
		id := in.listed(name, ids)
		one, err := in.graph.Expand(id, env)
		if err != nil {
			return nil, program.Fail(program.Usage, err)
		}
		x.ids = append(x.ids, id)
		x.list = append(x.list, one)
	}
	return x, nil
}

// listed is which of the things of a name has the run list that is meant: of a
// recipe what was written, of roles the one whose file is called so, whatever the
// file calls itself.
func (in *input) listed(name string, ids []string) string {
	base := baseName(strings.TrimSuffix(strings.TrimPrefix(name, "role["), "]"))
	for _, r := range in.graph.Roles {
		if baseName(r.File) == base && slices.Contains(ids, graph.RoleID(r.Name)) {
			return graph.RoleID(base)
		}
	}
	if slices.Contains(ids, name) {
		return name
	}
	return ids[0]
}

// sayUnknown says that nothing is particular to an environment, which may be a
// slip of the pen.
func (in *input) sayUnknown(w io.Writer, env string) {
	if in.knows(env) {
		return
	}
	known := cmp.Or(in.whole, in.graph).Environments()
	also := "none has"
	if len(known) > 0 {
		also = strings.Join(known[:min(8, len(known))], ", ") + " have"
	}
	if near := cmp.Or(in.whole, in.graph).EnvironmentsLike(env); len(near) > 0 {
		also += " one; did you mean " + strings.Join(near, " or ") + "?"
	} else {
		also += " one"
	}
	program.PrintLine(w, "rolegraph: no role has a run list for environment %s: the plain ones are taken (%s)", env, also)
}

// knows says whether anything is particular to an environment. None, and Default,
// are always known.
func (in *input) knows(env string) bool {
	g := cmp.Or(in.whole, in.graph)
	_, err := g.Find(graph.EnvironmentID(env))
	return env == "" || env == graph.Default || err == nil || slices.Contains(g.Environments(), env)
}

// files are those that the answers rest on.
func (x *expansions) files() map[string]bool {
	files := map[string]bool{}
	for _, one := range x.list {
		for _, m := range slices.Concat(one.Roles, one.Recipes) {
			files[m.File] = true
			if m.Role != nil {
				files[m.Role.File] = true
			}
		}
	}
	return files
}

// faults are why Chef would not converge, in words.
func (x *expansions) faults() []string {
	var faults []string
	for i, one := range x.list {
		for _, c := range one.Conflicts {
			faults = append(faults, fmt.Sprintf("%s: conflict: cookbook %s is wanted as %s (%s) and as %s (%s); Chef refuses the run list",
				x.ids[i], c.Cookbook, c.One.Item, x.place(c.One), c.Two.Item, x.place(c.Two)))
		}
		for _, m := range one.Missing() {
			if !m.Maybe && !m.InDoubt {
				faults = append(faults, fmt.Sprintf("%s: missing role: %s (%s); the client aborts on it", x.ids[i], m.Item, x.place(m)))
			}
		}
	}
	return faults
}

// place is where a mention is written.
func (x *expansions) place(m graph.Mention) string {
	if m.File == "" {
		return "asked for"
	}
	return x.in.at(m.File, m.Item.Line)
}
