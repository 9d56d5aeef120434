package daemon

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

var errKey = fmt.Errorf("403: %w", telemetry.ErrHeld)

func TestAProbeAsksUntilAReceiverTakesRuns(t *testing.T) {
	for name, c := range map[string]struct {
		answers []error
		tried   int // a run is, after so many questions
		asked   int
		after   time.Duration
	}{
		"good":                   {[]error{nil}, 99, 1, 0},
		"away":                   {[]error{errors.New("no route")}, 99, 1, 0},
		"mended":                 {[]error{errKey, errKey, nil}, 99, 3, 15 * time.Second},
		"less and less often":    {[]error{errKey, errKey, errKey, errKey, errKey, errKey, errKey, errKey, nil}, 99, 9, 915 * time.Second},
		"a run shows it instead": {[]error{errKey, errKey}, 1, 1, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked, changes, start := 0, 0, time.Now()
				p := &probe{
					ask:     func(context.Context) error { asked++; return c.answers[asked-1] },
					tried:   func() bool { return asked >= c.tried },
					changed: func() { changes++ },
				}
				p.run(t.Context())
				if asked != c.asked || time.Since(start) != c.after || changes != asked && c.tried > 9 {
					t.Errorf("asked %d times within %v, told of %d changes", asked, time.Since(start), changes)
				}
				r := ReporterStatus{State: "working"}
				p.tell(&r)
				if r.State != "working" || r.Error != "" {
					t.Errorf("afterwards it says %+v", r)
				}
			})
		})
	}
}

func TestAProbeSaysWhatNoRunHasShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		tried, start := false, time.Now().UTC()
		p := &probe{ask: func(context.Context) error { return errKey }, tried: func() bool { return tried }, changed: func() {}}
		ended := make(chan struct{})
		go func() { p.run(ctx); close(ended) }()
		time.Sleep(6 * time.Second) // asked twice
		synctest.Wait()
		r := ReporterStatus{State: "working"}
		p.tell(&r)
		if r.State != "held" || r.Error != errKey.Error() || !r.Since.Equal(start) || !r.NextTry.Equal(start.Add(15*time.Second)) {
			t.Errorf("got %+v", r)
		}
		tried = true
		r = ReporterStatus{State: "failing", Error: "away"}
		p.tell(&r)
		if r.State != "failing" || r.Error != "away" {
			t.Errorf("though a run was tried, it says %+v", r)
		}
		(*probe)(nil).tell(&r)
		stop()
		<-ended
	})
}

// A node whose key is wrong is not well, though no run has come yet.
func TestTheDaemonTellsWhatItsProbesLearned(t *testing.T) {
	h := newHome(t)
	asked := make(chan struct{}, 1)
	ask := func(context.Context) error { asked <- struct{}{}; return errKey }
	stop := h.start(quiet(), Output{Name: "dd", Type: "datadog", Reporter: newRecorder(false), Ask: ask}, Output{Name: "here", Type: "stdout", Reporter: newRecorder(false)})
	<-asked
	stop()
	st, err := ReadStatus(h.config.StateDir)
	if err != nil || st.Reporters[0].State != "held" || st.Reporters[0].Error != errKey.Error() || st.Reporters[1].State != "working" {
		t.Errorf("got %+v, %v", st.Reporters, err)
	}
}
