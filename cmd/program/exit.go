package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes of every command of both programs.
const (
	Done     = 0
	Findings = 1 // something was found, or not delivered
	Usage    = 2 // wrong usage, or input that could not be read
)

// Outcome ends a command with an exit code other than Done. Without an Err
// everything there is to say was said already.
type Outcome struct {
	Code int
	Err  error
}

// Error is that of Err.
func (o Outcome) Error() string {
	if o.Err == nil {
		return fmt.Sprintf("exit code %d", o.Code)
	}
	return o.Err.Error()
}

// Unwrap is Err.
func (o Outcome) Unwrap() error { return o.Err }

// Fail ends a command with an exit code, and err said on standard error.
func Fail(code int, err error) error { return Outcome{code, err} }

// Execute runs a program with these arguments and returns its exit code. An
// error that is no Outcome is one of usage, and points to the help.
func Execute(ctx context.Context, root *cobra.Command, args []string, stdout, stderr io.Writer) int {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.Version = version(root.Name())
	root.SetVersionTemplate("{{.Version}}\n")
	root.AddCommand(manual())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return Done
	}
	var o Outcome
	if !errors.As(err, &o) {
		o = Outcome{Usage, fmt.Errorf("%s; see '%s --help'", onOneLine(err), cmd.CommandPath())}
	}
	if o.Err != nil {
		_, _ = fmt.Fprintf(stderr, "%s: %v\n", root.Name(), o.Err)
	}
	return o.Code
}

// onOneLine is an error of cobra's with the commands that it suggests.
func onOneLine(err error) string {
	text, like, suggests := strings.Cut(strings.TrimSpace(err.Error()), "\n\nDid you mean this?\n\t")
	if suggests {
		text += "; did you mean " + strings.ReplaceAll(like, "\n\t", " or ") + "?"
	}
	return text
}
