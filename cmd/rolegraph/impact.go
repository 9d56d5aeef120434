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

type impactFlags struct {
	outputs     outputs[*impactAnswer]
	environment string
	kinds       []string
	nul, code   bool
}

// impactAnswer is what a change reaches.
type impactAnswer struct {
	in      *input
	changed []meaning // as they were given; those of no part in what was read left out
	ignored int       // how many were
	graph.Impact
	kinds []string // only these are told; empty is all
}

func newImpact() *cobra.Command {
	f := impactFlags{outputs: outputs[*impactAnswer]{usual: "text", formats: []format[*impactAnswer]{
		{"text", []string{"txt"}, func(w io.Writer, a *impactAnswer) (string, error) { a.text(w); return "", nil }},
		{"json", nil, func(w io.Writer, a *impactAnswer) (string, error) { return "", a.json(w) }},
		{"names", nil, func(w io.Writer, a *impactAnswer) (string, error) { a.names(w); return "", nil }},
	}}}
	cmd := &cobra.Command{
		Use:   "impact [NAME|FILE...] [DIR...]",
		Short: "Tell which roles, nodes and environments a change reaches",
		Long: `Tell what a change reaches: every role, node, policy, recipe and cookbook that
depends on what changed, directly or through others, and the environments they
are in. A run list of one environment counts in that environment only: a node is
reached by ways of which every step holds in its own environment.

What changed is said by names (web, role[web], recipe[nginx::ssl], cookbook[apt]) or
by paths: role files, node, environment and Policyfiles, and any file of a cookbook,
which touches the cookbook. Without any, or for "-", they are read from standard
input, a line each, so that one can pipe "git diff --name-only" into it: paths
relative to git's toplevel or to the working directory. A file that is not there any
more stands for the role it declared, by its base name. Paths that have no part in
what is read are passed over, and counted on standard error.

DIR, after the names, is where role files are read, as for render; --nodes and
--cookbooks make the answer reach nodes and see through include_recipe.
What changed itself is part of the answer, at distance 0.

Exit code: 0 answered, also when nothing is reached; 1 with --exit-code when
something is; 2 wrong usage or a file that could not be read.`,
		Example: `  rolegraph impact base
  rolegraph impact 'recipe[openssl]' roles/ --env production
  git diff --name-only main | rolegraph impact . --nodes nodes/
  git diff --name-only -z main | rolegraph impact -z -f names --kind role | xargs -n1 rolegraph expand`,
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args)
		},
	}
	f.outputs.register(cmd, onStdout)
	flags := cmd.Flags()
	flags.StringVar(&f.environment, "env", "", "only what is reached in environment `E` (default any)")
	flags.StringSliceVar(&f.kinds, "kind", nil, "tell only of `KIND`: role, node, environment, policy, recipe or cookbook; may be repeated")
	flags.BoolVarP(&f.nul, "null", "z", false, "names and paths on standard input end with NUL, as those of git diff -z")
	flags.BoolVar(&f.code, "exit-code", false, "exit with 1 when something is reached, of a --kind if one is given")
	_ = cmd.RegisterFlagCompletionFunc("env", completeFrom((*graph.Graph).Environments))
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// kinds are those that impact tells of, in its order.
var kinds = []string{"role", "node", "environment", "policy", "recipe", "cookbook"}

func (f *impactFlags) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, args []string) error {
	targets, err := f.outputs.targets(standardOutput)
	if err != nil {
		return err
	}
	for _, kind := range f.kinds {
		if !slices.Contains(kinds, kind) {
			return fmt.Errorf("--kind %s is unknown: expected one of %v", kind, kinds)
		}
	}
	given, dirs := split(args, 0)
	piped, given, err := f.piped(stdin, given)
	if err != nil {
		return err
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	a, err := in.impact(given, piped, f.environment)
	if err != nil {
		return err
	}
	a.kinds = f.kinds
	in.sayUnknown(stderr, f.environment)
	a.printNotes(stderr)
	if err := f.outputs.answer(targets, a, stdout, stderr); err != nil {
		return err
	}
	switch {
	case in.incomplete():
		in.printProblems(stderr)
		return program.Outcome{Code: program.Usage}
	case f.code && a.tells():
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

// piped is what standard input names, where it is asked for; rest are the other
// arguments.
func (f *impactFlags) piped(stdin io.Reader, given []string) (piped, rest []string, err error) {
	rest = slices.DeleteFunc(slices.Clone(given), func(s string) bool { return s == standardOutput })
	if len(given) > 0 && len(rest) == len(given) {
		return nil, rest, nil
	}
	if len(given) == 0 && program.IsTerminal(stdin) {
		return nil, nil, errors.New("no NAME or FILE given, and nothing is piped in: expected a role, recipe[NAME], a path, or git diff --name-only | rolegraph impact")
	}
	piped, err = lines(stdin, f.nul)
	if err != nil {
		err = program.Fail(program.Usage, err)
	}
	return piped, rest, err
}

// impact is what a change of all that is named, or piped in, reaches.
func (in *input) impact(given, piped []string, environment string) (*impactAnswer, error) {
	a := &impactAnswer{in: in}
	c := in.changes()
	var ids []string
	for i, name := range slices.Concat(given, piped) {
		find := c.argument
		if i >= len(given) {
			find = c.line
		}
		found, err := find(name)
		if err != nil {
			return nil, err
		}
		if found.ids == nil && !found.gone {
			a.ignored++
			continue
		}
		a.changed = append(a.changed, found)
		ids = append(ids, found.ids...)
	}
	a.Impact = in.graph.Impact(ids, environment)
	return a, nil
}

// printNotes says what of the input is not as it seems.
func (a *impactAnswer) printNotes(w io.Writer) {
	const most = 20
	said := 0
	for _, c := range a.changed {
		if !c.gone {
			continue
		}
		if said++; said > most {
			continue
		}
		if len(c.ids) > 0 {
			program.PrintLine(w, "rolegraph: %s is not there any more: taken as %s", c.given, strings.Join(c.ids[:min(3, len(c.ids))], ", "))
		} else {
			kind, name := placed(c.given)
			if kind == "" {
				a.ignored++
				said--
				continue
			}
			program.PrintLine(w, "rolegraph: %s is not there any more, and nothing names %s", c.given, string(kind)+"["+name+"]")
		}
	}
	if said > most {
		program.PrintLine(w, "rolegraph: %d more files are not there any more", said-most)
	}
	if a.ignored > 0 {
		program.PrintLine(w, "rolegraph: %s passed over: no part of what was read", graph.Counted(a.ignored, "path"))
	}
}
