package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a reporter that takes everything, or nothing while it is away.
type recorder struct {
	batches chan telemetry.Batch
	mu      sync.Mutex
	away    bool
	asked   chan struct{} // one for each refusal
}

func newRecorder(away bool) *recorder {
	return &recorder{batches: make(chan telemetry.Batch, 100), asked: make(chan struct{}, 100), away: away}
}

func (r *recorder) Report(_ context.Context, b telemetry.Batch) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		select {
		case r.asked <- struct{}{}:
		default:
		}
		return errors.New("away")
	}
	r.batches <- b
	return nil
}

func (r *recorder) next(t *testing.T) telemetry.Batch {
	t.Helper()
	select {
	case b := <-r.batches:
		return b
	case <-time.After(time.Minute):
		t.Fatal("no batch arrived")
		return telemetry.Batch{}
	}
}

// home is a state directory, a directory for reports and a collector's file.
type home struct {
	t      *testing.T
	config Config
	n      int
}

func newHome(t *testing.T) *home {
	t.Helper()
	dir := t.TempDir()
	c := Defaults()
	c.StateDir = filepath.Join(dir, "state")
	c.Watch = WatchConfig{Poll: time.Second, Quiet: 50 * time.Millisecond, EmptyAfter: 200 * time.Millisecond}
	c.Sources = []SourceConfig{
		{Format: "chef-report", Path: filepath.Join(dir, "reports")},
		{Format: "chef-collector", Path: filepath.Join(dir, "collector.json")},
	}
	if err := os.Mkdir(c.Sources[0].Path, 0o755); err != nil {
		t.Fatal(err)
	}
	return &home{t: t, config: c}
}

// leave puts a report where Chef would.
func (h *home) leave(text []byte) {
	h.t.Helper()
	h.n++
	h.leaveAs(fmt.Sprintf("chef-run-report-%014d.json", h.n), text)
}

// leaveAs renames a report into place: between the making of a file and its writing
// a busy machine may stand still for longer than a report may be empty here.
func (h *home) leaveAs(name string, text []byte) {
	h.t.Helper()
	aside := filepath.Join(filepath.Dir(h.config.StateDir), name)
	if err := errors.Join(os.WriteFile(aside, text, 0o600), os.Rename(aside, filepath.Join(h.config.Sources[0].Path, name))); err != nil {
		h.t.Fatal(err)
	}
}

// collect appends to the data collector's file.
func (h *home) collect(text []byte) {
	h.t.Helper()
	f, err := os.OpenFile(h.config.Sources[1].Path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		h.t.Fatal(err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		h.t.Fatal(err)
	}
}

// start runs the daemon until the function it returns is called.
func (h *home) start(log *slog.Logger, outputs ...Output) (stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- Run(ctx, h.config, outputs, log, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		cancel()
		h.t.Fatalf("the daemon did not start: %v", err)
	}
	return func() {
		h.t.Helper()
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				h.t.Errorf("the daemon ended with %v", err)
			}
		case <-time.After(time.Minute):
			h.t.Error("the daemon did not stop")
		}
	}
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "chef", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestARunIsToldToEveryReporterOnce(t *testing.T) {
	h := newHome(t)
	a, b := newRecorder(false), newRecorder(true)
	stop := h.start(quiet(), Output{Name: "a", Reporter: a}, Output{Name: "b", Reporter: b})
	h.leave(sample(t, "18-updated/report.json"))
	first := a.next(t)
	if first.RunID != "ef586071-1981-44d1-b404-bf6c368f44f1" || first.Host != "web-01" {
		t.Errorf("the batch is of run %s on %s", first.RunID, first.Host)
	}
	stop() // b was away the whole time

	b.away = false
	stop = h.start(quiet(), Output{Name: "a", Reporter: a}, Output{Name: "b", Reporter: b})
	if got := b.next(t); got.RunID != first.RunID {
		t.Errorf("after the restart b was told of %s", got.RunID)
	}
	h.leave(sample(t, "18-converge-fail/report.json"))
	second := a.next(t)
	if second.RunID == first.RunID || len(second.Events) != 1 {
		t.Errorf("a was told of %s with %d events", second.RunID, len(second.Events))
	}
	stop()
}

func TestTheRicherRecordWinsWhileTheEntryWaits(t *testing.T) {
	h := newHome(t)
	r := newRecorder(true)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	h.leave(sample(t, "18-noop/report.json")) // keeps the line busy
	<-r.asked
	h.leave(sample(t, "18-updated/report.json"))
	h.collect(sample(t, "18-updated/collector.json"))
	waitForFile(t, filepath.Join(h.config.StateDir, "spool", "r", "pending"), ".2.ef586071")
	stop()

	r.away = false
	stop = h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	r.next(t)
	for _, m := range r.next(t).Metrics {
		if m.Name == "configrun.resources.total" && m.Value != 15 {
			t.Errorf("the total is %v; the collector's is 15, the handler's 14", m.Value)
		}
	}
}

// waitForFile waits until a name in dir holds text.
func waitForFile(t *testing.T, dir, text string) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(time.Minute); ; {
		names, err := os.ReadDir(dir)
		for _, name := range names {
			if strings.Contains(name.Name(), text) {
				return
			}
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("no file %q in %s: %v (%v)", text, dir, names, err)
		}
	}
}

func TestWhatCannotBeReadIsToldAndLetGo(t *testing.T) {
	for name, text := range map[string]string{
		"empty":      "",
		"cut":        `{"node": {"name": "web`,
		"malformed":  `{"node": oops}`,
		"foreign":    `{"hello": "world"}`,
		"not JSON":   "GIF89a\x00\x01",
		"not UTF-8":  "{\"node\": \"\xff\xfe\"",
		"deep":       strings.Repeat("[", 100_000),
		"wrong type": `{"node": 5, "run_id": {}, "success": []}`,
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			r := newRecorder(false)
			stop := h.start(quiet(), Output{Name: "r", Reporter: r})
			defer stop()
			h.leave([]byte(text))
			b := r.next(t)
			if len(b.Events) != 1 || !strings.Contains(b.Events[0].Text, "chef-run-report-00000000000001.json") {
				t.Errorf("the batch is %+v", b)
			}
			// Of a report without a byte alone it is known that a run happened.
			if unknown := len(b.ServiceChecks) == 1 && b.ServiceChecks[0].Status == telemetry.Unknown; unknown != (name == "empty") {
				t.Errorf("the service checks are %+v", b.ServiceChecks)
			}
			h.leave(sample(t, "18-updated/report.json"))
			if b := r.next(t); b.RunID != "ef586071-1981-44d1-b404-bf6c368f44f1" {
				t.Errorf("after it comes %s", b.RunID)
			}
		})
	}
}

func TestARunIsDeliveredWhileTheSpoolCannotBeWritten(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	log := &lines{said: make(chan string, 100)}
	stop := h.start(slog.New(slog.NewTextHandler(log, nil)), Output{Name: "r", Reporter: r})
	defer stop()
	pending := filepath.Join(h.config.StateDir, "spool", "r", "pending")
	if err := errors.Join(os.Rename(pending, pending+"-away"), os.WriteFile(pending, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	h.leave(sample(t, "18-updated/report.json"))
	log.wait(t, "the disk does not take")
	if b := r.next(t); b.RunID != "ef586071-1981-44d1-b404-bf6c368f44f1" {
		t.Errorf("the run is %s", b.RunID)
	}
	if err := errors.Join(os.Remove(pending), os.Rename(pending+"-away", pending)); err != nil {
		t.Fatal(err)
	}
	h.leave([]byte(`{"not":"a report"}`))
	if b := r.next(t); len(b.Events) != 1 {
		t.Errorf("after it comes %+v", b)
	}
}

// lines is a log that can be waited for.
type lines struct{ said chan string }

func (l *lines) Write(p []byte) (int, error) {
	l.said <- string(p)
	return len(p), nil
}

func (l *lines) wait(t *testing.T, text string) {
	t.Helper()
	for deadline := time.After(time.Minute); ; {
		select {
		case line := <-l.said:
			if strings.Contains(line, text) {
				return
			}
		case <-deadline:
			t.Fatalf("nobody said %q", text)
		}
	}
}

func TestASourceThatIsNotThereIsSaid(t *testing.T) {
	h := newHome(t)
	log := &lines{said: make(chan string, 100)}
	stop := h.start(slog.New(slog.NewTextHandler(log, nil)), Output{Name: "r", Reporter: newRecorder(false)})
	defer stop()
	log.wait(t, "collector.json")
}

func TestAReportMayHaveAnotherName(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	for _, name := range []string{".hidden.json", "notes.txt", "copy of a report.json"} {
		h.leaveAs(name, sample(t, "18-updated/report.json"))
	}
	if b := r.next(t); b.RunID != "ef586071-1981-44d1-b404-bf6c368f44f1" {
		t.Errorf("the run is %s", b.RunID)
	}
}

func TestTwoDaemonsCannotShareAState(t *testing.T) {
	h := newHome(t)
	stop := h.start(quiet(), Output{Name: "r", Reporter: newRecorder(false)})
	defer stop()
	err := Run(t.Context(), h.config, []Output{{Name: "r", Reporter: newRecorder(false)}}, quiet(), func() { t.Error("it is ready") })
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("the second one says %v", err)
	}
}

func TestInspect(t *testing.T) {
	for _, c := range []struct {
		file, id string
		runs     int
	}{
		{"18-updated/report.json", "ef586071-1981-44d1-b404-bf6c368f44f1", 1},
		{"18-updated/collector.json", "ef586071-1981-44d1-b404-bf6c368f44f1", 1},
	} {
		runs, err := Inspect(bytes.NewReader(sample(t, c.file)))
		if err != nil || len(runs) != c.runs || runs[0].ID != c.id {
			t.Errorf("%s: %d runs, %v", c.file, len(runs), err)
		}
	}
	marked := append([]byte("\ufeff"), sample(t, "18-updated/report.json")...)
	if runs, err := Inspect(bytes.NewReader(marked)); err != nil || len(runs) != 1 {
		t.Errorf("behind a byte order mark: %d runs, %v", len(runs), err)
	}
	if _, err := Inspect(strings.NewReader(`{"plays": []}`)); !errors.Is(err, report.ErrForeign) {
		t.Errorf("a document like Ansible's: %v", err)
	}
	if _, err := Inspect(strings.NewReader(`{"menu": []}`)); err == nil || !strings.Contains(err.Error(), "chef-report") {
		t.Errorf("a foreign document: %v", err)
	}
}
