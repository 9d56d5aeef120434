// Package program is what both programs have in common: how they end, and how
// they say which build they are.
package program

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

// Release is the version of this build alone, such as v1.2.3.
func Release() string {
	if info, ok := debug.ReadBuildInfo(); ok && release == "" {
		return orUnknown(info.Main.Version)
	}
	return orUnknown(release)
}

// version is "PROGRAM VERSION (commit COMMIT, GO-VERSION)". A build without the
// Makefile falls back on what the Go tool recorded.
func version(program string) string {
	c := commit
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if c == "" && s.Key == "vcs.revision" {
				c = s.Value
			}
		}
	}
	return fmt.Sprintf("%s %s (commit %s, %s)", program, Release(), orUnknown(c), runtime.Version())
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
