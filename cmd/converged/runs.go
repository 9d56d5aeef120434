package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

// runsOptions are the flags of runs.
type runsOptions struct {
	config, format      string
	undelivered, failed bool
	since               time.Duration
	most                int
}

func newRuns(s streams) *cobra.Command {
	var o runsOptions
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List the runs of this node, and what became of each at every reporter",
		Long: `List the runs that the daemon has read, newest first, a line each: when it
ended, its id, tool, host, status, duration and updated resources of all, then
what became of it at each reporter. The status "unfinished" is of a run that
began and never told its end.

  acknowledged  the receiver said that it has it
  sent          handed over to a receiver that never acknowledges (DogStatsD)
  delivered     the spool says that it was; how, is not known any more
  waiting       on disk, and tried again
  refused       the receiver will never take it; kept as a dead letter
  expired       too old for the receiver; a digest told of it
  dropped       let go to make room, or damaged on disk
  withdrawn     it did not have to be told any more: a run that was said not to
                finish did, late
  unknown       neither the ledger nor the spool says

"partly" says so of a part, while the rest was delivered. It reads the ledger and
the spools in state_dir, also while the daemon runs, and changes nothing.

Exit code: 0, or with --undelivered 1 if there are any; 2 the state directory
could not be read.`,
		Example: `  converged runs
  converged runs --failed --since 24h
  converged runs --undelivered || echo "something is missing"
  converged runs -f json | jq 'select(.status == "failure")'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if o.most < 0 || o.since < 0 {
				return errors.New("-n and --since take no negative values")
			}
			if err := checkFormat(o.format); err != nil {
				return err
			}
			return listRuns(s, o)
		},
	}
	configFlag(cmd, &o.config)
	formatFlag(cmd, &o.format, "text, or json: an object a line")
	cmd.Flags().BoolVar(&o.undelivered, "undelivered", false, "only runs that wait, were refused, expired or dropped; exit code 1 if there are any")
	cmd.Flags().BoolVar(&o.failed, "failed", false, "only runs that failed themselves")
	cmd.Flags().DurationVar(&o.since, "since", 0, "only runs that ended within this `DURATION`, such as 90m or 24h")
	cmd.Flags().IntVarP(&o.most, "number", "n", 20, "so many runs, the newest; 0 is all")
	return cmd
}

// formatFlag defines --format, spelled the same in every command.
func formatFlag(cmd *cobra.Command, format *string, formats string) {
	cmd.Flags().StringVarP(format, "format", "f", "text", "print as `FORMAT`: "+formats)
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]cobra.Completion{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

func listRuns(s streams, o runsOptions) error {
	dir, err := stateDir(o.config)
	if err != nil {
		return err
	}
	q := daemon.RunsQuery{Undelivered: o.undelivered, Failed: o.failed}
	if o.since > 0 {
		q.Since = time.Now().Add(-o.since)
	}
	found, err := daemon.ReadRuns(dir, q)
	if err != nil {
		return unreadable(dir, err)
	}
	sayDamage(s.err, found)
	shown := found.All
	if o.most > 0 && len(shown) > o.most {
		shown = shown[:o.most]
	}
	out := &program.Faithful{Writer: s.out}
	if o.format == "json" {
		printRunsJSON(out, shown)
	} else {
		printRuns(out, shown)
		if len(shown) == 0 {
			program.PrintLine(s.err, "no such runs")
		}
		if more := len(found.All) - len(shown); more > 0 {
			program.PrintLine(s.err, "and %d more; -n 0 lists all", more)
		}
	}
	switch {
	case out.Err != nil:
		return program.Fail(program.Usage, fmt.Errorf("writing standard output: %w", out.Err))
	case o.undelivered && len(found.All) > 0:
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

// sayDamage says what could not be read; the rest is printed all the same.
func sayDamage(w io.Writer, found daemon.Runs) {
	if n := found.Damage.Lines; n > 0 {
		program.PrintLine(w, "converged: the ledger is damaged: %s passed over", one(int64(n), "line"))
	}
	if err := found.Damage.Err; err != nil {
		program.PrintLine(w, "converged: a part of the ledger cannot be read and is passed over: %s", err.Error())
	}
	for _, err := range found.Spools {
		program.PrintLine(w, "converged: %s", err.Error())
	}
}

func printRunsJSON(w io.Writer, runs []daemon.RunAccount) {
	for _, a := range runs {
		line := struct {
			daemon.RunAccount
			Undelivered bool `json:"undelivered"`
		}{a, a.Undelivered()}
		_ = printJSON(w, line, "") // what could not be written, w remembers
	}
}

func printRuns(w io.Writer, runs []daemon.RunAccount) {
	t := table{head: []string{"END", "RUN", "TOOL", "HOST", "STATUS", "TOOK", "UPDATED"}}
	for _, a := range runs {
		t.rows = append(t.rows, []string{local(a.When()), a.Run, dash(a.Tool), dash(a.Host), statusOf(a), lasted(a.Duration), updatedOf(a)})
	}
	widths := t.widths()
	if len(runs) > 0 {
		t.print(w, widths, t.head, func(int) string { return program.Blue }, "REPORTERS")
	}
	for i, a := range runs {
		t.print(w, widths, t.rows[i], func(column int) string {
			if column == 4 && a.Failed() {
				return program.Red
			}
			return ""
		}, append(fates(w, a), program.Painted(program.Visible(a.Title())))...)
	}
}

// statusOf is how a run went, in a word.
func statusOf(a daemon.RunAccount) string {
	if a.Noop && a.Status != "" {
		return a.Status + " (noop)"
	}
	return dash(a.Status)
}

// updatedOf is the updated resources of all.
func updatedOf(a daemon.RunAccount) string {
	if a.Updated == nil && a.Total == nil {
		return "-"
	}
	return count(a.Updated) + "/" + count(a.Total)
}

// fates is what became of a run, by reporter: for a person on a terminal in
// colours and with marks, else in words alone.
func fates(w io.Writer, a daemon.RunAccount) []program.Painted {
	if len(a.Reporters) == 0 {
		return []program.Painted{program.PainterIn(w, program.Yellow)("not spooled yet")}
	}
	var all []program.Painted
	for _, f := range a.Reporters {
		text := fateName(f) + ": " + outcome(f)
		if program.IsTerminal(w) {
			text = marks[f.Outcome] + " " + text
		}
		all = append(all, program.PainterIn(w, colourOf(f.Outcome))(program.Visible(text)))
	}
	return all
}

// fateName is whose fate it is.
func fateName(f daemon.Fate) string {
	if f.Reporter == "" {
		return "every reporter"
	}
	return f.Reporter
}
