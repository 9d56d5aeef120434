package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

type whyFlags struct {
	outputs     outputs[*whyAnswer]
	environment string
}

// whyAnswer is how one name leads to another.
type whyAnswer struct {
	in                    *input
	from, to, environment string
	graph.Why
}

func newWhy() *cobra.Command {
	f := whyFlags{outputs: outputs[*whyAnswer]{usual: "text", formats: []format[*whyAnswer]{
		{"text", []string{"txt"}, func(w io.Writer, a *whyAnswer) (string, error) { a.text(w); return "", nil }},
		{"json", nil, func(w io.Writer, a *whyAnswer) (string, error) { return "", a.json(w) }},
	}}}
	cmd := &cobra.Command{
		Use:   "why A B [DIR...]",
		Short: "Show the shortest chain from one thing to another",
		Long: `Show why A brings B: a shortest chain of run lists, includes and dependencies from
the one to the other, with file:line of each step.

Every step holds in one and the same environment: that of --env, or any one, which
is named then. A chain that is certain goes before a shorter one that has a step on
a condition that cannot be known. Where there is no chain, it is said whether one
is there in other environments, or from B to A.

A and B are roles, or role[NAME], recipe[NAME], node[NAME], cookbook[NAME] and so on,
or role files; DIR, after the names, is where role files are read, as for render.

Exit code: 0 there is a chain, 1 there is none, 2 wrong usage, or there is none and
a file could not be read.`,
		Example: `  rolegraph why web ntp
  rolegraph why shop 'recipe[openssl]' roles/ --env production
  rolegraph why 'node[web1]' 'cookbook[apt]' . --nodes nodes/ --cookbooks cookbooks/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return errors.New("two names are needed, A and B: expected roles, recipe[NAME] or the like")
			}
			return nil
		},
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			names, dirs := split(args, 2)
			if len(names) > 2 {
				return fmt.Errorf("%q is no directory: expected two names, then directories", names[2])
			}
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), names, dirs)
		},
	}
	f.outputs.register(cmd, onStdout)
	cmd.Flags().StringVar(&f.environment, "env", "", "only by what holds in environment `E` (default any)")
	_ = cmd.RegisterFlagCompletionFunc("env", completeFrom((*graph.Graph).Environments))
	return cmd
}

func (f *whyFlags) run(ctx context.Context, stdout, stderr io.Writer, names, dirs []string) error {
	targets, err := f.outputs.targets(standardOutput)
	if err != nil {
		return err
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	a, err := in.why(names[0], names[1], f.environment)
	if err != nil {
		return err
	}
	in.sayUnknown(stderr, f.environment)
	if err := f.outputs.answer(targets, a, stdout, stderr); err != nil {
		return err
	}
	switch {
	case a.Chain != nil:
		return nil
	case in.incomplete():
		in.printProblems(stderr)
		return program.Outcome{Code: program.Usage}
	}
	return program.Outcome{Code: program.Findings}
}

func (in *input) why(from, to, environment string) (*whyAnswer, error) {
	called := in.graph.Names()
	start, err := in.find(called, from)
	if err != nil {
		return nil, err
	}
	goal, err := in.find(called, to)
	if err != nil {
		return nil, err
	}
	if start[0] == goal[0] {
		return nil, program.Fail(program.Usage, fmt.Errorf("%s and %s are one: expected two; rolegraph check tells of its cycles", program.Visible(from), program.Visible(to)))
	}
	if err := in.graph.There(slices.Concat(start, goal), environment); err != nil {
		return nil, program.Fail(program.Usage, err)
	}
	return &whyAnswer{in, start[0], goal[0], environment, in.graph.Why(start, goal, environment)}, nil
}

// relations are how a step of each kind is told.
var relations = map[graph.Relation]string{
	graph.RunList: "names", graph.Includes: "includes", graph.Depends: "depends on",
	graph.PartOf: "is part of", graph.Belongs: "is in", graph.Follows: "follows",
	graph.Merges: "includes", graph.Named: "has the list",
}

func (a *whyAnswer) text(w io.Writer) {
	suffix := ""
	if a.environment != "" {
		suffix = " in " + a.environment
	}
	if a.Chain == nil {
		program.PrintLine(w, "%s does not lead to %s%s", a.from, a.to, suffix)
	}
	in := strings.Join(a.In, ", ")
	if suffix == "" && len(a.In) > 0 {
		suffix = " in " + in
	}
	if a.Maybe {
		suffix += ", if conditions hold that cannot be known"
	}
	a.steps(w, a.Chain, "leads to", suffix)
	a.steps(w, a.Elsewhere, "leads to", " in "+in)
	a.steps(w, a.Mixed, "would lead to", ", but in no environment by every step")
	a.steps(w, a.Back, "leads to", ": the other way round")
}

func (a *whyAnswer) steps(w io.Writer, chain []graph.Edge, how, suffix string) {
	if len(chain) == 0 {
		return
	}
	program.PrintLine(w, "%s %s %s in %s%s", chain[0].From, how, chain[len(chain)-1].To, graph.Counted(len(chain), "step"), suffix)
	for _, e := range chain {
		program.PrintLine(w, "  %s: %s %s %s%s", a.in.at(e.File, e.Line), e.From, relations[e.Relation], e.To, brackets(e))
	}
}

// brackets is what restricts an edge: " [production]", " (maybe)".
func brackets(e graph.Edge) string {
	text := ""
	if only := e.Only(); len(only) > 0 {
		text = " [" + strings.Join(only, ", ") + "]"
	}
	if e.Maybe {
		text += " (maybe)"
	}
	return text
}

// stepOf is one edge of a chain in JSON.
type stepOf struct {
	From         string         `json:"from"`
	To           string         `json:"to"`
	Relation     graph.Relation `json:"relation"`
	Environments []string       `json:"environments"`
	Maybe        bool           `json:"maybe,omitzero"`
	File         string         `json:"file"`
	Line         int            `json:"line"`
}

func stepsOf(chain []graph.Edge) []stepOf {
	steps := make([]stepOf, len(chain))
	for i, e := range chain {
		steps[i] = stepOf{e.From, e.To, e.Relation, list(e.Only()), e.Maybe, e.File, e.Line}
	}
	return steps
}

// list is never null in JSON.
func list(names []string) []string { return append([]string{}, names...) }

func (a *whyAnswer) json(w io.Writer) error {
	return encode(w, struct {
		From         string   `json:"from"`
		To           string   `json:"to"`
		Environment  string   `json:"environment,omitzero"` // asked for
		Environments []string `json:"environments"`         // in which the chain holds; all when empty
		Maybe        bool     `json:"maybe"`
		Chain        []stepOf `json:"chain"`
		Elsewhere    []stepOf `json:"elsewhere"`
		Mixed        []stepOf `json:"mixed"`
		Back         []stepOf `json:"back"`
	}{a.from, a.to, a.environment, list(a.In), a.Maybe, stepsOf(a.Chain), stepsOf(a.Elsewhere), stepsOf(a.Mixed), stepsOf(a.Back)})
}
