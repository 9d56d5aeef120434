package daemon

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/receive"
)

// caseOf is a file of testdata.
func caseOf(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A report that lies where those of another format belong is told as such,
// whatever the other parser finds wrong with it, and never waited for in silence.
func TestAReportWhereAnotherFormatBelongs(t *testing.T) {
	puppet := caseOf(t, "puppet", "failed", "report.yaml")
	for name, c := range map[string]struct {
		format string
		text   []byte
		want   string
	}{
		"collector.json": {"chef-report", sample(t, "18-updated/collector.json"), "it looks like chef-collector, but its source says chef-report"},
		"report.json":    {"chef-collector", sample(t, "18-updated/report.json"), "a JSON document over several lines, expected one message a line"},
		"events.jsonl":   {"ansible-jsonl", puppet, "it looks like puppet-report, but its source says ansible-jsonl"},
		"events":         {"salt-events", puppet, "it looks like puppet-report, but its source says salt-events"},
		"screen.jsonl":   {"ansible-jsonl", []byte("\nPLAY [all] *****\n\nTASK [one] ****\nok: [web-01]\n"), "expected a line with an _event"},
	} {
		t.Run(c.format+"/"+name, func(t *testing.T) {
			h := newHome(t)
			path := filepath.Join(t.TempDir(), name)
			h.config.Sources = []SourceConfig{{Format: c.format, Path: path}}
			h.config.Watch.EmptyAfter = 100 * time.Millisecond
			keep(t, filepath.Dir(path), name, c.text)
			r := newRecorder(false)
			stop := h.start(quiet(), Output{Name: "r", Reporter: r})
			defer stop()
			b := r.next(t)
			tool, _, _ := strings.Cut(c.format, "-")
			if len(b.Events) != 1 || !strings.Contains(b.Events[0].Text, c.want) || strings.Contains(b.Events[0].Text, "A run happened") || b.Tags[0] != "tool:"+tool {
				t.Errorf("the batch is %+v, want in it %s", b, c.want)
			}
			runs, err := ReadRuns(h.config.StateDir, RunsQuery{Prefix: b.RunID})
			if err != nil || len(runs.All) != 1 || runs.All[0].Status != statusUnreadable || runs.All[0].Tool != tool {
				t.Errorf("the runs are %+v, %v", runs.All, err)
			}
		})
	}
}

func TestASenderOfAnotherFormatIsToldWhichItIs(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	for name, c := range map[string]struct {
		format string
		body   []byte
		want   string
	}{
		"another":   {"salt-events", caseOf(t, "puppet", "failed", "report.yaml"), "it looks like puppet-report, but it was sent as salt-events"},
		"gzip":      {"puppet-report", []byte("\x1f\x8b\x08\x00\x00"), "it is compressed by gzip; send it with Content-Encoding: gzip"},
		"gzip, too": {"ansible-jsonl", []byte("\x1f\x8b\x08\x00\n\x00"), "it is compressed by gzip; send it with Content-Encoding: gzip"},
		"UTF-16":    {"salt-report", []byte("\xff\xfe{\x00"), "it is UTF-16, as some shells redirect; save it as UTF-8"},
		"no lines":  {"salt-events", []byte("one\ntwo\n"), "a JSON object; line 2"},
	} {
		_, err := r.take(t.Context(), receive.Post{Format: c.format, Body: c.body, Origin: "unix:/v1/reports/x", Arrived: time.Now()})
		if !errors.Is(err, receive.ErrUnfit) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want in it %s", name, err, c.want)
		}
	}
}
