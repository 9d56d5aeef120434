package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// chaos is a receiver whose answer is drawn for every item, and an observer who
// knows what it took.
type chaos struct {
	*rand.Rand
	t       *testing.T
	dir     string
	all     map[string]bool // items that were appended
	took    map[string]int
	digests map[string]telemetry.Batch
	calm    bool // it takes everything
	killIn  int  // reports from now, the process is killed; 0 is never
	killed  bool // what the dead process does counts no more
	runs    int
	skew    time.Duration // of the clock
	mu      sync.Mutex
}

// Whatever a receiver answers to whichever item, whenever the process is stopped
// or killed, however old things get meanwhile and however the clock jumps: each
// item is delivered once, or lies in a dead letter, or is counted by a digest.
func TestEveryItemIsToldOnce(t *testing.T) {
	seeds := 20
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &chaos{Rand: rand.New(rand.NewPCG(uint64(seed), 7)), t: t, dir: t.TempDir(),
					all: map[string]bool{}, took: map[string]int{}, digests: map[string]telemetry.Batch{}}
				for range 3 + c.draw(5) {
					c.killIn = c.draw(12)
					c.life()
				}
				c.calm, c.killIn = true, 0
				c.life()
				c.check()
			})
		})
	}
}

// draw is a number below n.
func (c *chaos) draw(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.IntN(n)
}

// life is a process: it is given runs, is left to itself, and ends.
func (c *chaos) life() {
	s, err := spool.Open(c.dir, spool.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	c.killed = false
	l := &deliver.Loop{Name: "datadog", Spool: s, MaxAge: apiAges, Reporter: group(c.reportAll)}
	l.Now = c.now
	if c.draw(3) == 0 {
		l.Reporter = reporter(c.report)
	}
	ctx, stop := context.WithCancel(c.t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	for range 1 + c.runs%9 {
		for range 1 + c.runs%5 {
			c.run(s)
		}
		synctest.Wait()
		c.jump()
		time.Sleep(time.Duration(c.draw(int(2 * time.Hour))))
		synctest.Wait()
	}
	for hours := 0; c.calm && s.Stats().Entries > 0 && hours < 100; hours++ {
		time.Sleep(time.Hour)
		synctest.Wait()
	}
	stop()
	if err := errors.Join(<-done, s.Close()); err != nil {
		c.t.Error(err)
	}
}

// jump sets the clock to another day, now and then.
func (c *chaos) jump() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.IntN(3) == 0 {
		c.skew = time.Duration(c.Int64N(int64(48*time.Hour))) - 24*time.Hour
	}
}

func (c *chaos) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skew)
}

// run appends one. A killed process takes no more.
func (c *chaos) run(s *spool.Spool) {
	c.mu.Lock() // it is appended before the process is killed, or not at all
	defer c.mu.Unlock()
	if c.killed {
		return
	}
	c.runs++
	b := three(fmt.Sprintf("run-%03d", c.runs), time.Now().Add(-time.Duration(c.Int64N(int64(20*time.Hour)))/time.Duration(1+c.IntN(100))))
	for i := range c.IntN(4) {
		b.Events = append(b.Events, telemetry.Event{Title: fmt.Sprintf("%s.event.%d", b.RunID, i), Text: "t"})
	}
	put(c.t, s, b)
	for _, name := range items(b) {
		c.all[name] = true
	}
}

func (c *chaos) report(ctx context.Context, b telemetry.Batch) error {
	return c.reportAll(ctx, []telemetry.Batch{b})[0]
}

func (c *chaos) reportAll(_ context.Context, batches []telemetry.Batch) []error {
	c.mu.Lock()
	defer c.mu.Unlock()
	errs := make([]error, len(batches))
	if c.killIn--; c.killIn == 0 {
		c.dir, c.killed = snapshot(c.t, c.dir), true
	}
	for i, b := range batches {
		if errs[i] = errAway; !c.killed {
			errs[i] = c.answer(b)
		}
	}
	return errs
}

// answer draws what becomes of a batch.
func (c *chaos) answer(b telemetry.Batch) error {
	why := []error{errAway, errKey, &telemetry.Later{After: time.Minute, Err: errAway}}[c.IntN(3)]
	if strings.HasPrefix(b.RunID, "digest-") {
		if !c.calm && c.IntN(3) == 0 {
			return why
		}
		if _, twice := c.digests[b.RunID]; twice {
			c.t.Errorf("the digest %s is told twice", b.RunID)
		}
		c.digests[b.RunID] = b
		return nil
	}
	parts := &telemetry.Partial{}
	taken, mood := part(b, false, false, false), c.IntN(4) // all, none, or each for itself
	for _, m := range b.Metrics {
		to := c.fate(mood, &taken, parts)
		to.Metrics = append(to.Metrics, m)
	}
	for _, e := range b.Events {
		to := c.fate(mood, &taken, parts)
		to.Events = append(to.Events, e)
	}
	for _, k := range b.ServiceChecks {
		to := c.fate(mood, &taken, parts)
		to.ServiceChecks = append(to.ServiceChecks, k)
	}
	for _, name := range items(taken) {
		c.took[name]++
	}
	left, refused := !parts.Rest.Empty(), !parts.Refused.Empty()
	parts.Rest.RunID, parts.Rest.Timestamp, parts.Refused.RunID = b.RunID, b.Timestamp, b.RunID
	switch {
	case !left && !refused:
		return nil
	case taken.Empty() && !left:
		return errRefused
	case taken.Empty() && !refused:
		return why
	}
	if left {
		parts.Err = why
	}
	if refused {
		parts.Why = errRefused
	}
	return parts
}

func (c *chaos) fate(mood int, taken *telemetry.Batch, parts *telemetry.Partial) *telemetry.Batch {
	n := c.IntN(10)
	switch {
	case c.calm || mood == 0:
		return taken
	case mood == 1:
		return &parts.Rest
	case n < 5:
		return taken
	case n < 6:
		return &parts.Refused
	}
	return &parts.Rest
}

func (c *chaos) check() {
	letters := deadLetters(c.t, c.dir)
	dead := 0
	for name := range c.all {
		lies := strings.Contains(letters, `"`+name+`"`)
		if lies {
			dead++
		}
		if n := c.took[name]; n > 1 || n == 1 && lies {
			c.t.Errorf("%s was delivered %d times, and is a dead letter: %v", name, n, lies)
		}
	}
	expired := 0
	for _, d := range c.digests {
		expired += notSent(c.t, d)
	}
	if len(c.took)+dead+expired != len(c.all) {
		c.t.Errorf("of %d items %d were delivered, %d are dead letters, %d were too old", len(c.all), len(c.took), dead, expired)
	}
	c.t.Logf("of %d items %d were delivered, %d are dead letters, %d were too old and in %d digests",
		len(c.all), len(c.took), dead, expired, len(c.digests))
}
