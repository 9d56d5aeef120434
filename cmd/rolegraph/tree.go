package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

type treeFlags struct {
	outputs outputs[*treeAnswer]
	views   viewFlags
	ascii   bool
}

// treeAnswer is a part of a graph, and where to begin.
type treeAnswer struct {
	graph   *graph.Graph
	options draw.TreeOptions
}

func newTree() *cobra.Command {
	f := treeFlags{outputs: outputs[*treeAnswer]{usual: "text", formats: []format[*treeAnswer]{
		{"text", []string{"txt", "tree"}, func(w io.Writer, a *treeAnswer) (string, error) { return "", draw.Tree(w, a.graph, a.options) }},
		{"json", nil, func(w io.Writer, a *treeAnswer) (string, error) { return "", a.json(w) }},
	}}}
	cmd := &cobra.Command{
		Use:   "tree [NAME...] [DIR...]",
		Short: "Show what depends on what as an indented text",
		Long: `Show what NAME is made of as an indented text, in the order of the run lists: of
everything that nothing else names where no NAME is given. With --direction up it
is who uses NAME.

  (*)            it is shown with what is below it elsewhere
  (cycle)        it stands below itself
  (missing)      no file declares the role
  (incomplete)   its file holds what cannot be known
  [production]   only these environments' run lists name it; _default is the plain one
  (maybe)        a condition that cannot be known decides on it
  …              there is more, deeper than --depth
  (below)        it goes on further down, where it says (continued)

NAME is a role, or role[NAME], recipe[NAME], node[NAME] and so on, or a role's file.
An argument that is a directory is a DIR, where role files are read, as for render;
for a role of a directory's name, write role[NAME].

Exit code: 0 shown, 2 wrong usage, or a file of what is shown could not be read.`,
		Example: `  rolegraph tree
  rolegraph tree web roles/ --env production --no-recipes
  rolegraph tree 'recipe[openssl]' --direction up --depth 2
  rolegraph tree . --ascii -o roles.txt`,
		ValidArgsFunction: completeNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			names, dirs := split(args, 0)
			return f.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), names, dirs)
		},
	}
	f.outputs.register(cmd, onStdout)
	flags := cmd.Flags()
	flags.IntVar(&f.views.Depth, "depth", 0, "show `N` levels (default all)")
	flags.StringVar(&f.views.direction, "direction", "down", "look `WHERE`: down to what a thing is made of, or up to who uses it")
	flags.BoolVar(&f.ascii, "ascii", false, "draw the branches in ASCII")
	_ = cmd.RegisterFlagCompletionFunc("direction", cobra.FixedCompletions([]string{"down", "up"}, cobra.ShellCompDirectiveNoFileComp))
	f.views.registerParts(cmd)
	return cmd
}

func (f *treeFlags) run(ctx context.Context, stdout, stderr io.Writer, names, dirs []string) error {
	targets, err := f.outputs.targets(standardOutput)
	if err != nil {
		return err
	}
	if f.views.direction != "up" && f.views.direction != "down" {
		return fmt.Errorf("--direction %s: expected down or up", f.views.direction)
	}
	if f.views.Depth < 0 {
		return fmt.Errorf("--depth %d: expected a number of levels, 1 or more", f.views.Depth)
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	in.sayUnknown(stderr, f.views.Environment)
	a, err := f.tree(in, names)
	if err != nil {
		return err
	}
	if err := f.outputs.answer(targets, a, stdout, stderr); err != nil {
		return err
	}
	files := map[string]bool{}
	for _, n := range a.graph.Nodes {
		files[n.File] = true
	}
	for _, p := range in.graph.Problems {
		files[p.File] = files[p.File] || len(names) == 0
	}
	if in.printProblemsOf(stderr, files) {
		return program.Outcome{Code: program.Usage}
	}
	return nil
}

// tree is what the flags leave of the input, seen from the names.
func (f *treeFlags) tree(in *input, names []string) (*treeAnswer, error) {
	v := f.views.View
	v.Depth, v.Direction, v.Collapse = 0, graph.Direction(f.views.direction), graph.Grouping(f.views.collapse)
	called := in.graph.Names()
	for _, name := range names {
		ids, err := in.find(called, name)
		if err != nil {
			return nil, err
		}
		v.Focus = append(v.Focus, ids...)
	}
	g, err := in.graph.View(v)
	if err != nil {
		return nil, program.Fail(program.Usage, err)
	}
	roots := slices.DeleteFunc(slices.Clone(v.Focus), func(id string) bool {
		return !slices.ContainsFunc(g.Nodes, func(n graph.Node) bool { return n.ID == id })
	})
	return &treeAnswer{g, draw.TreeOptions{Roots: roots, Up: v.Direction == graph.Up, Depth: f.views.Depth, ASCII: f.ascii}}, nil
}

// json is the part that the text shows, as render writes a graph.
func (a *treeAnswer) json(w io.Writer) error {
	g := a.graph
	if a.options.Depth > 0 && len(a.options.Roots) > 0 {
		direction := graph.Down
		if a.options.Up {
			direction = graph.Up
		}
		part, err := g.View(graph.View{Focus: a.options.Roots, Depth: a.options.Depth, Direction: direction})
		if err != nil {
			return err
		}
		g = part
	}
	return draw.JSON(w, g)
}
