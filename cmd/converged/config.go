package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

func newConfig(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration, or show the one in effect",
		Example: `  converged config check --config ./converged.yaml
  CONVERGED_STATE_DIR=/tmp/state converged config show`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(configCommand("check", "Check the configuration: exit code 0 if it is good, 2 with file and key if not",
		func(c daemon.Config) error {
			if err := c.CheckKeys(); err != nil {
				return program.Fail(program.Usage, err)
			}
			// They know what an address looks like; none connects before it is needed.
			opened, err := openReporters(c, io.Discard, warnings(s))
			if err != nil {
				return program.Fail(program.Usage, err)
			}
			opened.close()
			sayWarnings(s, c)
			if err := c.Complete(); err != nil {
				return program.Fail(program.Usage, err)
			}
			reports := one(int64(len(c.Sources)), "source")
			if n := len(c.Receive.Listen); n > 0 {
				reports += fmt.Sprintf(", %d to listen on", n)
			}
			return answer(s, fmt.Sprintf("the configuration is good: %s, %s\n", reports, one(int64(len(opened.outputs)), "reporter")))
		}))
	cmd.AddCommand(configCommand("show", "Show the configuration in effect: file, environment and defaults, as YAML",
		func(c daemon.Config) error {
			text, err := c.YAML()
			if err != nil {
				return err
			}
			return answer(s, text)
		}))
	return cmd
}

// answer prints what was asked for.
func answer(s streams, text string) error {
	if _, err := io.WriteString(s.out, text); err != nil {
		return program.Fail(program.Usage, fmt.Errorf("writing standard output: %w", err))
	}
	return nil
}

func configCommand(name, short string, do func(daemon.Config) error) *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		Example: "  converged config " + name + " --config /etc/converged/converged.yaml\n" +
			"  converged discover | converged config " + name + " --config /dev/stdin",
		RunE: func(*cobra.Command, []string) error {
			c, err := daemon.LoadConfig(path)
			if err != nil {
				return program.Fail(program.Usage, err)
			}
			return do(c)
		},
	}
	configFlag(cmd, &path)
	return cmd
}
