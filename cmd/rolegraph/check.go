package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

func newCheck() *cobra.Command {
	var f pictureFlags
	cmd := &cobra.Command{
		Use:   "check [DIR...]",
		Short: "Find cycles, missing roles and duplicate names",
		Long: `Find cycles and missing roles in DIR, with file:line of every edge involved, and
roles that two files declare. With --output the same run draws the picture, too;
what it leaves out, by --focus and the like, is checked all the same.

Exit code: 0 nothing found, 1 findings, 2 wrong usage or a file that could not
be read.`,
		Example: `  rolegraph check roles/
  rolegraph check . -o roles.svg
  rolegraph check . --cycles-only -o cycles.svg`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			return runCheck(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), dirs, f)
		},
	}
	f.register(cmd, "none by default")
	return cmd
}

func runCheck(ctx context.Context, stdout, stderr io.Writer, dirs []string, f pictureFlags) error {
	targets, err := f.outputs.targets("")
	if err != nil {
		return err
	}
	options, err := f.options()
	if err != nil {
		return err
	}
	view, err := f.views.view()
	if err != nil {
		return err
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	shown, err := in.through(view)
	if err != nil {
		return err
	}
	in.printProblems(stderr)
	say := stdout
	if slices.ContainsFunc(targets, target[*drawing].isStdout) {
		say = stderr
	}
	cycles, missing := in.graph.Cycles(), in.graph.MissingRoles()
	paint := painter(say)
	for _, c := range cycles {
		printLine(say, "%s %s", paint("cycle:"), arrows(c))
		in.printEdges(say, in.graph.Along(c))
	}
	for _, m := range missing {
		printLine(say, "%s %s", paint("missing role:"), m.Node.ID)
		in.printEdges(say, m.Named)
	}
	if err := shown.draw(ctx, targets, options, stdout, say, stderr); err != nil {
		return err
	}
	duplicates := in.duplicates()
	printLine(say, "%s: %s, %s, %s", in.graph.Summary(), graph.Counted(len(cycles), "cycle"),
		graph.Counted(len(missing), "missing role"), graph.Counted(duplicates, "duplicate name"))
	switch {
	case in.incomplete():
		return program.Outcome{Code: program.Usage}
	case len(cycles)+len(missing)+duplicates > 0:
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

func (in *input) printEdges(w io.Writer, edges []graph.Edge) {
	for _, e := range edges {
		where := ""
		if len(e.Only()) > 0 {
			where = " (" + strings.Join(e.Only(), ", ") + ")"
		}
		printLine(w, "  %s: %s names %s%s", in.at(e.File, e.Line), e.From, e.To, where)
	}
}
