package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/check"
)

// reports are the notations of findings.
var reports = []format[check.Report]{
	{"text", []string{"txt"}, func(w io.Writer, r check.Report) (string, error) { return "", printReport(w, r) }},
	{"json", nil, func(w io.Writer, r check.Report) (string, error) { return "", check.JSON(w, r) }},
	{"sarif", nil, func(w io.Writer, r check.Report) (string, error) { return "", check.SARIF(w, r) }},
	{"junit", []string{"xml"}, func(w io.Writer, r check.Report) (string, error) { return "", check.JUnit(w, r) }},
	{"github", nil, func(w io.Writer, r check.Report) (string, error) { return "", check.GitHub(w, r) }},
}

// verdicts are the notations of a check: of its findings, and of the picture,
// whose JSON render alone writes.
var verdicts = slices.Concat(
	adapted(reports, func(v *verdict) check.Report { return v.report }),
	slices.DeleteFunc(adapted(pictures, func(v *verdict) *drawing { return v.drawing }), func(f format[*verdict]) bool { return isReport(f.name) }),
)

// adapted are the notations of a U for all that hold one.
func adapted[T, U any](formats []format[U], of func(T) U) []format[T] {
	all := make([]format[T], len(formats))
	for i, f := range formats {
		all[i] = format[T]{f.name, f.endings, func(w io.Writer, t T) (string, error) { return f.write(w, of(t)) }}
	}
	return all
}

func isReport(name string) bool {
	return slices.ContainsFunc(reports, func(f format[check.Report]) bool { return f.name == name })
}

// sameStream says whether two writers end in one terminal, pipe or file.
func sameStream(a, b io.Writer) bool {
	f, ok := program.FileOf(a)
	g, okay := program.FileOf(b)
	if !ok || !okay {
		return false
	}
	x, err := f.Stat()
	if err != nil {
		return false
	}
	y, err := g.Stat()
	return err == nil && os.SameFile(x, y)
}

// writeOne writes one target.
func writeOne(ctx context.Context, t target[*verdict], v *verdict, stdout, stderr io.Writer) error {
	defer stage(ctx, "writing %s", t.String())()
	notice, err := t.write(v, stdout)
	if err != nil {
		return program.Fail(program.Usage, fmt.Errorf("writing %s: %w", t, err))
	}
	if notice != "" {
		program.PrintLine(stderr, "rolegraph: %s: %s", t.String(), notice)
	}
	return nil
}

func printReport(w io.Writer, r check.Report) error {
	printFindings(w, r)
	printSummary(w, r)
	return nil
}

// printFindings prints what is not known, a group of lines each, and what of the
// baseline is no longer found.
func printFindings(w io.Writer, r check.Report) {
	paint := map[check.Level]func(string) program.Painted{check.Error: program.PainterIn(w, program.Red), check.Warning: program.PainterIn(w, program.Yellow)}
	for _, f := range r.Findings {
		if f.Known {
			continue
		}
		label := paint[f.Level](string(f.Level) + ":")
		details := f.Details()
		if len(f.Places) == 1 && f.Places[0].Text == "" { // nothing to list: the place goes first
			program.PrintLine(w, "%s: %s %s [%s]", f.Places[0].String(), label, f.Headline(), f.Rule)
			details = details[1:]
		} else {
			program.PrintLine(w, "%s %s [%s]", label, f.Headline(), f.Rule)
		}
		for _, line := range details {
			program.PrintLine(w, "  %s", line)
		}
	}
	for _, note := range r.Notes {
		program.PrintLine(w, "%s", note)
	}
	for _, k := range r.Stale {
		program.PrintLine(w, "no longer found, and still in the baseline: %s: %s", k.Rule, strings.TrimSpace(k.Subject+" "+k.To))
	}
}

func printSummary(w io.Writer, r check.Report) {
	count := func(title string) int {
		n := 0
		for _, f := range r.Findings {
			if f.Title() == title && !f.Known {
				n++
			}
		}
		return n
	}
	text := r.Summary + ": " + graph.Counted(count("cycle"), "cycle") + ", " + graph.Counted(count("missing role"), "missing role") + ", " +
		graph.Counted(count("duplicate name"), "duplicate name")
	if len(r.Findings) > 0 {
		text += "; " + graph.Counted(r.Count("", check.Error), "error") + ", " + graph.Counted(r.Count("", check.Warning), "warning")
	}
	if r.Compared {
		text += fmt.Sprintf(", %d known", r.Known())
		if len(r.Stale) > 0 {
			text += fmt.Sprintf(", %d no longer found: --update-baseline takes them out", len(r.Stale))
		}
	}
	program.PrintLine(w, "%s", text)
}
