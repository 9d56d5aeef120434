package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// began and ended are lines of the data collector, of runs on web-01.
func began(id, start string) []byte {
	return fmt.Appendf(nil, `{"chef_server_fqdn":"localhost","entity_uuid":"e","id":%[1]q,"message_version":"1.0.0","message_type":"run_start","node_name":"web-01","organization_name":"chef_solo","run_id":%[1]q,"source":"chef_solo","start_time":%[2]q}`+"\n", id, start)
}

func ended(id, start, end string) []byte {
	return fmt.Appendf(nil, `{"chef_server_fqdn":"localhost","entity_uuid":"e","id":%[1]q,"message_version":"1.1.0","message_type":"run_converge","node":{},"node_name":"web-01","organization_name":"chef_solo","resources":[],"run_id":%[1]q,"run_list":[],"cookbooks":{},"start_time":%[2]q,"end_time":%[3]q,"source":"chef_solo","status":"success","total_resource_count":3,"updated_resource_count":0,"deprecations":[]}`+"\n", id, start, end)
}

const (
	morning = "2026-11-20T08:00:00Z"
	later   = "2026-11-20T08:30:00Z"
	later5  = "2026-11-20T08:35:00Z"
)

// wantRun takes the next batch, which must be of that run.
func wantRun(t *testing.T, r *recorder, id string) telemetry.Batch {
	t.Helper()
	b := r.next(t)
	if b.RunID != id {
		t.Fatalf("the batch is of %s, not of %s: %+v", b.RunID, id, b)
	}
	return b
}

func TestARunThatIsKilledIsToldWhenTheNextBegins(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	h.collect(began("killed", morning))
	waitForText(t, filepath.Join(h.config.StateDir, begunName), "killed")
	stop()

	stop = h.start(quiet(), Output{Name: "r", Reporter: r})
	h.collect(began("next", later))
	b := wantRun(t, r, "killed-unfinished")
	if b.Host != "web-01" || b.Timestamp.Format(time.RFC3339) != later || len(b.Events) != 1 || b.ServiceChecks[0].Status != telemetry.Unknown {
		t.Errorf("the batch is %+v", b)
	}
	text := b.Events[0].Text
	if !strings.Contains(text, "30 min 0 s ago") || !strings.Contains(text, "converged inspect "+h.config.Sources[1].Path) {
		t.Errorf("the event says %s", text)
	}
	h.collect(ended("next", later, later5))
	wantRun(t, r, "next")
	stop()

	stop = h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(ended("killed", morning, later5)) // late, and the other was delivered
	if b := wantRun(t, r, "killed"); b.ServiceChecks[0].Status != telemetry.OK {
		t.Errorf("the batch is %+v", b)
	}
	runs, err := ReadRuns(h.config.StateDir, RunsQuery{})
	if err != nil || len(runs.All) != 2 {
		t.Errorf("the runs are %+v, %v", runs.All, err)
	}
}

func waitForText(t *testing.T, path, text string) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(time.Minute); ; {
		held, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(held), text) {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("%s does not hold %q: %s, %v", path, text, held, err)
		}
	}
}

func TestTheReportOfTheNextRunShowsIt(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(began("killed", morning))
	waitForText(t, filepath.Join(h.config.StateDir, begunName), "killed")
	h.leave(sample(t, "18-updated/report.json"))
	wantRun(t, r, "ef586071-1981-44d1-b404-bf6c368f44f1")
	wantRun(t, r, "killed-unfinished") // once its own source has shown no end
	runs, err := ReadRuns(h.config.StateDir, RunsQuery{Prefix: "killed"})
	if err != nil || len(runs.All) != 1 {
		t.Fatalf("the runs are %+v, %v", runs, err)
	}
	if a := runs.All[0]; a.Status != "unfinished" || a.Tool != "chef" || a.Host != "web-01" || a.Report != h.config.Sources[1].Path || a.Failed() || !a.End.IsZero() {
		t.Errorf("the run is %+v", a)
	}
}

func TestARunIsToldByItsAge(t *testing.T) {
	h := newHome(t)
	h.config.UnfinishedAfter = time.Second
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	h.collect(began("killed", morning))
	b := wantRun(t, r, "killed-unfinished")
	if !strings.Contains(b.Events[0].Text, "Nothing came after it.") {
		t.Errorf("the event says %s", b.Events[0].Text)
	}
	stop()

	stop = h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(began("next", later))
	wantRun(t, r, "next-unfinished") // and the first one is not told again
}

func TestARunThatStillRunsIsNotTold(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(began("running", time.Now().UTC().Format(time.RFC3339)))
	waitForText(t, filepath.Join(h.config.StateDir, begunName), "running")
	h.leave(sample(t, "18-updated/report.json")) // an earlier one
	wantRun(t, r, "ef586071-1981-44d1-b404-bf6c368f44f1")
	h.collect(ended("running", time.Now().UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339)))
	wantRun(t, r, "running")
}

func TestTheEndThatComesLateWinsWhileTheOtherWaits(t *testing.T) {
	h := newHome(t)
	r := newRecorder(true)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	h.leave(sample(t, "18-noop/report.json")) // keeps the line busy
	<-r.asked
	pending := filepath.Join(h.config.StateDir, "spool", "r", "pending")
	h.collect(began("late", "2026-11-20T23:00:00Z"))
	h.collect(began("next", "2026-11-20T23:30:00Z"))
	waitForFile(t, pending, "late-unfinished")
	h.collect(ended("late", "2026-11-20T23:00:00Z", "2026-11-20T23:31:00Z"))
	h.collect(ended("next", "2026-11-20T23:30:00Z", "2026-11-20T23:32:00Z"))
	waitForFile(t, pending, ".2.next")
	stop()

	r.away = false
	stop = h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	r.next(t)
	wantRun(t, r, "late")
	wantRun(t, r, "next")
	runs, err := ReadRuns(h.config.StateDir, RunsQuery{})
	if err != nil || len(runs.All) != 3 {
		t.Errorf("the runs are %+v, %v", runs.All, err)
	}
}

// The handler's report told of the end before the collector's start was read.
func TestAStartThatIsReadAfterItsEnd(t *testing.T) {
	h := newHome(t)
	h.config.UnfinishedAfter = time.Second
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.leave(sample(t, "18-updated/report.json"))
	wantRun(t, r, "ef586071-1981-44d1-b404-bf6c368f44f1")
	h.collect(began("ef586071-1981-44d1-b404-bf6c368f44f1", "2026-11-20T22:15:30Z"))
	h.collect(began("killed", "2026-11-20T22:45:30Z")) // is read after it
	wantRun(t, r, "killed-unfinished")
}

func TestARunThatIsKilledIsToldOverHTTP(t *testing.T) {
	dir := t.TempDir()
	t.Run("begun", func(t *testing.T) {
		r := newPostRig(t, dir, "a")
		r.start()
		if _, err := r.take(t.Context(), collected(began("killed", morning))); err != nil {
			t.Fatal(err)
		}
		waitForText(t, filepath.Join(dir, begunName), "killed")
	})
	r := newPostRig(t, dir, "a")
	r.start()
	for _, body := range [][]byte{began("next", later), ended("next", later, later5), ended("killed", morning, later5)} {
		if _, err := r.take(t.Context(), collected(body)); err != nil {
			t.Fatal(err)
		}
	}
	// The first to be told may have been taken back by then.
	all := r.batchesIn(0, 2)
	if all[0].RunID == "killed-unfinished" {
		if text := all[0].Events[0].Text; strings.Contains(text, "converged inspect") {
			t.Errorf("nobody can look at what was posted: %s", text)
		}
		all = append(all[1:], r.batchesIn(0, 1)...)
	}
	if all[0].RunID != "next" || all[1].RunID != "killed" {
		t.Errorf("told are %s, %s", all[0].RunID, all[1].RunID)
	}
}

// events are the lines of a playbook on one host: its play, a task, and its stats.
func events(n int, playbook, host string) (play, task, stats string) {
	id := fmt.Sprintf("02fc0000-0001-%04d-aaaa-00000000000", n)
	at := fmt.Sprintf("2026-11-20T10:%02d:00.000000Z", n)
	play = fmt.Sprintf(`{"_event":"v2_playbook_on_play_start","_timestamp":%[1]q,"play":{"duration":{"start":%[1]q},"id":"%[2]s4","name":"P","path":"/p/%[3]s:1"},"tasks":[]}`+"\n", at, id, playbook)
	task = fmt.Sprintf(`{"_event":"v2_runner_on_ok","_timestamp":%[1]q,"hosts":{%[3]q:{"action":"command","changed":true}},"task":{"duration":{"end":%[1]q,"start":%[1]q},"id":"%[2]s9","name":"web : do it","path":"/p/r.yml:3"}}`+"\n", at, id, host)
	stats = fmt.Sprintf(`{"_event":"v2_playbook_on_stats","_timestamp":%[1]q,"custom_stats":{},"stats":{%[2]q:{"changed":1,"failures":0,"ignored":0,"ok":1,"rescued":0,"skipped":0,"unreachable":0}}}`+"\n", at, host)
	return play, task, stats
}

func TestAPlaybookThatIsKilled(t *testing.T) {
	h := newHome(t)
	h.config.Sources = append([]SourceConfig{h.config.Sources[0]}, SourceConfig{Format: "ansible-jsonl", Path: h.config.Sources[1].Path})
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	play1, task1, _ := events(1, "site.yml", "web1")
	play2, task2, stats2 := events(2, "users.yml", "web1") // at work at the same time, for all that is known
	play3, task3, stats3 := events(3, "site.yml", "db1")   // on another host
	h.collect([]byte(play1 + task1 + play2 + task2 + stats2 + play3 + task3 + stats3))
	for range 2 {
		if b := r.next(t); b.ServiceChecks[0].Status != telemetry.OK {
			t.Errorf("the batch is %+v", b)
		}
	}
	play4, task4, stats4 := events(4, "site.yml", "web1")
	h.collect([]byte(play4 + task4 + stats4))
	b := r.next(t)
	if !strings.HasSuffix(b.RunID, "/web1-unfinished") || !strings.Contains(b.RunID, "-0001-") || b.Host != "web1" || b.Events[0].Title != "ansible run on web1 did not finish" {
		t.Errorf("the batch is %+v", b)
	}
	if !strings.Contains(fmt.Sprint(b.Tags), "playbook:site.yml") {
		t.Errorf("its tags are %v", b.Tags)
	}
	if b = r.next(t); !strings.HasSuffix(b.RunID, "/web1") {
		t.Errorf("after it comes %s", b.RunID)
	}
}

// retold is a report of the JSON handler, of a run on web-01.
func retold(t *testing.T, id string, start, end time.Time) []byte {
	text := sample(t, "18-updated/report.json")
	for field, value := range map[string]string{"run_id": id, "start_time": start.Format("2006-01-02 15:04:05 +0000"), "end_time": end.Format("2006-01-02 15:04:05 +0000")} {
		text = regexp.MustCompile(`("`+field+`": ?)"[^"]*"`).ReplaceAll(text, []byte(`${1}"`+value+`"`))
	}
	return text
}

// At its first start the daemon reads of two sources in turn. Of one whose reports
// are fewer it soon hears of runs that are far below in the other.
func TestTwoSourcesOfOldRunsAreReadInTurn(t *testing.T) {
	const runs = 60
	h := newHome(t)
	morning := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	for i := range runs {
		id, start := fmt.Sprintf("run-%02d", i), morning.Add(time.Duration(i)*time.Hour)
		end := start.Add(time.Minute)
		h.collect(began(id, start.Format(time.RFC3339)))
		h.collect(ended(id, start.Format(time.RFC3339), end.Format(time.RFC3339)))
		if i%2 == 0 {
			h.leave(retold(t, id, start, end))
		}
	}
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	for range runs {
		if b := r.next(t); strings.HasSuffix(b.RunID, "-unfinished") {
			t.Errorf("%s: %s", b.RunID, b.Events[0].Text)
		}
	}
}
