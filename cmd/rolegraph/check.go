package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/check"
)

func newCheck() *cobra.Command {
	f := checkFlags{outputs: outputs[*verdict]{formats: verdicts}}
	cmd := &cobra.Command{
		Use:   "check [DIR...]",
		Short: "Find cycles, missing roles and whatever else is wrong",
		Long: `Find what is wrong with the roles in DIR: cycles, with the environments they are
real in and the fewest edges that open them, missing roles, duplicate names and
more, each with file:line. --list-rules tells what is looked for.

Without --output and --format the findings are told as text. -f json, sarif,
junit or github writes them for other programs; -o takes pictures, too, in the
same run. What a picture leaves out, by --focus and the like, is checked all the
same.

With --baseline only findings that are not in that file fail. It knows cycles by
their edges: a new edge in an old cycle is a new finding.

Rules, the baseline and the rest can stand in ` + configFile + `; flags go before it.

Exit code: 0 nothing found that fails, 1 findings, 2 wrong usage or a file that
could not be read.`,
		Example: `  rolegraph check roles/
  rolegraph check . -o roles.svg -o findings.sarif
  rolegraph check . --cycles-only -o cycles.svg
  rolegraph check roles/ -f github
  rolegraph check roles/ --rule unused-role=warning --rule name-mismatch=error
  rolegraph check roles/ --baseline known.json --update-baseline
  rolegraph check roles/ --baseline known.json --strict`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			c, err := f.checking(cmd)
			if err != nil {
				return err
			}
			if f.listRules {
				return listRules(c.stdout, c.settings)
			}
			return c.run(cmd.Context(), dirs)
		},
	}
	f.register(cmd)
	return cmd
}

// checking is one check as it is wished for.
type checking struct {
	targets        []target[*verdict]
	pictures       pictureFlags
	view           graph.View
	settings       check.Settings
	baseline       string // "": none
	update         bool
	stdout, stderr io.Writer
}

// verdict is what a check came to, on its way to several files.
type verdict struct {
	report  check.Report
	drawing *drawing
}

func (c *checking) run(ctx context.Context, dirs []string) error {
	options, err := c.pictures.options(ctx)
	if err != nil {
		return err
	}
	known, err := c.readBaseline()
	if err != nil {
		return err
	}
	in, err := read(ctx, dirs)
	if err != nil {
		return err
	}
	shown, err := in.through(c.view)
	if err != nil {
		return err
	}
	in.sayUnknown(c.stderr, c.view.Environment)
	report := c.judge(ctx, in)
	if c.baseline != "" {
		report.Compare(known)
	}
	if c.update {
		if err := c.updateBaseline(&report); err != nil {
			return err
		}
	}
	v := &verdict{report: report, drawing: shown.drawing(ctx, options)}
	if err := c.tell(ctx, in, v); err != nil {
		return err
	}
	switch {
	case in.incomplete():
		return program.Outcome{Code: program.Usage}
	case report.Fails():
		return program.Outcome{Code: program.Findings}
	}
	return nil
}

func (c *checking) judge(ctx context.Context, in *input) check.Report {
	defer stage(ctx, "checking %s", in.graph.Summary())()
	settings := c.settings
	settings.Path = func(file string) string { return in.at(file, 0) }
	return check.Judge(in.graph, settings)
}

// tell writes every target, and says as text what no other document on standard
// output says.
func (c *checking) tell(ctx context.Context, in *input, v *verdict) error {
	at := slices.IndexFunc(c.targets, target[*verdict].isStdout)
	say := c.stdout
	if at >= 0 {
		say = c.stderr
	}
	told := at >= 0 && isReport(c.targets[at].format.name)
	if told || !sameStream(say, c.stderr) {
		in.problemsOnly().printProblems(c.stderr)
	}
	if !told {
		printFindings(say, v.report)
	}
	for _, t := range c.targets {
		if err := writeOne(ctx, t, v, c.stdout, c.stderr); err != nil {
			return err
		}
		if !t.isStdout() {
			program.PrintLine(say, "wrote %s: %s", t.path, v.says(t.format.name))
		}
	}
	if at < 0 || c.targets[at].format.name != "text" {
		printSummary(say, v.report)
	}
	return nil
}

// says is what a file in this notation holds.
func (v *verdict) says(format string) string {
	if isReport(format) {
		return graph.Counted(len(v.report.Findings), "finding")
	}
	return v.drawing.graph.Summary()
}

// problemsOnly is what reading found without what stays unresolved, which the
// findings tell.
func (in *input) problemsOnly() *input {
	return &input{dirs: in.dirs, graph: &graph.Graph{Problems: in.graph.Problems}}
}
