package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

func newStatus(s streams) *cobra.Command {
	var config, format string
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell whether the daemon runs and is well, and what waits",
		Long: `Tell whether the daemon of this configuration's state_dir runs, how each
reporter fares, how much waits for it, and which runs were refused for good. It
reads state_dir and changes nothing, whether the daemon runs or not.

Exit code: 0 the daemon runs and is well; 1 it is not: a reporter fails or is
held until somebody mends something, a source cannot be read, or the state
directory gives trouble; 2 no daemon runs, or the state directory could not be
read. Dead letters lie there until somebody removes them: they are listed, and
do not change the exit code; 'converged runs --undelivered' asks for them.`,
		Example: `  converged status
  converged status -c ./converged.yaml
  converged status -f json | jq '.status.reporters[] | {name, state, pending}'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			return tellStatus(s, config, format)
		},
	}
	configFlag(cmd, &config)
	formatFlag(cmd, &format, "text, or json: one object")
	return cmd
}

func tellStatus(s streams, config, format string) error {
	dir, err := stateDir(config)
	if err != nil {
		return err
	}
	h, err := daemon.ReadHealth(dir)
	if err != nil {
		return unreadable(dir, err)
	}
	out := &program.Faithful{Writer: s.out}
	if format == "json" {
		_ = printJSON(out, h, "  ") // what could not be written, out remembers
	} else {
		printHealth(out, h, time.Now())
	}
	switch {
	case out.Err != nil:
		return program.Fail(program.Usage, fmt.Errorf("writing standard output: %w", out.Err))
	case !h.Running:
		return program.Outcome{Code: program.Usage}
	case !h.Well:
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

func printHealth(w io.Writer, h daemon.Health, now time.Time) {
	alarm := program.PainterIn(w, program.Red)
	switch {
	case h.Well:
		program.PrintLine(w, "%s%s", program.PainterIn(w, program.Green)("the daemon runs and is well"), process(h))
	case h.Running:
		program.PrintLine(w, "%s%s", alarm("the daemon runs and is not well"), process(h))
	default:
		program.PrintLine(w, "%s%s", alarm("no daemon is running"), lastSeen(h))
	}
	for _, p := range h.Problems {
		if h.Running {
			program.PrintLine(w, "  %s", alarm(program.Visible(p)))
		}
	}
	if st := h.Status; st != nil {
		printSources(w, *st, now)
	}
	for _, spool := range h.Spools {
		printReporter(w, h, spool, now)
	}
	for _, spool := range h.Spools {
		printLetters(w, spool)
	}
}

// process is which one it is, and since when.
func process(h daemon.Health) string {
	var parts []string
	if h.PID != 0 {
		parts = append(parts, fmt.Sprintf("process %d", h.PID))
	}
	if h.Status != nil {
		parts = append(parts, "since "+local(h.Status.Started))
		if h.Status.Version != "" {
			parts = append(parts, "version "+h.Status.Version)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// lastSeen is what the last daemon left.
func lastSeen(h daemon.Health) string {
	switch {
	case h.Status == nil:
		return ""
	case h.Status.Stopped:
		return "; the last one stopped as it was told to at " + local(h.Status.Updated)
	}
	return "; the last one ended without being told to, some time after " + local(h.Status.Updated)
}

func printSources(w io.Writer, st daemon.Status, now time.Time) {
	program.PrintLine(w, "\nreports   %d read, %d of them not understood", st.Seen, st.Unparsable)
	for _, s := range st.Sources {
		told := counted(s.Counts, now)
		switch {
		case s.Error != "":
			told = "cannot be read; " + told
		case !s.Present:
			told = "nothing is there; " + told
		}
		program.PrintLine(w, "source    %s %s: %s", s.Format, s.Path, told)
	}
	if st.Receive != nil {
		printReceived(w, *st.Receive, now)
	}
}

func counted(c daemon.Counts, now time.Time) string {
	told := one(c.Seen, "report") + " read"
	if c.Unparsable > 0 {
		told += fmt.Sprintf(", %d of them not understood", c.Unparsable)
	}
	if !c.Last.IsZero() {
		told += ", the last " + ago(c.Last, now) + " ago"
	}
	return told
}

// printReceived tells what came over HTTP.
func printReceived(w io.Writer, r daemon.ReceiveStatus, now time.Time) {
	for _, address := range r.Addresses {
		program.PrintLine(w, "receive   %s", address)
	}
	for _, f := range r.Formats {
		program.PrintLine(w, "          %s: %s", f.Format, counted(f.Counts, now))
	}
	if r.Waiting > 0 {
		program.PrintLine(w, "          %s of Chef received and not read yet (%s)", one(int64(r.Waiting), "message"), size(r.Bytes))
	}
	if text := byReason(r.Refused); text != "" {
		program.PrintLine(w, "          requests refused: %s", text)
	}
	if text := byReason(r.Lost); text != "" {
		program.PrintLine(w, "          messages of Chef lost: %s", text)
	}
}

// byReason is such as "2 (token), 1 (too large)".
func byReason(counts map[string]int64) string {
	var parts []string
	for _, reason := range daemon.Reasons(counts) {
		parts = append(parts, fmt.Sprintf("%d (%s)", counts[reason], strings.ReplaceAll(reason, "_", " ")))
	}
	return strings.Join(parts, ", ")
}

// printReporter tells of one reporter what it says, and what waits for it.
func printReporter(w io.Writer, h daemon.Health, s daemon.SpoolView, now time.Time) {
	waits := one(int64(s.Pending), "run") + " waiting"
	if s.Pending > 0 {
		waits += fmt.Sprintf(" (%s, the oldest for %s)", size(s.Bytes), ago(s.Oldest, now))
	}
	if s.Letters > 0 {
		waits += ", " + one(int64(s.Letters), "dead letter")
	}
	if s.Damaged > 0 {
		waits += fmt.Sprintf(", %d damaged and moved aside", s.Damaged)
	}
	if s.Error != "" {
		waits = "its spool cannot be read"
	}
	r, known := reporterNamed(h, s.Reporter)
	if !known {
		program.PrintLine(w, "reporter  %s: %s", s.Reporter, waits)
		return
	}
	state := program.Painted(program.Visible(r.State))
	if r.State != "working" {
		state = program.PainterIn(w, program.Red)(program.Visible(r.State)+" for "+ago(r.Since, now)) +
			program.Painted(", next try at "+local(r.NextTry))
	}
	program.PrintLine(w, "reporter  %s (%s): %s; %s", r.Name, r.Type, state, waits)
	program.PrintLine(w, "          %d delivered, %s failed, %d expired%s", r.Delivered, one(r.Retried, "attempt"), r.Expired, dropped(r))
}

// reporterNamed is what the daemon that runs says of a reporter.
func reporterNamed(h daemon.Health, name string) (daemon.ReporterStatus, bool) {
	if h.Status != nil && h.Running {
		for _, r := range h.Status.Reporters {
			if r.Name == name {
				return r, true
			}
		}
	}
	return daemon.ReporterStatus{}, false
}

// dropped is what a reporter will never get, by reason.
func dropped(r daemon.ReporterStatus) string {
	text := ""
	for _, reason := range daemon.Reasons(r.Dropped) {
		text += fmt.Sprintf(", %d dropped (%s)", r.Dropped[reason], strings.ReplaceAll(reason, "_", " "))
	}
	return text
}

func printLetters(w io.Writer, s daemon.SpoolView) {
	if len(s.Newest) == 0 {
		return
	}
	program.PrintLine(w, "\nrefused for good by %s, kept in spool/%s/refused of the state directory, newest first:", s.Reporter, s.Reporter)
	for _, l := range s.Newest {
		part := ""
		if l.Part {
			part = " (a part)"
		}
		program.PrintLine(w, "  %s  %s%s: %s", local(l.At), l.Run, part, l.Reason)
	}
	if more := s.Letters - len(s.Newest); more > 0 {
		program.PrintLine(w, "  and %d more", more)
	}
}
