package deliver

import (
	"math"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

var limits = Ages{Metrics: time.Hour, Events: 18 * time.Hour, ServiceChecks: 10 * time.Minute}

func full(at time.Time) telemetry.Batch {
	return telemetry.Batch{RunID: "r", Timestamp: at,
		Metrics:       []telemetry.Metric{{Name: "m"}},
		Events:        []telemetry.Event{{Title: "e"}},
		ServiceChecks: []telemetry.ServiceCheck{{Name: "c"}},
	}
}

func TestWhatIsTooOld(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	all := oldMetrics | oldEvents | oldChecks
	for _, c := range []struct {
		age  time.Duration
		ages Ages
		old  kinds
	}{
		{0, limits, 0},
		{9 * time.Minute, limits, 0},
		{10*time.Minute - time.Second, limits, oldChecks}, // it would be too old when it arrives
		{11 * time.Minute, limits, oldChecks},
		{59 * time.Minute, limits, oldChecks},
		{61 * time.Minute, limits, oldChecks | oldMetrics},
		{3 * time.Hour, limits, oldChecks | oldMetrics},
		{19 * time.Hour, limits, all},
		{math.MaxInt64, limits, all},
		{-9 * time.Minute, limits, 0},
		{-24 * time.Hour, limits, 0},
		{24 * time.Hour, Ages{}, 0},
		{2 * time.Second, Ages{Metrics: time.Second}, oldMetrics},
		{800 * time.Millisecond, Ages{Metrics: time.Second}, 0},
	} {
		b := timed(full(now.Add(-c.age)), now)
		fresh, old := split(b, c.ages.tooOld(now.Sub(b.Timestamp)))
		if got := partsOf(old); got != c.old || partsOf(fresh) != all&^got {
			t.Errorf("at the age of %v: too old %q, fresh %q, want too old %q", c.age, got, partsOf(fresh), c.old)
		}
	}
}

func TestATimeThatHasNotComeIsNow(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.FixedZone("CET", 3600))
	for at, want := range map[time.Time]time.Time{
		now.Add(9 * time.Minute):  now.Add(9 * time.Minute),
		now.Add(11 * time.Minute): now,
		now.AddDate(80, 0, 0):     now,
		now.Add(-time.Minute):     now.Add(-time.Minute),
		{}:                        now,
	} {
		if b := timed(full(at), now); !b.Timestamp.Equal(want) {
			t.Errorf("a batch of %v is sent as of %v, want %v", at, b.Timestamp, want)
		}
	}
}
