package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// counting is a tally of one reporter that is away.
func counting(t *testing.T) (*tally, *spool.Spool) {
	t.Helper()
	s, err := spool.Open(t.TempDir(), spool.Options{MaxEntries: 2})
	if err != nil {
		t.Fatal(err)
	}
	r := newRecorder(true)
	l := &deliver.Loop{Name: "datadog", Spool: s, Reporter: r, Backoff: deliver.Backoff{Chance: func() float64 { return 0 }}}
	done := make(chan error, 1)
	go func() { done <- l.Run(t.Context()) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil && !errors.Is(err, spool.ErrClosed) {
			t.Error(err)
		}
	})
	return newTally([]place{{"datadog", s}}, []*deliver.Loop{l}), s
}

// carry gives a run to the tally, and is what it carries, such as
// "converged.retried 3 [reporter:datadog]".
func carry(t *testing.T, c *tally, id string, at time.Time) []string {
	t.Helper()
	data, a, err := c.encode(telemetry.Batch{RunID: id, Timestamp: at, Metrics: []telemetry.Metric{{Name: "configrun.runs", Value: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	c.seen.Add(1)
	c.spooled("datadog", a)
	b, err := telemetry.Decode(data)
	if err != nil || b.Metrics[0].Name != "configrun.runs" {
		t.Fatalf("the batch is %+v, %v", b, err)
	}
	var carried []string
	for _, m := range b.Metrics[1:] {
		if m.Kind != telemetry.Count {
			t.Errorf("%s is a %s", m.Name, m.Kind)
		}
		carried = append(carried, fmt.Sprint(m.Name, " ", m.Value, " ", m.Tags))
	}
	return carried
}

func TestLossesTravelWithTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := counting(t)
		if got := carry(t, c, "1", time.Now()); got != nil {
			t.Errorf("the first run carries %v", got)
		}
		for i := range 4 {
			if _, err := s.Append(fmt.Sprint(i), 0, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		want := []string{"converged.dropped 2 [reporter:datadog reason:max_entries]", "converged.retried 2 [reporter:datadog]"}
		if got := carry(t, c, "old", time.Now().Add(-time.Hour)); got != nil {
			t.Errorf("an old run carries %v", got)
		}
		if got := carry(t, c, "2", time.Now()); !slices.Equal(got, want) {
			t.Errorf("the next run carries %v, want %v", got, want)
		}
		if got := carry(t, c, "2", time.Now()); !slices.Equal(got, want) {
			t.Errorf("its richer record carries %v, want %v", got, want)
		}
		if got := carry(t, c, "3", time.Now()); got != nil {
			t.Errorf("the run after it carries %v", got)
		}
	})
}

func TestTheOrdinaryTravelsNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := counting(t)
		var told []string
		for i := range 31 {
			told = append(told, carry(t, c, fmt.Sprint(i), time.Now())...)
			time.Sleep(time.Minute)
		}
		want := "converged.reports.seen 10 [];converged.spooled 10 [reporter:datadog];"
		if got := strings.Join(told, ";") + ";"; got != strings.Repeat(want, 3) {
			t.Errorf("in half an hour it told %s", got)
		}
	})
}

// What is counted must not make a batch too large to be sent.
func TestALargeRunCarriesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := counting(t)
		if _, err := s.Append("1", 0, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b := telemetry.Batch{RunID: "large", Timestamp: time.Now(), Tags: []string{""}}
		small, err := telemetry.Encode(b)
		if err != nil {
			t.Fatal(err)
		}
		b.Tags[0] = strings.Repeat("x", telemetry.MaxBytes-len(small)-10)
		data, a, err := c.encode(b)
		if err != nil {
			t.Fatalf("of %d bytes: %v", len(data), err)
		}
		c.spooled("datadog", a)
		if got := carry(t, c, "2", time.Now()); len(got) != 1 {
			t.Errorf("the next run carries %v", got)
		}
	})
}
