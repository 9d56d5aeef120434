package daemon

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestManyUnreadableReportsAreToldOnceAnHour(t *testing.T) {
	now := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	u := newUnreadable(quiet())
	u.now = func() time.Time { return now }
	told := 0
	for range 1000 {
		if _, tell := u.admit("chef-collector"); tell {
			told++
		}
	}
	if told != toldOneByOne {
		t.Errorf("%d of 1,000 were told", told)
	}
	if held, tell := u.admit("chef-report"); !tell || held != 0 {
		t.Error("one format silences another")
	}
	now = now.Add(toldWindow)
	if held, tell := u.admit("chef-collector"); !tell || held != 1000-toldOneByOne {
		t.Errorf("an hour later %d are told along (%v)", held, tell)
	}
	if held, tell := u.admit("chef-collector"); !tell || held != 0 {
		t.Errorf("they are told twice: %d (%v)", held, tell)
	}
}

func TestAClockSetBackDoesNotSilence(t *testing.T) {
	now := time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)
	u := newUnreadable(quiet())
	u.now = func() time.Time { return now }
	for range toldOneByOne + 1 {
		u.admit("chef-report")
	}
	now = now.Add(-24 * time.Hour)
	if held, tell := u.admit("chef-report"); !tell || held != 1 {
		t.Errorf("after the clock was set back: %d, %v", held, tell)
	}
}

func TestALogThatIsNoReportDoesNotDrownTheRuns(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(bytes.Repeat([]byte("[2026-11-20T22:15:30+00:00] INFO: a line of a log\n"), 5000))
	h.collect(sample(t, "18-updated/collector.json"))
	unparsable := 0
	for {
		b := r.next(t)
		if b.RunID == "ef586071-1981-44d1-b404-bf6c368f44f1" {
			break
		}
		if !strings.HasPrefix(b.RunID, "unparsable-") {
			t.Fatalf("a batch of %s", b.RunID)
		}
		unparsable++
	}
	if unparsable != toldOneByOne {
		t.Errorf("%d batches tell of 5,000 lines", unparsable)
	}
}

// An editor that saved a report again may have put a mark in front of it.
func TestAByteOrderMarkIsNoFault(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	defer h.start(quiet(), Output{Name: "r", Reporter: r})()
	h.leave(append([]byte("\ufeff"), sample(t, "18-updated/report.json")...))
	if b := r.next(t); b.RunID != "ef586071-1981-44d1-b404-bf6c368f44f1" {
		t.Errorf("%+v", b)
	}
}
