package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon/discover"
)

func newDiscover(s streams) *cobra.Command {
	var root, user, format string
	cmd := &cobra.Command{
		Use:   "discover",
		Short: "Find the tools on this node and print a configuration for them",
		Long: `Find which of Chef, Puppet, Ansible and Salt are on this node and where their
reports are. Standard output is a configuration that is ready to be used;
standard error says of each tool what was found, what has to be switched on for
there to be reports, in which file, and what goes wrong silently.

Only files are read, of those of settings the first MiB; nothing is run, asked or
changed, and no key or token of a tool's settings is shown. Run it as root, or
some of them cannot be read; whether the reports can be is told for the user
converged, if there is one, or that of --user, by the modes of the files.

Exit code: 0 a tool was found, 1 none was, 2 wrong usage.`,
		Example: `  converged discover
  converged discover > /etc/converged/converged.yaml
  converged discover --user converged --format json | jq '.tools[].sources[] | {path, access}'
  converged discover --root /mnt/image`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			f, err := look(root, user)
			if err != nil {
				return program.Fail(program.Usage, err)
			}
			return tellFindings(s, f, root, format)
		},
	}
	cmd.Flags().StringVar(&root, "root", "/", "look below `DIR`, the root of an image or a container")
	cmd.Flags().StringVar(&user, "user", "", "tell what `USER` can read (default converged, or who runs this)")
	formatFlag(cmd, &format, "text: a configuration, or json: one object of all that was found")
	_ = cmd.MarkFlagDirname("root")
	return cmd
}

// look looks at a node. Home and environment are of this one, not of an image.
func look(dir, user string) (_ discover.Findings, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return discover.Findings{}, fmt.Errorf("looking at %s: %w", dir, err)
	}
	defer func() { _ = root.Close() }() // only read from
	o := discover.Options{User: user, Home: "/root"}
	if filepath.Clean(dir) == "/" {
		o.Env = os.Getenv
		if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
			o.Home = filepath.Clean(home)
		}
	}
	return discover.Look(root, o)
}

func tellFindings(s streams, f discover.Findings, root, format string) error {
	out := &program.Faithful{Writer: s.out}
	switch {
	case format == "json":
		_ = printJSON(out, f, "  ") // what could not be written, out remembers
	case len(f.Tools) > 0:
		now := time.Now()
		for _, t := range f.Tools {
			printTool(s.err, f, t, now)
		}
		printAgent(s.err, f.Agent)
		_, _ = io.WriteString(out, f.Configuration())
	}
	if out.Err != nil {
		return program.Fail(program.Usage, fmt.Errorf("writing standard output: %w", out.Err))
	}
	if len(f.Tools) == 0 {
		below := ""
		if filepath.Clean(root) != "/" {
			below = " below " + root
		}
		return program.Fail(program.Findings, fmt.Errorf("no tool was found%s; looked for %s", program.Visible(below), program.Visible(strings.Join(f.Looked, ", "))))
	}
	return nil
}

// printTool tells a person of one tool.
func printTool(w io.Writer, f discover.Findings, t discover.Tool, now time.Time) {
	name := t.Name
	if t.Version != "" {
		name += " " + t.Version
	}
	program.PrintLine(w, "%s is here: %s", program.PainterIn(w, program.Blue)(program.Visible(name)), strings.Join(t.Found, ", "))
	for _, source := range t.Sources {
		printSource(w, f, source, now)
	}
	for _, step := range t.SwitchOn {
		program.PrintLine(w, "  %s %s:", program.PainterIn(w, program.Yellow)("switch on, in"), step.File)
		for line := range strings.Lines(step.Lines) {
			program.PrintLine(w, "      %s", strings.TrimRight(line, "\n"))
		}
	}
	for _, note := range t.Notes {
		program.PrintLine(w, "  %s %s", program.PainterIn(w, program.Yellow)("note:"), note)
	}
	for _, trap := range t.Traps {
		program.PrintLine(w, "  trap: %s", trap)
	}
	program.PrintLine(w, "")
}

func printSource(w io.Writer, f discover.Findings, s discover.Source, now time.Time) {
	program.PrintLine(w, "  %s: %s %s (%s)", map[discover.State]string{discover.On: "reports", discover.Off: "not switched on", discover.Other: "or"}[s.State], s.Format, s.Path, s.Why)
	if s.Access == discover.Absent && s.Files == 0 {
		if s.State != discover.Other {
			program.PrintLine(w, "      nothing is there yet; it is waited for")
		}
		return
	}
	there := one(int64(s.Files), "file")
	if s.More {
		there = "at least " + there
	}
	if s.Newest != nil {
		there += ", the newest written " + ago(*s.Newest, now) + " ago"
	}
	access := program.PainterIn(w, program.Green)("which " + f.Who() + " can read")
	if s.Access != discover.Readable {
		access = program.PainterIn(w, program.Red)("which " + f.Who() + " cannot read: " + program.Visible(s.Access))
	}
	program.PrintLine(w, "      %s, %s", there, access)
}

func printAgent(w io.Writer, a discover.Agent) {
	if a.Address != "" {
		program.PrintLine(w, "runs are told to %s: %s", a.Address, a.Why)
		return
	}
	program.PrintLine(w, "runs are printed: %s", a.Why)
}
