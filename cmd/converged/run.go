package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

func newRun(s streams) *cobra.Command {
	var path string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Watch for reports and deliver what they say, until told to stop",
		Long: `Watch the configured sources for reports and deliver what they say to every
reporter: a Datadog Agent over DogStatsD, Datadog's API, standard output. What
cannot be delivered waits on disk, under state_dir, also over restarts; a wrong
or expired API key keeps everything there until a good one is in its place.
With receive.listen reports are taken over HTTP, too.

Keys come from the configuration, a file it names, a systemd credential
(dd_api_key, dd_application_key) or DD_API_KEY and DD_APP_KEY; they are read
anew when one is not taken. state_dir must be writable by this user alone, and
one daemon works in it at a time.

SIGTERM and SIGINT stop it: no more reports are taken, what can be delivered
within 3 s is, the rest waits for the next start.

Exit code: 0 stopped as told, 1 something failed for good, 2 wrong usage or
configuration, a state directory that others can write or another daemon uses.`,
		Example: `  converged run
  converged run --config ./converged.yaml
  DD_API_KEY=... converged run --config ./converged.yaml --verbose`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := daemon.LoadConfig(path)
			if err != nil {
				return program.Fail(program.Usage, err)
			}
			level := slog.LevelInfo
			if verbose {
				level = slog.LevelDebug
			}
			return serve(cmd.Context(), c, s, slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level})))
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "log every step, not only what changes")
	return cmd
}

func serve(ctx context.Context, c daemon.Config, s streams, log *slog.Logger) error {
	if err := c.Complete(); err != nil {
		return program.Fail(program.Usage, err)
	}
	if err := c.CheckKeys(); err != nil {
		return program.Fail(program.Usage, err)
	}
	for _, warning := range c.Warnings() {
		log.Warn(warning)
	}
	opened, err := openReporters(c, s.out, log)
	if err != nil {
		return program.Fail(program.Usage, err)
	}
	defer opened.close()
	// A reader of standard output that goes away must not take the other
	// reporters along: the write fails instead.
	signal.Ignore(syscall.SIGPIPE)
	err = daemon.Run(ctx, c.WithVersion(program.Release()), opened.outputs, log, func() {
		log.Info("watching", "version", program.Release(), "state_dir", c.StateDir, "sources", len(c.Sources), "reporters", len(opened.outputs))
		notifySupervisor(log)
	})
	if errors.Is(err, daemon.ErrStateDir) {
		return program.Fail(program.Usage, err)
	}
	if err != nil {
		return program.Fail(program.Findings, fmt.Errorf("the daemon stopped: %w", err))
	}
	return nil
}

// notifySupervisor tells systemd, or whoever listens on $NOTIFY_SOCKET, that
// the daemon is ready (sd_notify(3)).
func notifySupervisor(log *slog.Logger) {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err == nil {
		_, err = conn.Write([]byte("READY=1"))
		_ = conn.Close()
	}
	if err != nil {
		log.Warn("the supervisor could not be told that the daemon is ready", "socket", address, "error", err)
	}
}
