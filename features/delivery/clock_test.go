//go:build linux

package delivery

import (
	"testing"
	"time"
)

// The clock was set while runs were under way, so that they seem to end hours
// from now, or have offsets on either side of a change to summer time: none is
// lost, and none is sent with a time for which Datadog would drop it. What jumps
// do to a daemon that runs is shown by TestClockJumps of daemon/deliver.
func clockJumps(t *testing.T) {
	s := newUsual(t)
	s.start()
	now := time.Now().Truncate(time.Second)
	for _, end := range []time.Time{
		now.Add(3 * time.Hour), now.Add(400 * 24 * time.Hour), now.Add(5 * time.Minute), now.Add(-5 * time.Minute),
		now.In(time.FixedZone("EST", -5*3600)), now.In(time.FixedZone("EDT", -4*3600)), now.In(time.FixedZone("LHDT", 11*3600)),
	} {
		report, line := s.next(), s.next()
		report.End, line.End = end, end
		s.reportOf(report)
		s.lineOf(line)
	}
	s.settled(0)
	if late := s.intake.Totals().Late; late > 0 {
		t.Errorf("%d items have a time for which Datadog drops them", late)
	}
}
