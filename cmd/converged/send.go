package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

// named are the reporters of a command line, instead of the configuration's.
type named struct {
	datadog, keyFile, dogstatsd string
	stdout                      bool
}

func newSend(s streams) *cobra.Command {
	var path string
	var flags named
	cmd := &cobra.Command{
		Use:   "send FILE...",
		Short: "Deliver what these reports say, once",
		Long: `Read reports and give what they say to the configured reporters, once and
without a spool. --datadog, --dogstatsd and --stdout name reporters instead of
the configuration's. For each run and reporter it says what became of it:
Datadog's API acknowledges a run; DogStatsD never does, it is "handed over" at
best. What is so old that Datadog would drop it without a word is not sent, and
told.

The key for --datadog comes from --api-key-file, a systemd credential
(dd_api_key) or DD_API_KEY, never from an argument. Host tags are the daemon's
to tell, and are not sent.

Exit code: 0 every run was acknowledged or handed over, 1 a reporter did not
take a run, or a part of it, or all of it was too old, 2 a report could not be
read (the others are delivered all the same).`,
		Example: `  converged send REPORT.json
  converged send --datadog datadoghq.eu --api-key-file /etc/converged/dd_api_key REPORT.json
  converged send --dogstatsd 127.0.0.1:8125 REPORT.json
  converged send --stdout REPORT.json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			c, err := daemon.LoadConfig(path)
			if err == nil {
				c, err = flags.instead(cmd, c)
			}
			if err != nil {
				return program.Fail(program.Usage, err)
			}
			return send(cmd.Context(), s, c, files)
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().StringVar(&flags.datadog, "datadog", "", "deliver to Datadog's API at `SITE`, such as datadoghq.eu, or at a URL")
	cmd.Flags().StringVar(&flags.keyFile, "api-key-file", "", "read the key for --datadog from `FILE`")
	cmd.Flags().StringVar(&flags.dogstatsd, "dogstatsd", "", "hand over to the DogStatsD at `ADDRESS`: unix:///PATH or HOST:PORT")
	cmd.Flags().BoolVar(&flags.stdout, "stdout", false, "print each batch, a JSON object a line")
	_ = cmd.MarkFlagFilename("api-key-file")
	return cmd
}

// instead is the configuration with the reporters of the command line, if that
// names any.
func (n named) instead(cmd *cobra.Command, c daemon.Config) (daemon.Config, error) {
	var rs []daemon.ReporterConfig
	if cmd.Flags().Changed("datadog") {
		account := daemon.Account{Site: n.datadog}
		if n.keyFile != "" {
			file, err := filepath.Abs(n.keyFile)
			if err != nil {
				return c, err
			}
			account.APIKeyFile = file
		}
		if strings.Contains(n.datadog, "://") {
			account.Site, account.URL = "", n.datadog
		}
		rs = append(rs, daemon.ReporterConfig{Type: "datadog", Account: account})
	} else if n.keyFile != "" {
		return c, errors.New("--api-key-file is for --datadog, which is missing")
	}
	if cmd.Flags().Changed("dogstatsd") {
		rs = append(rs, daemon.ReporterConfig{Type: "dogstatsd", Address: n.dogstatsd})
	}
	if n.stdout {
		rs = append(rs, daemon.ReporterConfig{Type: "stdout"})
	}
	if len(rs) == 0 {
		return c, nil
	}
	return c.With("the command line", rs...)
}

func send(ctx context.Context, s streams, c daemon.Config, files []string) error {
	if len(c.Reporters) == 0 {
		return errors.New("no reporter: name one with --datadog, --dogstatsd or --stdout, or in the configuration")
	}
	if err := c.CheckKeys(); err != nil {
		return program.Fail(program.Usage, err)
	}
	sayWarnings(s, c)
	opened, err := openReporters(c, s.out, warnings(s))
	if err != nil {
		return program.Fail(program.Usage, err)
	}
	defer opened.close()
	code := program.Done
	sent := map[delivery]bool{}
	for _, file := range files {
		code = max(code, sendFile(ctx, s, c, file, opened.outputs, sent))
	}
	if code != program.Done {
		return program.Outcome{Code: code}
	}
	return nil
}

// delivery is a run at a reporter.
type delivery struct{ run, reporter string }

// sendFile delivers one file and says what became of each of its runs. A run of
// which a reporter has taken something is not sent there again, though another
// file may tell of it, too.
func sendFile(ctx context.Context, s streams, c daemon.Config, file string, outputs []daemon.Output, sent map[delivery]bool) int {
	in, err := openReport(s, file)
	if err != nil {
		program.PrintLine(s.err, "converged: %s: %s", file, err.Error())
		return program.Usage
	}
	defer func() { _ = in.Close() }() // only read from
	code := program.Done
	runs, fault := daemon.Inspect(in)
	if fault != nil {
		program.PrintLine(s.err, "converged: %s: %s", file, fault.Error())
		code = program.Usage
	}
	for _, r := range runs {
		b, ok := c.Telemetry(r, file)
		if !ok {
			program.PrintLine(s.err, "%s: run %s only started; there is nothing to send of it", file, r.ID)
			continue
		}
		left := slices.DeleteFunc(slices.Clone(outputs), func(o daemon.Output) bool { return sent[delivery{r.ID, o.Name}] })
		if len(left) == 0 {
			program.PrintLine(s.err, "%s: run %s was handed over already", file, r.ID)
		}
		for _, receipt := range daemon.Send(ctx, b, left) {
			_, _ = fmt.Fprint(s.err, become(receipt, program.Visible(fmt.Sprintf("%s: run %s", file, r.ID))))
			sent[delivery{r.ID, receipt.Reporter}] = receipt.Taken != daemon.Parts{}
			if !receipt.Delivered() {
				code = max(code, program.Findings)
			}
		}
	}
	return code
}

// warnings is a log for a command that says itself what it did.
func warnings(s streams) *slog.Logger {
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// sayWarnings tells what the configuration allows and a person should know.
func sayWarnings(s streams, c daemon.Config) {
	for _, warning := range c.Warnings() {
		program.PrintLine(s.err, "converged: warning: %s", warning)
	}
}
