package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

func newStats() *cobra.Command {
	o := outputs[graph.Stats]{usual: "text", formats: []format[graph.Stats]{
		{"text", []string{"txt"}, func(w io.Writer, s graph.Stats) (string, error) { return "", statsText(w, s) }},
		{"json", nil, func(w io.Writer, s graph.Stats) (string, error) { return "", statsJSON(w, s) }},
	}}
	cmd := &cobra.Command{
		Use:   "stats [DIR...]",
		Short: "Measure the graph and show where untangling pays first",
		Long: `Measure the graph of the roles in DIR: how many there are, how deep they nest, who
is named most and names most, which roles nothing names.

Then show where untangling pays first, the biggest saving on top: items that
another item of the same role brings anyway, items that a role already has
together, lists of three items or more that three roles or more share, and roles
that only wrap one other. It is about what every environment has in common, and
about items only: what roles set besides, and the order in which items are
converged, is for you to keep.

Exit code: 0 done, 2 wrong usage or a file that could not be read (the rest is
measured all the same).`,
		Example: `  rolegraph stats roles/
  rolegraph stats . -f json | jq '.suggestions[0]'`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			return stats(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), dirs, &o)
		},
	}
	o.register(cmd, onStdout)
	return cmd
}

func stats(ctx context.Context, stdout, stderr io.Writer, dirs []string, o *outputs[graph.Stats]) error {
	targets, err := o.targets(standardOutput)
	if err != nil {
		return err
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	in.printBroken(stderr, map[string]bool{})
	end := stage(ctx, "measuring")
	s := in.graph.Stats()
	end()
	if err := o.answer(targets, s, stdout, stderr); err != nil {
		return err
	}
	if in.incomplete() {
		return program.Outcome{Code: program.Usage}
	}
	return nil
}
