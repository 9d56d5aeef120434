//go:build unix

package ruby

import (
	"syscall"
	"time"
)

// spent is the time for which processors have worked for this process: what else a
// machine does adds nothing to it.
func spent() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
