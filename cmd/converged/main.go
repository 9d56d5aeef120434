// Command converged is a sidecar that reads the run reports of configuration
// management and tells of them: how long a run took, what it changed, and why
// it failed.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever cannot wait says it twice
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
	root.SetIn(s.in)
	return program.Execute(ctx, root, args, s.out, s.err)
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "converged",
		Short: "Tell how configuration management went on this node",
		Long: `converged reads the reports that configuration management leaves behind and tells
Datadog how each run went: its duration, its updated resources and, when it
failed, an event with the stack trace. It works outside the run, so it can
neither slow nor fail one.`,
		Example: `  converged discover > /etc/converged/converged.yaml
  converged run --config /etc/converged/converged.yaml
  converged inspect /var/chef/reports/chef-run-report-20261120221535.json
  converged status
  converged runs --undelivered
  converged send --dogstatsd unix:///var/run/datadog/dsd.socket REPORT`,
	}
	root.AddCommand(newDiscover(s), newRun(s), newSend(s), newInspect(s), newConfig(s), newStatus(s), newRuns(s), newShow(s))
	return root
}

// configFlag defines --config, spelled the same in every command.
func configFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVarP(path, "config", "c", "", "read the configuration from `FILE` (default /etc/converged/converged.yaml, which may be absent)")
	_ = cmd.MarkFlagFilename("config", "yaml", "yml")
}
