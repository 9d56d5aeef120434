package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// diffFlags are those of diff.
type diffFlags struct {
	outputs outputs[*comparison]
	picture pictureFlags
}

// comparison is two graphs and what changed between them, on its way to several
// files.
type comparison struct {
	before, after *input
	diff          *graph.Diff
	picture       *drawing // of what changed and what is next to it
}

func newDiff() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff A B | diff OLD NEW DIR",
		Short: "Tell what changed between two directories or git revisions",
		Long: `Tell what changed in the dependencies from A to B: roles, recipes and edges that
were added or removed, edges that hold in other environments, run lists in
another order, new cycles and newly missing roles. A and B are directories, or
directories as a git revision has them, REV:DIR. With three arguments OLD and NEW
are git revisions of the directory DIR.

Without a difference it is silent. What files say besides, such as attributes, is
no difference; nor is where they lie.

A picture shows what changed and what is next to it: added is green and solid,
removed is orange and dashed, the rest is grey. --focus and the like, as known
from render, limit what is compared. --cookbooks, --nodes and so on are read once, for
both sides.

Exit code: 0 no difference, 1 a difference, 2 wrong usage or a file that could
not be read (the rest is compared all the same).`,
		Example: `  rolegraph diff roles.old/ roles/
  rolegraph diff main HEAD roles/
  rolegraph diff main:roles roles/ -f markdown > comment.md
  rolegraph diff HEAD~1 HEAD roles/ -o diff.svg -o diff.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return fmt.Errorf("%s given: expected two directories, or two git revisions and a directory", graph.Counted(len(args), "argument"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 3 {
				args = []string{args[0] + ":" + args[2], args[1] + ":" + args[2]}
			}
			return diff(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args, f)
		},
	}
	f.outputs.formats, f.outputs.usual = diffFormats(), "text"
	f.outputs.register(cmd, onStdout)
	f.picture.views.register(cmd)
	f.picture.registerWishes(cmd)
	return cmd
}

// diffFormats are the notations of a comparison.
func diffFormats() []format[*comparison] {
	all := []format[*comparison]{
		{"text", []string{"txt"}, func(w io.Writer, c *comparison) (string, error) { return "", c.text(w) }},
		{"markdown", []string{"md"}, func(w io.Writer, c *comparison) (string, error) { return "", c.markdown(w) }},
		{"json", nil, func(w io.Writer, c *comparison) (string, error) { return "", c.json(w) }},
	}
	for _, p := range pictures {
		if p.name == "json" || p.name == "tree" {
			continue
		}
		all = append(all, format[*comparison]{p.name, p.endings, func(w io.Writer, c *comparison) (string, error) {
			return p.write(w, c.picture)
		}})
	}
	return all
}

func diff(ctx context.Context, stdout, stderr io.Writer, dirs []string, f diffFlags) error {
	targets, err := f.outputs.targets(standardOutput)
	if err != nil {
		return err
	}
	options, err := f.picture.options(ctx)
	if err != nil {
		return err
	}
	view, err := f.picture.views.view()
	if err != nil {
		return err
	}
	c, err := compare(ctx, dirs, view, options)
	if err != nil {
		return err
	}
	if !c.before.knows(view.Environment) {
		c.after.sayUnknown(stderr, view.Environment)
	}
	told := map[string]bool{}
	c.before.printBroken(stderr, told)
	c.after.printBroken(stderr, told)
	for _, t := range targets {
		if err := c.write(ctx, t, stdout, stderr); err != nil {
			return program.Fail(program.Usage, fmt.Errorf("writing %s: %w", t, err))
		}
	}
	switch {
	case c.before.incomplete(), c.after.incomplete():
		return program.Outcome{Code: program.Usage}
	case c.diff.Changed():
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

// compare reads two directories and compares what a view of each shows.
func compare(ctx context.Context, dirs []string, v graph.View, options wishes) (*comparison, error) {
	folders, err := sourcesOf(ctx)
	if err != nil {
		return nil, err
	}
	rest, err := readRest(ctx, folders)
	if err != nil {
		return nil, err
	}
	var sides [2]*input
	for i, dir := range dirs {
		set, err := readRoles(ctx, []string{dir})
		if err != nil {
			return nil, err
		}
		sides[i] = &input{dirs: []string{dir}, more: folders.All(), graph: graph.New(set, rest)}
	}
	if err := throughBoth(&sides, v); err != nil {
		return nil, err
	}
	c := &comparison{before: sides[0], after: sides[1], diff: graph.Compare(sides[0].graph, sides[1].graph)}
	if options.Title == "" {
		options.Title = dirs[0] + " → " + dirs[1]
	}
	options.page.Root, options.page.Here = sides[1].root(), absolute(".")
	c.picture = &drawing{ctx: ctx, graph: c.diff.Neighbourhood(), options: options.Options, page: options.page}
	return c, nil
}

// throughBoth takes both sides through a view. A focus may be new, or be gone.
func throughBoth(sides *[2]*input, v graph.View) error {
	focus := v.Focus
	for _, name := range focus {
		_, err := sides[1].find(sides[1].graph.Names(), name)
		if _, before := sides[0].find(sides[0].graph.Names(), name); err != nil && before != nil {
			return err
		}
	}
	for i, in := range sides {
		names := in.graph.Names()
		v.Focus = slices.DeleteFunc(slices.Clone(focus), func(name string) bool {
			_, err := in.find(names, name)
			return err != nil
		})
		if len(focus) > 0 && len(v.Focus) == 0 {
			sides[i] = in.empty()
			continue
		}
		shown, err := in.through(v)
		if err != nil {
			return err
		}
		sides[i] = shown
	}
	return nil
}

// empty is the input as a view shows it that nothing of it is in.
func (in *input) empty() *input {
	return &input{dirs: in.dirs, more: in.more, graph: &graph.Graph{Problems: in.graph.Problems}, whole: in.graph}
}

// write fills a target. Standard output is for differences: without one only
// JSON, which is for programs, says so.
func (c *comparison) write(ctx context.Context, t target[*comparison], stdout, stderr io.Writer) error {
	if t.isStdout() && !c.diff.Changed() && t.format.name != "json" {
		return nil
	}
	defer stage(ctx, "writing %s", t.String())()
	if t.isStdout() && t.format.name == "text" {
		return c.textIn(stdout, program.PainterIn(stdout, program.Green), program.PainterIn(stdout, program.Red), program.PainterIn(stdout, program.Blue))
	}
	notice, err := t.write(c, stdout)
	if notice != "" {
		program.PrintLine(stderr, "rolegraph: %s: %s", t.String(), notice)
	}
	return err
}

// printBroken says what could not be read, a line each, unless it was told before.
func (in *input) printBroken(w io.Writer, told map[string]bool) {
	for _, p := range in.graph.Problems {
		line := fmt.Sprintf("%s: %s: %s", in.at(p.File, p.Line), p.Kind, p.Message)
		if p.Kind.Partial() && !told[line] {
			told[line] = true
			program.PrintLine(w, "%s", line)
		}
	}
}
