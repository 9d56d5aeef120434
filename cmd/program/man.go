package program

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manual is the command that writes a program's man pages, one a command, made
// from what --help says.
func manual() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages",
		Long:   `Write the manual pages of every command into DIR, which is made if need be.`,
		Hidden: true, // of use to those who package the program
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return Fail(Usage, fmt.Errorf("writing the manual pages: %w", err))
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			date := commitTime()
			header := &doc.GenManHeader{Section: "1", Date: &date, Source: root.Name(), Manual: strings.ToUpper(root.Name()[:1]) + root.Name()[1:] + " manual"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return Fail(Usage, fmt.Errorf("writing the manual pages: %w", err))
			}
			return nil
		},
	}
}

// commitTime is when what was built was committed, so that one source makes one
// set of pages.
func commitTime() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if at, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				return at
			}
		}
	}
	return time.Unix(0, 0).UTC()
}
