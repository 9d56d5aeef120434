package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
)

// state is a state directory as a daemon leaves it.
type state struct {
	t      *testing.T
	dir    string
	ledger *ledger.Ledger
	spools map[string]*spool.Spool
}

func newState(t *testing.T, reporters ...string) *state {
	t.Helper()
	s := &state{t: t, dir: t.TempDir(), spools: map[string]*spool.Spool{}}
	l, err := ledger.Open(filepath.Join(s.dir, ledgerName), ledger.Options{})
	s.must(err)
	s.ledger = l
	for _, name := range reporters {
		sp, err := spool.Open(filepath.Join(s.dir, "spool", name), spool.Options{})
		s.must(err)
		s.spools[name] = sp
		t.Cleanup(func() { s.must(sp.Close()) })
	}
	t.Cleanup(func() { s.must(l.Close()) })
	return s
}

func (s *state) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// seen notes a run that ended so many minutes after midnight.
func (s *state) seen(run string, minute int, status string) {
	at := time.Date(2026, 11, 21, 0, minute, 0, 0, time.UTC)
	s.ledger.Note(ledger.Record{At: at.Add(time.Second), Run: run, Step: ledger.Seen, Summary: &ledger.Summary{Tool: "chef", Host: "web1", Status: status, End: at}})
}

func (s *state) note(run, reporter string, steps ...ledger.Step) {
	for i, step := range steps {
		detail := ""
		if step == ledger.Failed || step == ledger.Refused {
			detail = "because of " + string(step)
		}
		s.ledger.Note(ledger.Record{At: time.Date(2026, 11, 21, 12, 0, i, 0, time.UTC), Run: run, Reporter: reporter, Step: step, Detail: detail})
	}
}

// keep puts a run into a spool.
func (s *state) keep(reporter string, runs ...string) {
	s.t.Helper()
	for _, run := range runs {
		_, err := s.spools[reporter].Append(run, 0, []byte("{}"))
		s.must(err)
	}
}

// take takes the oldest entry of a spool.
func (s *state) take(reporter string) *spool.Entry {
	s.t.Helper()
	entries, err := s.spools[reporter].Take(s.t.Context(), 1, 0)
	s.must(err)
	return entries[0]
}

func (s *state) read(q RunsQuery) Runs {
	s.t.Helper()
	found, err := ReadRuns(s.dir, q)
	s.must(err)
	return found
}

// told is what is found, as "run(reporter outcome, ...)".
func told(found Runs) string {
	var words []string
	for _, a := range found.All {
		var fates []string
		for _, f := range a.Reporters {
			word := f.Reporter + " " + string(f.Outcome)
			if f.Partly {
				word += " partly"
			}
			fates = append(fates, word)
		}
		words = append(words, a.Run+"("+strings.Join(fates, ", ")+")")
	}
	return strings.Join(words, " ")
}

func TestWhatBecameOfARun(t *testing.T) {
	for name, c := range map[string]struct {
		steps []ledger.Step
		spool func(s *state)
		want  string
		bad   bool
	}{
		"acknowledged":              {[]ledger.Step{ledger.Spooled, ledger.Failed, ledger.Acknowledged}, nil, "dd acknowledged", false},
		"sent":                      {[]ledger.Step{ledger.Spooled, ledger.Sent}, nil, "dd sent", false},
		"waiting":                   {[]ledger.Step{ledger.Spooled, ledger.Failed}, func(s *state) { s.keep("dd", "r1") }, "dd waiting", true},
		"waiting, unnoted":          {nil, func(s *state) { s.keep("dd", "r1") }, "dd waiting", true},
		"refused":                   {[]ledger.Step{ledger.Spooled, ledger.Refused}, nil, "dd refused", true},
		"a part refused":            {[]ledger.Step{ledger.Spooled, ledger.Refused, ledger.Acknowledged}, nil, "dd refused partly", true},
		"a part expired":            {[]ledger.Step{ledger.Spooled, ledger.Expired, ledger.Acknowledged}, nil, "dd expired partly", true},
		"expired":                   {[]ledger.Step{ledger.Spooled, ledger.Expired}, nil, "dd expired", true},
		"dropped, and read again":   {[]ledger.Step{ledger.Spooled, ledger.Dropped, ledger.Spooled, ledger.Acknowledged}, nil, "dd acknowledged", false},
		"dropped":                   {[]ledger.Step{ledger.Spooled, ledger.Dropped}, nil, "dd dropped", true},
		"a part refused, one waits": {[]ledger.Step{ledger.Spooled, ledger.Refused}, func(s *state) { s.keep("dd", "r1") }, "dd waiting", true},
		"a part, the rest waits":    {[]ledger.Step{ledger.Spooled, ledger.Partly, ledger.Failed}, func(s *state) { s.keep("dd", "r1") }, "dd waiting partly", true},
		"a part, the rest refused":  {[]ledger.Step{ledger.Spooled, ledger.Partly, ledger.Refused}, nil, "dd refused partly", true},
		"a part, the rest dropped":  {[]ledger.Step{ledger.Spooled, ledger.Partly, ledger.Dropped}, nil, "dd dropped partly", true},
		"a part, then the rest":     {[]ledger.Step{ledger.Spooled, ledger.Partly, ledger.Acknowledged}, nil, "dd acknowledged", false},
		"nothing is known":          {[]ledger.Step{ledger.Spooled}, nil, "dd unknown", true},
		"no daemon has it any more": {[]ledger.Step{ledger.Held, ledger.Failed}, nil, "dd unknown", true},
		"read and not spooled":      {nil, nil, "", true},
		"delivered, unnoted": {[]ledger.Step{ledger.Spooled}, func(s *state) {
			s.keep("dd", "r1")
			s.must(s.spools["dd"].Commit([]*spool.Entry{s.take("dd")}))
		}, "dd delivered", false},
		"refused, unnoted": {[]ledger.Step{ledger.Spooled}, func(s *state) {
			s.keep("dd", "r1")
			s.must(s.take("dd").Discard("status 400"))
		}, "dd refused", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newState(t, "dd")
			s.seen("r1", 1, "success")
			s.note("r1", "dd", c.steps...)
			if c.spool != nil {
				c.spool(s)
			}
			found := s.read(RunsQuery{})
			if got := told(found); got != "r1("+c.want+")" || found.All[0].Undelivered() != c.bad {
				t.Errorf("got %s, undelivered: %v", got, found.All[0].Undelivered())
			}
		})
	}
}

func TestWhyItWaitsAndWhyItWasRefused(t *testing.T) {
	s := newState(t, "dd")
	s.note("r1", "dd", ledger.Spooled, ledger.Failed)
	s.keep("dd", "r1", "r2")
	s.note("r3", "dd", ledger.Refused)
	a := map[string]Fate{}
	for _, run := range s.read(RunsQuery{}).All {
		a[run.Run] = run.Reporters[0]
	}
	if a["r1"].Detail != "because of failed" || a["r2"].Detail != "" || a["r3"].Detail != "because of refused" || a["r2"].At.IsZero() {
		t.Errorf("got %+v", a)
	}
}

func TestADigestSaysWhatItIs(t *testing.T) {
	s := newState(t)
	s.ledger.Note(ledger.Record{Run: "digest-1", Step: ledger.Spooled, Reporter: "dd", Detail: "17 runs while offline"})
	s.seen("r1", 1, "success")
	s.ledger.Note(ledger.Record{Run: "r1", Step: ledger.Spooled, Reporter: "dd", Detail: "the disk takes it again"})
	for _, a := range s.read(RunsQuery{}).All {
		if want := map[string]string{"digest-1": "17 runs while offline"}[a.Run]; a.Title() != want {
			t.Errorf("%s: got %q, want %q", a.Run, a.Title(), want)
		}
	}
}

// The intake and the deliverer note what they did each on its own.
func TestStepsInTheirOrder(t *testing.T) {
	s := newState(t, "dd")
	s.note("r1", "dd", ledger.Failed, ledger.Spooled, ledger.Sent)
	s.note("r1", "other", ledger.Sent)
	s.note("r2", "dd", ledger.Sent, ledger.Held)
	all := map[string]RunAccount{}
	for _, a := range s.read(RunsQuery{}).All {
		all[a.Run] = a
	}
	steps := all["r1"].StepsOf(all["r1"].Reporters[0])
	if len(steps) != 3 || steps[0].Step != ledger.Spooled || steps[1].Step != ledger.Failed || steps[2].Step != ledger.Sent {
		t.Errorf("got %+v", steps)
	}
	lock, err := spool.Lock(filepath.Join(s.dir, lockName))
	s.must(err)
	defer lock.Close()
	for _, c := range []struct {
		steps []ledger.Step
		want  Outcome
	}{
		{[]ledger.Step{ledger.Held}, Waiting},
		{[]ledger.Step{ledger.Failed, ledger.Held, ledger.Failed}, Waiting},
		{[]ledger.Step{ledger.Sent, ledger.Held}, Sent},
		{[]ledger.Step{ledger.Held, ledger.Partly, ledger.Failed}, Waiting},
		{[]ledger.Step{ledger.Held, ledger.Spooled}, Unknown},
	} {
		run := fmt.Sprint(c.steps)
		s.note(run, "dd", c.steps...)
		if a, _, err := FindRun(s.dir, run); err != nil || a.Reporters[0].Outcome != c.want {
			t.Errorf("%v: got %+v, %v, want %s", c.steps, a.Reporters, err, c.want)
		}
	}
}

// What was in the memory of a daemon that ended is not in that of the next.
func TestTheMemoryOfAnEarlierDaemon(t *testing.T) {
	s := newState(t, "dd")
	lock, err := spool.Lock(filepath.Join(s.dir, lockName))
	s.must(err)
	defer lock.Close()
	s.note("r1", "dd", ledger.Held) // at noon
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		began time.Time
		want  string
	}{{noon.Add(-time.Second), "r1(dd waiting)"}, {noon.Add(time.Second), "r1(dd unknown)"}} {
		newStatusFile(s.dir, func() Status { return Status{PID: os.Getpid(), Started: c.began} }, nil).begin()
		if got := told(s.read(RunsQuery{})); got != c.want {
			t.Errorf("a daemon that began at %v: got %s, want %s", c.began, got, c.want)
		}
	}
}

func TestRunsAreFoundAndSorted(t *testing.T) {
	s := newState(t, "dd", "dsd")
	s.seen("late", 30, "failure")
	s.seen("early", 10, "success")
	s.seen("mid", 20, "failure")
	for _, run := range []string{"late", "early", "mid"} {
		s.note(run, "dsd", ledger.Spooled, ledger.Sent)
	}
	s.keep("dd", "early")
	long := strings.Repeat("long ", 100)
	s.seen(long, 5, "success")
	s.keep("dd", long)
	for _, c := range []struct {
		query RunsQuery
		want  string
	}{
		{RunsQuery{Prefix: "m"}, "mid(dsd sent)"},
		{RunsQuery{Failed: true}, "late(dsd sent) mid(dsd sent)"},
		{RunsQuery{Undelivered: true}, "early(dd waiting, dsd sent) " + long + "(dd waiting)"},
		{RunsQuery{Since: time.Date(2026, 11, 21, 0, 20, 0, 0, time.UTC)}, "late(dsd sent) mid(dsd sent)"},
		{RunsQuery{Failed: true, Undelivered: true}, ""},
	} {
		if got := told(s.read(c.query)); got != c.want {
			t.Errorf("%+v: got %s, want %s", c.query, got, c.want)
		}
	}
}

func TestFindRun(t *testing.T) {
	s := newState(t)
	for _, run := range []string{"abc", "abcd", "xyz"} {
		s.seen(run, 1, "success")
	}
	for id, want := range map[string]string{"abc": "abc", "abcd": "abcd", "x": "xyz"} {
		if a, _, err := FindRun(s.dir, id); err != nil || a.Run != want {
			t.Errorf("%s: got %s, %v", id, a.Run, err)
		}
	}
	if _, _, err := FindRun(s.dir, "q"); !errors.Is(err, ErrNoRun) {
		t.Errorf("got %v", err)
	}
	if _, among, err := FindRun(s.dir, "ab"); !errors.Is(err, ErrManyRuns) || len(among.All) != 2 {
		t.Errorf("got %v, %v", among, err)
	}
}

func TestReadingChangesNothing(t *testing.T) {
	s := newState(t, "dd")
	s.seen("r1", 1, "failure")
	s.keep("dd", "r1")
	before := listing(t, s.dir)
	s.read(RunsQuery{})
	if _, err := ReadHealth(s.dir); err != nil {
		t.Fatal(err)
	}
	if after := listing(t, s.dir); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// listing is every file below a directory, and when it was changed.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(&b, path, info.Size(), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDamageIsPassedOver(t *testing.T) {
	s := newState(t, "dd")
	s.seen("r1", 1, "failure")
	s.must(os.WriteFile(filepath.Join(s.dir, ledgerName, "00000000.log"), []byte("foreign\n\x00\x00\n"), 0o600))
	s.must(os.Mkdir(filepath.Join(s.dir, "spool", "foreign"), 0o700))
	s.must(os.WriteFile(filepath.Join(s.dir, "spool", "file"), nil, 0o600))
	s.must(os.MkdirAll(filepath.Join(s.dir, "spool", "bad"), 0o700))
	s.must(os.WriteFile(filepath.Join(s.dir, "spool", "bad", "pending"), nil, 0o600))
	found := s.read(RunsQuery{})
	if told(found) != "r1()" || found.Damage.Lines != 2 || len(found.Spools) != 1 {
		t.Errorf("got %s, %+v, %v", told(found), found.Damage, found.Spools)
	}
}

func TestNoStateDirectory(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	if _, err := ReadRuns(none, RunsQuery{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := ReadHealth(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
