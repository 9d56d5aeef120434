package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// viewFlags say what of a graph is drawn.
type viewFlags struct {
	graph.View
	direction, collapse string
}

func (f *viewFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.Focus, "focus", nil, "draw only what surrounds `NAME`: a role, recipe[NAME] or the like; may be repeated")
	flags.IntVar(&f.Depth, "depth", 0, "draw `N` levels around the focus (default all)")
	flags.StringVar(&f.direction, "direction", "both", "look `WHERE` from the focus: up to what depends on it, down, or both")
	_ = cmd.RegisterFlagCompletionFunc("direction", cobra.FixedCompletions([]string{"up", "down", "both"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("focus", completeFrom(roleNames))
	f.registerParts(cmd)
}

// registerParts defines what a view leaves out wherever it looks from.
func (f *viewFlags) registerParts(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.CyclesOnly, "cycles-only", false, "draw only what depends on itself")
	flags.BoolVar(&f.NoRecipes, "no-recipes", false, "draw no recipes")
	flags.StringVar(&f.collapse, "collapse", "", "draw the recipes of a cookbook, or the roles of a folder, as one: cookbook or folder")
	flags.BoolVar(&f.Reduce, "reduce", false, "draw no edge that a longer way makes redundant")
	flags.StringVar(&f.Environment, "env", "", "draw what holds in environment `E`: its run lists, or the plain one where a role has none for it")
	_ = cmd.RegisterFlagCompletionFunc("collapse", cobra.FixedCompletions([]string{"cookbook", "folder"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("env", completeFrom((*graph.Graph).Environments))
}

// view is what the flags ask for.
func (f *viewFlags) view() (graph.View, error) {
	if len(f.Focus) == 0 && f.Depth != 0 {
		return graph.View{}, errors.New("--depth counts from a focus: expected --focus NAME with it")
	}
	if way := graph.Direction(f.direction); len(f.Focus) == 0 && (way == graph.Up || way == graph.Down) {
		return graph.View{}, fmt.Errorf("--direction %s looks from a focus: expected --focus NAME with it", way)
	}
	if f.Depth < 0 {
		return graph.View{}, fmt.Errorf("--depth %d: expected a number of levels, 1 or more", f.Depth)
	}
	v := f.View
	v.Direction, v.Collapse = graph.Direction(f.direction), graph.Grouping(f.collapse)
	if err := v.Check(); err != nil {
		return graph.View{}, err
	}
	return v, nil
}

// through is the input as a view of it shows it. Its findings are other ones:
// only pictures are made of it.
func (in *input) through(v graph.View) (*input, error) {
	about := aboutView(v)
	if about == "" {
		return in, nil
	}
	var focus []string
	names := in.graph.Names()
	for _, name := range v.Focus {
		ids, err := in.find(names, name)
		if err != nil {
			return nil, err
		}
		focus = append(focus, ids...)
	}
	v.Focus = focus
	shown, err := in.graph.View(v)
	if err != nil {
		return nil, program.Fail(program.Usage, err)
	}
	return &input{dirs: in.dirs, more: in.more, graph: shown, whole: in.graph, about: about}, nil
}

// aboutView says in words what a view leaves of the whole; nothing when that is all.
func aboutView(v graph.View) string {
	var words []string
	if len(v.Focus) > 0 {
		text := "around " + strings.Join(v.Focus, ", ")
		switch v.Direction {
		case graph.Up:
			text = "what depends on " + strings.Join(v.Focus, ", ")
		case graph.Down:
			text = "what " + strings.Join(v.Focus, ", ") + " depends on"
		}
		if v.Depth > 0 {
			text += ", " + graph.Counted(v.Depth, "level")
		}
		words = append(words, text)
	}
	for _, w := range []struct {
		is   bool
		text string
	}{
		{v.Environment != "", "in " + v.Environment},
		{v.NoRecipes, "no recipes"},
		{v.Collapse == graph.ByCookbook, "by cookbook"},
		{v.Collapse == graph.ByFolder, "by folder"},
		{v.CyclesOnly, "cycles only"},
		{v.Reduce, "reduced"},
	} {
		if w.is {
			words = append(words, w.text)
		}
	}
	return strings.Join(words, ", ")
}

// shows is "12 roles, 41 edges", or of a view "showing 12 of 159 roles, 41 of 300 edges".
func (in *input) shows() string {
	if in.whole == nil {
		return in.graph.Summary()
	}
	shown, all := counts(in.graph), counts(in.whole)
	var parts []string
	for _, k := range countedKinds {
		switch {
		case all[k] > 0:
			parts = append(parts, strconv.Itoa(shown[k])+" of "+counted(all[k], k))
		case shown[k] > 0:
			parts = append(parts, counted(shown[k], k))
		}
	}
	return "showing " + strings.Join(parts, ", ")
}

// anEdge is counted like the kinds of nodes.
const anEdge graph.Kind = "edge"

// countedKinds is what summaries count, in their order.
var countedKinds = []graph.Kind{
	graph.Role, graph.Recipe, graph.Folder, graph.Cookbook, graph.Machine, graph.Environment, graph.Policy, anEdge,
}

// counted is "1 policy", "2 policies".
func counted(n int, k graph.Kind) string {
	if k == graph.Policy && n != 1 {
		return strconv.Itoa(n) + " policies"
	}
	return graph.Counted(n, string(k))
}

func counts(g *graph.Graph) map[graph.Kind]int {
	n := map[graph.Kind]int{anEdge: len(g.Edges)}
	for _, node := range g.Nodes {
		n[node.Kind]++
	}
	return n
}

// completeFrom completes a flag with what the directories on the command line hold.
func completeFrom(names func(*graph.Graph) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, dirs []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx := cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		in, err := read(ctx, dirs)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(in.graph), cobra.ShellCompDirectiveNoFileComp
	}
}

func roleNames(g *graph.Graph) []string {
	var names []string
	for _, n := range g.Nodes {
		if n.Kind == graph.Role {
			names = append(names, n.Name)
		}
	}
	return names
}
