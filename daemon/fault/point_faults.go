//go:build faults

package fault

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

var passed atomic.Int64

// Point kills this process, as kill -9 does, when it is the step of the
// environment variable Variable: a name, and after a colon the how
// manieth time it is reached, such as "spool-synced:3".
func Point(name string) {
	wanted, nth, _ := strings.Cut(os.Getenv(Variable), ":")
	if wanted != name {
		return
	}
	n, err := strconv.ParseInt(nth, 10, 64)
	if passed.Add(1) == max(n, 1) || err != nil && nth != "" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}
