// Command converged is a sidecar that reads the run reports of configuration
// management and tells of them: how long a run took, what it changed, and why
// it failed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/version"
)

// The exit codes of every command.
const (
	exitDone         = 0
	exitNotDelivered = 1
	exitUsage        = 2 // wrong usage, or input that could not be read
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run is the program as a function: arguments in, an exit code out.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var o outcome
	if !errors.As(err, &o) {
		o = outcome{exitUsage, fmt.Errorf("%w; see 'converged --help'", err)}
	}
	if o.err != nil {
		_, _ = fmt.Fprintf(s.err, "converged: %v\n", o.err)
	}
	return o.code
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "converged",
		Short: "Tell how configuration management went on this node",
		Long: `converged reads the reports that configuration management leaves behind and tells
Datadog how each run went: its duration, its updated resources and, when it
failed, an event with the stack trace. It works outside the run, so it can
neither slow nor fail one.`,
		Example: `  converged run --config /etc/converged/converged.yaml
  converged inspect /var/chef/reports/chef-run-report-20261120221535.json
  converged send --dogstatsd unix:///var/run/datadog/dsd.socket REPORT`,
		Version:       version.String("converged"),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(newRun(s), newSend(s), newInspect(s), newConfig(s))
	return root
}

// configFlag defines --config, spelled the same in every command.
func configFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVarP(path, "config", "c", "", "read the configuration from `FILE` (default /etc/converged/converged.yaml, which may be absent)")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
}
