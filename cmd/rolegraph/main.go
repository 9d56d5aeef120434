// Command rolegraph reads Chef role files without executing them, draws their
// dependency graph and flags cycles.
package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program as a function: arguments in, an exit code out.
func run(args []string, stdout, stderr io.Writer) int {
	out := &program.Faithful{Writer: stdout}
	code := program.Execute(context.Background(), newRoot(), args, out, stderr)
	if out.Err != nil && code != program.Usage { // which has been said
		program.PrintLine(stderr, "rolegraph: writing standard output: %s", out.Err.Error())
		return program.Usage
	}
	return code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "rolegraph",
		Short: "See what depends on what in a folder of Chef roles",
		Long: `rolegraph reads Chef role files (Ruby and JSON) without executing them, draws
which role brings which roles and recipes, flags cycles, and answers what a
change would touch.`,
		Example: `  rolegraph render roles/
  rolegraph render . -o roles.svg -o roles.dot
  rolegraph render roles/ -o roles.html --watch
  rolegraph check roles/
  git diff --name-only main | rolegraph impact
  rolegraph diff main HEAD roles/`,
	}
	var verbose bool
	attachSources := registerSources(root)
	root.PersistentFlags().BoolVarP(&verbose, "verbose", "v", false, "say on standard error what is being done and how long it took")
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		cmd.SetContext(withProgress(cmd.Context(), cmd.ErrOrStderr(), verbose))
		attachSources(cmd)
	}
	registerConfig(root)
	root.AddCommand(
		newRender(),
		newCheck(),
		newDiff(),
		newExpand(),
		newTree(),
		newWhy(),
		newImpact(),
		newStats(),
	)
	return root
}
