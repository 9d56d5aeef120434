//go:build linux

package delivery

import (
	"os"
	"testing"

	"github.com/converged/converged/features/rig"
)

// One run is told of once, by whatever names and from whatever sources its report
// comes, and however often converged is started in between.
func reportSeenTwice(t *testing.T) {
	s := newUsual(t)
	s.start()
	byName, bySource := s.report(), s.report()
	s.arrived()
	again := byName
	again.Number += 500 // another file of the same run
	do(t, rig.WriteReport(s.node.Reports(), again, s.chef.Report(byName)))
	do(t, rig.AppendLine(s.node.Collector(), s.chef.Line(bySource)))
	s.report()
	s.eventually("all runs are delivered", s.rested)
	s.kill()
	again.Number++
	do(t, rig.WriteReport(s.node.Reports(), again, s.chef.Report(byName)))
	do(t, rig.AppendLine(s.node.Collector(), s.chef.Line(byName)))
	s.start()
	s.report()
	s.arrived()
	s.stop()
	do(t, os.RemoveAll(s.node.Path("state", "watch"))) // every report is read again
	s.start()
	s.report()
	s.settled(0)
}
