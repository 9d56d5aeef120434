package deliver

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// taken is a Reporter that takes everything.
type taken struct{ runs []string }

func (r *taken) Report(_ context.Context, b telemetry.Batch) error {
	r.runs = append(r.runs, b.RunID)
	return nil
}

// Every state between a digest that is folded into and one that is told, as a
// killed process leaves it, ends with one digest and no notes.
func TestEveryStepOfClosingADigest(t *testing.T) {
	d := night()
	note, err := d.encode()
	if err != nil {
		t.Fatal(err)
	}
	batch, err := telemetry.Encode(d.batch("datadog", time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		open, closing, appended, delivered bool
	}{
		"folded":                        {open: true},
		"closed, none begun":            {open: true, closing: true},
		"closed, another one begun":     {closing: true},
		"appended":                      {closing: true, appended: true},
		"appended, none begun":          {open: true, closing: true, appended: true},
		"delivered":                     {closing: true, delivered: true},
		"delivered, none begun":         {open: true, closing: true, delivered: true},
		"appended, its note is removed": {appended: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, err := spool.Open(t.TempDir(), spool.Options{})
				if err != nil {
					t.Fatal(err)
				}
				for name, there := range map[string]bool{openNote: c.open, closingNote: c.closing} {
					if there {
						err = errors.Join(err, s.PutNote(name, note))
					}
				}
				if c.appended || c.delivered {
					_, fault := s.Append(d.id(), 0, batch)
					err = errors.Join(err, fault)
				}
				if c.delivered {
					entries, fault := s.Take(t.Context(), 1, 0)
					err = errors.Join(err, fault, s.Commit(entries))
				}
				if err != nil {
					t.Fatal(err)
				}
				mustTell(t, s, d.id(), !c.delivered)
			})
		})
	}
}

// mustTell runs a loop over s: it tells of this digest, if it is still to be
// told, and of no other, and a second loop of none.
func mustTell(t *testing.T, s *spool.Spool, id string, still bool) {
	t.Helper()
	for range 2 {
		r := &taken{}
		l := &Loop{Name: "datadog", Spool: s, Reporter: r}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		time.Sleep(2 * digestQuiet)
		synctest.Wait()
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if len(r.runs) > 1 || (len(r.runs) == 1) != still || still && r.runs[0] != id {
			t.Errorf("it told of %v; there is still one: %v", r.runs, still)
		}
		still = false
	}
	for _, note := range []string{openNote, closingNote} {
		if data, err := s.Note(note); err == nil {
			t.Errorf("the note %s says %s", note, data)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
