// Command rolegraph reads Chef role files without executing them, draws their
// dependency graph and flags cycles.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/version"
)

// The exit codes of every command.
const (
	exitDone     = 0
	exitFindings = 1
	exitUsage    = 2 // wrong usage, or input that could not be read
)

// outcome ends a command with an exit code other than done; without an error
// everything there is to say was said already.
type outcome struct {
	code int
	err  error
}

func (o outcome) Error() string {
	if o.err == nil {
		return fmt.Sprintf("exit code %d", o.code)
	}
	return o.err.Error()
}

func (o outcome) Unwrap() error { return o.err }

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program as a function: arguments in, an exit code out.
func run(args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	if err == nil {
		return exitDone
	}
	var o outcome
	if !errors.As(err, &o) {
		o = outcome{exitUsage, fmt.Errorf("%w; see 'rolegraph --help'", err)}
	}
	if o.err != nil {
		_, _ = fmt.Fprintf(stderr, "rolegraph: %v\n", o.err)
	}
	return o.code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "rolegraph",
		Short: "See what depends on what in a folder of Chef roles",
		Long: `rolegraph reads Chef role files (Ruby and JSON) without executing them, draws
which role brings which roles and recipes, and flags cycles.`,
		Example: `  rolegraph render roles/
  rolegraph render . -o roles.svg -o roles.dot
  rolegraph check roles/`,
		Version:       version.String("rolegraph"),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(newRender(), newCheck())
	return root
}
