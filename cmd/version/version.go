// Package version says which build of the programs this is.
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Set by the linker; see the Makefile.
var (
	release = ""
	commit  = ""
)

// String is "PROGRAM VERSION (commit COMMIT, GO-VERSION)". A build without the
// Makefile falls back on what the Go tool recorded.
func String(program string) string {
	v, c := release, commit
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if c == "" && s.Key == "vcs.revision" {
				c = s.Value
			}
		}
	}
	return fmt.Sprintf("%s %s (commit %s, %s)", program, orUnknown(v), orUnknown(c), runtime.Version())
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
