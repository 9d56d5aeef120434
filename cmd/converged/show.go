package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

// mostCandidates is how many runs are told where one was meant.
const mostCandidates = 20

func newShow(s streams) *cobra.Command {
	var config, format string
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one run: how it went, and every step of its delivery",
		Long: `Show how a run went and every step of its way to each reporter, with the time
and, where something went wrong, why. ID is a run's id or the beginning of one.
It reads the ledger and the spools in state_dir, also while the daemon runs.

Exit code: 0, or 2 if there is no such run, several begin so, or the state
directory could not be read.`,
		Example: `  converged show 1a2b3c4d
  converged show 1a2b3c4d -f json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			return show(s, config, args[0], format)
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeRuns(config, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		},
	}
	configFlag(cmd, &config)
	formatFlag(cmd, &format, "text, or json: one object")
	return cmd
}

// completeRuns is the ids that begin so, newest first. What goes wrong is no
// matter for a shell.
func completeRuns(config, typed string) []cobra.Completion {
	dir, err := stateDir(config)
	if err != nil {
		return nil
	}
	found, _ := daemon.ReadRuns(dir, daemon.RunsQuery{Prefix: typed})
	var ids []cobra.Completion
	for _, a := range found.All {
		if program.Visible(a.Run) == a.Run && len(ids) < 100 {
			ids = append(ids, cobra.CompletionWithDesc(a.Run, program.Visible(strings.Join(strings.Fields(a.Tool+" "+a.Host+" "+a.Status+" "+local(a.When())), " "))))
		}
	}
	return ids
}

func show(s streams, config, id, format string) error {
	dir, err := stateDir(config)
	if err != nil {
		return err
	}
	a, found, err := daemon.FindRun(dir, id)
	switch {
	case errors.Is(err, daemon.ErrManyRuns):
		program.PrintLine(s.err, "converged: %s; it is one of these:", err.Error())
		for i, a := range found.All {
			if i == mostCandidates {
				program.PrintLine(s.err, "  and %d more", len(found.All)-i)
				break
			}
			program.PrintLine(s.err, "  %s  %s  %s", a.Run, local(a.When()), dash(a.Host))
		}
		return program.Outcome{Code: program.Usage}
	case errors.Is(err, daemon.ErrNoRun):
		return program.Fail(program.Usage, fmt.Errorf("%s; 'converged runs' lists those that are known", program.Visible(err.Error())))
	case err != nil:
		return unreadable(dir, err)
	}
	sayDamage(s.err, found)
	out := &program.Faithful{Writer: s.out}
	if format == "json" {
		err = showJSON(out, a)
	} else {
		showText(out, a)
		err = out.Err
	}
	if err != nil {
		return program.Fail(program.Usage, fmt.Errorf("writing standard output: %w", err))
	}
	return nil
}

func showJSON(w io.Writer, a daemon.RunAccount) error {
	return printJSON(w, struct {
		daemon.RunAccount
		Undelivered bool   `json:"undelivered"`
		Steps       any    `json:"steps"`
		Omitted     int    `json:"steps_omitted,omitempty"`
		Inspect     string `json:"inspect,omitempty"` // the command that shows the report
	}{a, a.Undelivered(), a.Steps, a.Omitted, inspectCommand(a)}, "  ")
}

func showText(w io.Writer, a daemon.RunAccount) {
	program.PrintLine(w, "run      %s", a.Run)
	if a.Tool != "" || a.Host != "" {
		text := dash(a.Tool) + " on " + dash(a.Host)
		if a.Environment != "" {
			text += ", environment " + a.Environment
		}
		program.PrintLine(w, "of       %s", text)
	}
	showResult(w, a)
	showReport(w, a)
	program.PrintLine(w, "seen     %s", local(a.Seen))
	if len(a.Reporters) == 0 {
		program.PrintLine(w, "\nno reporter's spool has it yet; its report is kept, and read again if need be")
	}
	for _, f := range a.Reporters {
		showFate(w, a, f)
	}
	if a.Omitted > 0 {
		program.PrintLine(w, "\n%s in between are not listed", one(int64(a.Omitted), "step"))
	}
}

// showReport is where the run's report is to be had.
func showReport(w io.Writer, a daemon.RunAccount) {
	switch command := inspectCommand(a); {
	case command != "":
		program.PrintLine(w, "report   %s", command)
	case a.Posted():
		program.PrintLine(w, "report   came from %s, and is not kept", a.Report)
	case a.ReportThere() && a.ReportIsATrace():
		program.PrintLine(w, "report   stayed empty; Chef's stack trace is in %s", a.Report)
	case a.ReportThere():
		program.PrintLine(w, "report   %s, which tells of another run by now", a.Report)
	case a.Report != "":
		program.PrintLine(w, "report   %s, which is gone", a.Report)
	}
}

// showResult is how the run itself went.
func showResult(w io.Writer, a daemon.RunAccount) {
	if a.Status != "" {
		colours := map[string]string{"success": program.Green, "failure": program.Red}
		text := program.PainterIn(w, cmp.Or(colours[a.Status], program.Yellow))(program.Visible(statusOf(a)))
		cause := ""
		if a.Failure != "" {
			cause = ": " + a.Failure
		}
		program.PrintLine(w, "status   %s%s", text, cause)
	}
	if !a.End.IsZero() {
		after := ""
		if a.Duration != nil {
			after = ", after " + lasted(a.Duration)
		}
		program.PrintLine(w, "ended    %s%s", local(a.End), after)
	}
	if a.Total != nil || a.Updated != nil {
		failed := ""
		if a.Summary.Failed != nil && *a.Summary.Failed > 0 {
			failed = ", " + count(a.Summary.Failed) + " failed"
		}
		program.PrintLine(w, "updated  %s of %s resources%s", count(a.Updated), count(a.Total), failed)
	}
}

// showFate is what became of a run at one reporter, and how it came to that.
func showFate(w io.Writer, a daemon.RunAccount, f daemon.Fate) {
	why := ""
	if f.Detail != "" && !f.Outcome.Delivered() {
		why = ": " + f.Detail
	}
	program.PrintLine(w, "\n%s  %s%s", fateName(f), program.PainterIn(w, colourOf(f.Outcome))(outcome(f)), why)
	for _, e := range a.StepsOf(f) {
		step := program.Visible(string(e.Step))
		if e.Detail != "" {
			step = fmt.Sprintf("%-12s  %s", step, program.Visible(e.Detail))
		}
		program.PrintLine(w, "  %s  %s", e.At.Local().Format("2006-01-02 15:04:05.000"), program.Painted(step))
	}
}

// inspectCommand is what shows the report of a run, if it is still there.
func inspectCommand(a daemon.RunAccount) string {
	if !a.ReportThere() || a.ReportReplaced() || a.ReportIsATrace() {
		return ""
	}
	path := a.Report
	if strings.ContainsFunc(path, func(c rune) bool {
		return !strings.ContainsRune("/._-+:@%,=", c) && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}) {
		path = "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return "converged inspect " + path
}
