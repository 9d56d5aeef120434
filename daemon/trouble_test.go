package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

// A daemon that cannot read a source says so, and so does the next one, until it can.
func TestASourceThatCannotBeRead(t *testing.T) {
	h := newHome(t)
	h.config.Watch.Poll = 100 * time.Millisecond
	path := h.config.Sources[1].Path
	if err := os.Symlink(path, path); err != nil { // for root, too, it cannot be followed
		t.Fatal(err)
	}
	ill := func(cause string) bool { return strings.Contains(cause, path) }
	well := func(cause string) bool { return cause == "" }
	mend := func(cause string) bool {
		return ill(cause) && errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)) == nil
	}
	for _, steps := range [][]func(string) bool{{ill}, {mend, well}} {
		var said transcript
		h.untilTrouble(&said, steps)
		if n := said.count("cannot be read"); n != 1 {
			t.Errorf("it is said %d times", n)
		}
	}
}

// untilTrouble picks reports up until these have been the troubles with the data
// collector's file.
func (h *home) untilTrouble(said *transcript, steps []func(cause string) bool) {
	h.t.Helper()
	d, err := open(h.config, []Output{{Name: "r", Reporter: newRecorder(false)}}, slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		h.t.Fatal(err)
	}
	changed := make(chan struct{}, 1)
	d.sources.changed = func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	ctx, stop := context.WithTimeout(h.t.Context(), time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- d.pickup.run(ctx) }()
	for len(steps) > 0 && ctx.Err() == nil {
		if steps[0](d.sources.status()[1].Error) {
			steps = steps[1:]
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
			h.t.Errorf("%d things are not told", len(steps))
		}
	}
	stop()
	if err := errors.Join(<-ended, d.close()); !errors.Is(err, context.Canceled) {
		h.t.Errorf("it ended with %v", err)
	}
}

func TestWhoseTroubleAPathIs(t *testing.T) {
	for _, c := range []struct {
		source, path string
		want         bool
	}{
		{"/var/log/chef/dc.json", "/var/log/chef/dc.json", true},
		{"/var/log/chef/dc.json", "/var/log/chef", true},
		{"/var/log/chef/dc.json", "/var/log/chef/dc.json.2.xz", false},
		{"/var/chef/reports", "/var/chef/reports/1.json", true},
		{"/var/log/ansible/events*.jsonl", "/var/log/ansible/events-2.jsonl", true},
		{"/var/log/ansible/events*.jsonl", "/var/log/other", false},
	} {
		s := newSourceCounts(Config{Sources: []SourceConfig{{Format: "chef-report", Path: c.source}}})
		of := watch.Source{Name: "chef-report", Path: c.source}
		s.trouble(of, c.path, "open it: no")
		if got := s.status()[0].Error; (got != "") != c.want || c.want && got != c.path+": open it: no" {
			t.Errorf("%s of %s: %q", c.path, c.source, got)
		}
		s.trouble(of, filepath.Dir(c.source), "2")
		s.trouble(of, c.path, "")
		s.trouble(of, filepath.Dir(c.source), "")
		if got := s.status()[0].Error; got != "" {
			t.Errorf("%s of %s: %q when it can be read", c.path, c.source, got)
		}
	}
}
