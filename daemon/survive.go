package daemon

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// survived makes an error of a panic: one report never stops the daemon, which
// would read it again at its next start, and stop again. What was panicked with may
// hold parts of the report; what the runtime says of itself is told, and where.
func survived(err *error) {
	what := recover()
	if what == nil {
		return
	}
	said := fmt.Sprintf("a panic with a %T", what)
	if own, ok := what.(runtime.Error); ok {
		said = own.Error()
	}
	*err = fmt.Errorf("reading it fails by an error of converged's own, which should be told to its authors: %s at %s", said, panickedAt())
}

// panickedAt is the place that panicked, such as "collector.go:12".
func panickedAt() string {
	calls := make([]uintptr, 64)
	frames := runtime.CallersFrames(calls[:runtime.Callers(0, calls)])
	panicking := false
	for {
		f, more := frames.Next()
		own := strings.HasPrefix(f.Function, "runtime.")
		if panicking && !own {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return "a place unknown"
		}
	}
}
