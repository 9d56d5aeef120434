package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph/check"
)

// checkFlags are the flags of check.
type checkFlags struct {
	outputs   outputs[*verdict]
	pictures  pictureFlags
	rules     []string
	maxDepth  int
	baseline  string
	update    bool
	failOn    string
	strict    bool
	listRules bool
}

func (f *checkFlags) register(cmd *cobra.Command) {
	f.outputs.register(cmd, "findings as text on standard output by default")
	f.pictures.views.register(cmd)
	f.pictures.registerWishes(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.rules, "rule", nil, "`NAME=LEVEL` of a rule: off, warning or error; may be repeated")
	flags.IntVar(&f.maxDepth, "max-depth", 0, fmt.Sprintf("`LEVELS` that roles may nest (default %d)", check.DefaultMaxDepth))
	flags.StringVar(&f.baseline, "baseline", "", "`FILE` of known findings: they do not fail")
	flags.BoolVar(&f.update, "update-baseline", false, "write all that is found to the baseline's file")
	flags.StringVar(&f.failOn, "fail-on", "", "`LEVEL` of findings that fail: error or warning (default error)")
	flags.BoolVar(&f.strict, "strict", false, "the same as --fail-on warning")
	flags.BoolVar(&f.listRules, "list-rules", false, "list the rules with their levels, and check nothing")
	cmd.MarkFlagsMutuallyExclusive("fail-on", "strict")
	_ = cmd.MarkFlagFilename("baseline", "json")
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{"error", "warning"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("rule", completeRules)
}

func completeRules(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	name, _, hasLevel := strings.Cut(typed, "=")
	var all []cobra.Completion
	for _, r := range check.Rules() {
		switch {
		case hasLevel && r.Name == name:
			for _, level := range check.Levels() {
				all = append(all, r.Name+"="+string(level))
			}
		case !hasLevel && strings.HasPrefix(r.Name, name):
			all = append(all, cobra.CompletionWithDesc(r.Name+"=", r.Doc))
		}
	}
	return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// checking is the check that flags and configuration ask for.
func (f *checkFlags) checking(cmd *cobra.Command) (*checking, error) {
	settings, err := configOf(cmd)
	if err != nil {
		return nil, err
	}
	c := &checking{pictures: f.pictures, baseline: settings.Baseline, update: f.update, stdout: cmd.OutOrStdout(), stderr: cmd.ErrOrStderr()}
	if cmd.Flags().Changed("baseline") {
		c.baseline = f.baseline
	}
	if c.update && c.baseline == "" {
		return nil, errors.New("--update-baseline has no file to write: name it by --baseline")
	}
	fallback := ""
	if f.outputs.name != "" {
		fallback = standardOutput
	}
	if c.targets, err = f.outputs.targets(fallback); err != nil {
		return nil, err
	}
	if c.view, err = f.pictures.views.view(); err != nil {
		return nil, err
	}
	c.settings, err = f.settings(cmd, settings)
	return c, err
}

// settings are those of the rules.
func (f *checkFlags) settings(cmd *cobra.Command, c config) (s check.Settings, err error) {
	s = check.Settings{Levels: map[string]check.Level{}, MaxDepth: c.MaxDepth, FailOn: c.FailOn}
	maps.Copy(s.Levels, c.Rules)
	for _, text := range f.rules {
		name, level, ok := strings.Cut(text, "=")
		if !ok {
			return s, fmt.Errorf("--rule %q: expected NAME=off, NAME=warning or NAME=error", text)
		}
		if _, err := check.Lookup(name); err != nil {
			return s, fmt.Errorf("--rule %q: %w", text, err)
		}
		if s.Levels[name], err = check.ParseLevel(level); err != nil {
			return s, fmt.Errorf("--rule %q: %w", text, err)
		}
	}
	if cmd.Flags().Changed("max-depth") {
		if f.maxDepth < 1 {
			return s, fmt.Errorf("--max-depth %d: expected 1 or more", f.maxDepth)
		}
		s.MaxDepth = f.maxDepth
	}
	switch {
	case f.strict:
		s.FailOn = check.Warning
	case f.failOn != "":
		if s.FailOn = check.Level(f.failOn); s.FailOn != check.Error && s.FailOn != check.Warning {
			return s, fmt.Errorf("--fail-on %q: expected error or warning", f.failOn)
		}
	}
	return s, nil
}

// listRules prints every rule at its level in a line of its own.
func listRules(w io.Writer, s check.Settings) error {
	for _, r := range check.Rules() {
		program.PrintLine(w, "%-26s %-8s %s", r.Name, string(cmp.Or(s.Levels[r.Name], r.Level)), r.Doc)
	}
	return nil
}
