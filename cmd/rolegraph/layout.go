package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/graph/graphviz"
	"github.com/converged/converged/graph/layout"
)

// registerLayout defines --layout.
func registerLayout(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "layout", "layered", "`NAME` of who places the boxes: layered or force, built in, or one of "+
		strings.Join(graphviz.Engines(), ", ")+" of an installed Graphviz")
	choices := []string{"layered\tbuilt in: row by row", "force\tbuilt in: what is joined draws near"}
	for _, engine := range graphviz.Engines() {
		choices = append(choices, engine+"\tof an installed Graphviz")
	}
	_ = cmd.RegisterFlagCompletionFunc("layout", cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
}

// arrangement is what --layout names. An engine that is not installed is an error
// here, before anything is read. An engine ends when the context does, or when the
// user loses patience.
func arrangement(ctx context.Context, name string) (draw.Arrange, error) {
	switch name {
	case "", "layered":
		return nil, nil // the usual one
	case "force":
		return func(g layout.Graph, o layout.Options) (layout.Drawing, error) { return layout.Force(g, o), nil }, nil
	}
	if !slices.Contains(graphviz.Engines(), name) {
		return nil, fmt.Errorf("--layout %q: expected layered, force, %s", name, strings.Join(graphviz.Engines(), ", "))
	}
	engine, err := graphviz.Find(name)
	if err != nil {
		return nil, fmt.Errorf("--layout %s: %w", name, err)
	}
	return func(g layout.Graph, o layout.Options) (layout.Drawing, error) {
		patient, end := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer end()
		return engine.Arrange(patient, g, o)
	}, nil
}
