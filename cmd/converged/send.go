package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

func newSend(s streams) *cobra.Command {
	var path, address string
	var toStdout bool
	cmd := &cobra.Command{
		Use:   "send FILE...",
		Short: "Deliver what these reports say, once",
		Long: `Read reports and hand what they say to the configured reporters, once and
without a spool. --dogstatsd and --stdout name reporters instead of the
configuration's. DogStatsD never acknowledges: it is "handed over" at best.

Exit code: 0 everything was handed over, 1 a reporter did not take it, 2 a
report could not be read (the others are delivered all the same).`,
		Example: `  converged send REPORT.json
  converged send --dogstatsd 127.0.0.1:8125 REPORT.json
  converged send --stdout REPORT.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			c, err := daemon.LoadConfig(path)
			if err != nil {
				return program.Fail(program.Usage, err)
			}
			if named := namedReporters(cmd, address, toStdout); len(named) > 0 {
				c.Reporters = named
			}
			return send(cmd.Context(), s, c, files)
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().StringVar(&address, "dogstatsd", "", "hand over to the DogStatsD at `ADDRESS`: unix:///PATH or HOST:PORT")
	cmd.Flags().BoolVar(&toStdout, "stdout", false, "print each batch, a JSON object a line")
	return cmd
}

func namedReporters(cmd *cobra.Command, address string, toStdout bool) []daemon.ReporterConfig {
	var named []daemon.ReporterConfig
	if cmd.Flags().Changed("dogstatsd") {
		named = append(named, daemon.ReporterConfig{Type: "dogstatsd", Name: "dogstatsd", Address: address})
	}
	if toStdout {
		named = append(named, daemon.ReporterConfig{Type: "stdout", Name: "stdout"})
	}
	return named
}

func send(ctx context.Context, s streams, c daemon.Config, files []string) error {
	if len(c.Reporters) == 0 {
		return errors.New("no reporter: name one with --dogstatsd or --stdout, or in the configuration")
	}
	opened, err := openReporters(c, s.out, slog.New(slog.NewTextHandler(s.err, nil)))
	if err != nil {
		return program.Fail(program.Usage, err)
	}
	defer opened.close()
	code := program.Done
	sent := map[string]bool{}
	for _, file := range files {
		code = max(code, sendFile(ctx, s, c, file, opened.outputs, sent))
	}
	if code != program.Done {
		return program.Outcome{Code: code}
	}
	return nil
}

// sendFile delivers one file and says what became of each of its runs. A run
// that an earlier file told of is not sent again.
func sendFile(ctx context.Context, s streams, c daemon.Config, file string, outputs []daemon.Output, sent map[string]bool) int {
	in, err := openReport(s, file)
	if err != nil {
		_, _ = fmt.Fprintf(s.err, "converged: %s: %v\n", file, err)
		return program.Usage
	}
	defer func() { _ = in.Close() }() // only read from
	code := program.Done
	runs, fault := daemon.Inspect(in)
	if fault != nil {
		_, _ = fmt.Fprintf(s.err, "converged: %s: %v\n", file, fault)
		code = program.Usage
	}
	for _, r := range runs {
		b, ok := c.Telemetry(r, file)
		if !ok {
			_, _ = fmt.Fprintf(s.err, "%s: run %s only started; there is nothing to send of it\n", file, r.ID)
			continue
		}
		if sent[r.ID] {
			_, _ = fmt.Fprintf(s.err, "%s: run %s was handed over already\n", file, r.ID)
			continue
		}
		if err := daemon.Send(ctx, b, outputs); err != nil {
			_, _ = fmt.Fprintf(s.err, "converged: %s: run %s was not delivered: %v\n", file, r.ID, err)
			code = max(code, program.Findings)
			continue
		}
		sent[r.ID] = true
		for _, o := range outputs {
			_, _ = fmt.Fprintf(s.err, "%s: run %s handed over to %s\n", file, r.ID, o.Name)
		}
	}
	return code
}
