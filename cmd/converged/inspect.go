package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

func newInspect(s streams) *cobra.Command {
	var path string
	var asTelemetry bool
	cmd := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Print what is in a report, one run a line",
		Long: `Print the runs that reports tell of, one JSON object a line. The content of a
file tells its format; - is standard input. With --telemetry, print what would
be sent instead.

Exit code: 0 all read, 2 a file is empty, cut, of no known format or missing
(the others are printed all the same). Only --telemetry reads the configuration.`,
		Example: `  converged inspect /var/chef/reports/*.json
  converged inspect --telemetry /var/log/chef/data-collector.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			c := daemon.Defaults()
			if asTelemetry { // what is in a report can be seen by who may not read the configuration
				var err error
				if c, err = daemon.LoadConfig(path); err != nil {
					return program.Fail(program.Usage, err)
				}
			}
			unread := 0
			for _, file := range files {
				if err := inspect(s, c, file, asTelemetry); err != nil {
					program.PrintLine(s.err, "converged: %s: %s", file, err.Error())
					unread++
				}
			}
			if unread > 0 {
				return program.Outcome{Code: program.Usage}
			}
			return nil
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&asTelemetry, "telemetry", false, "print the metrics, events and service checks that would be sent")
	return cmd
}

// inspect prints one file. Its error may follow runs that could be read.
func inspect(s streams, c daemon.Config, file string, asTelemetry bool) error {
	in, err := openReport(s, file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read from
	runs, fault := daemon.Inspect(in)
	for _, r := range runs {
		var line any = r
		if asTelemetry {
			b, ok := c.Telemetry(r, file)
			if !ok {
				continue
			}
			line = b
		}
		if err := printJSON(s.out, line, ""); err != nil {
			return fmt.Errorf("printing run %s: %w", r.ID, err)
		}
	}
	return fault
}

// openReport opens a file, or standard input for "-".
func openReport(s streams, file string) (io.ReadCloser, error) {
	if file == "-" {
		return io.NopCloser(s.in), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, fmt.Errorf("is a directory; expected a report")
	}
	return f, nil
}
