package daemon

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/reporters/telemetry"
)

// What the daemon counts of itself travels with the runs: no request and no
// wake-up is made for it. Losses and retries come with the next run, the rest,
// which says little that runs do not say, once in a while.
const ordinaryEvery = 10 * time.Minute

// youngest is how old a run may be to carry counts: they are of now.
const youngest = 10 * time.Minute

// mostCarriers is of how many runs it is remembered what they carry: reports of
// one run come seconds apart, and others in between.
const mostCarriers = 64

// series is one count.
type series struct {
	name, reporter, reason string
}

// tally is what the daemon did since it was started, and what of that was told.
// What is not atomic is its user's to guard.
type tally struct {
	now     func() time.Time
	loops   []*deliver.Loop
	places  []place
	seen    atomic.Int64
	unfit   atomic.Int64 // of them, those whose sender was told so
	posts   func() map[series]int64
	kept    map[string]int64 // batches spooled, by reporter
	told    map[series]int64
	toldAt  time.Time  // the ordinary ones
	carried []attached // by the newest runs that carry something, the newest last
}

// attached is what a batch carries of the tally.
type attached struct {
	run      string
	counts   map[series]int64 // as they stood
	metrics  []telemetry.Metric
	ordinary bool
}

func newTally(places []place, loops []*deliver.Loop) *tally {
	return &tally{now: time.Now, toldAt: time.Now(), places: places, loops: loops,
		posts: func() map[series]int64 { return map[series]int64{} },
		kept:  map[string]int64{}, told: map[series]int64{}}
}

// encode is a batch with what is to be told along with it. A richer record of
// the same run carries the same as the poorer one did, whose place it may take.
func (t *tally) encode(b telemetry.Batch) ([]byte, attached, error) {
	a := t.carriedBy(b.RunID)
	if a.run == "" {
		a = t.news(b)
	}
	carrier := b
	carrier.Metrics = slices.Concat(b.Metrics, a.metrics)
	data, err := telemetry.Encode(carrier)
	if errors.Is(err, telemetry.ErrTooLarge) && len(a.metrics) > 0 {
		a = attached{}
		data, err = telemetry.Encode(b)
	}
	return data, a, err
}

// spooled counts a batch, and what it carried as told.
func (t *tally) spooled(reporter string, a attached) {
	t.kept[reporter]++
	if a.run == "" || t.carriedBy(a.run).run != "" {
		return
	}
	if len(a.metrics) > 0 {
		t.carried = append(t.carried[max(0, len(t.carried)+1-mostCarriers):], a)
	}
	maps.Copy(t.told, a.counts)
	if a.ordinary {
		t.toldAt = t.now()
	}
}

// carriedBy is what a run that was spooled carries, if that is remembered.
func (t *tally) carriedBy(run string) attached {
	for _, a := range t.carried {
		if a.run == run {
			return a
		}
	}
	return attached{}
}

// news is what a run may carry: what was counted and not told.
func (t *tally) news(b telemetry.Batch) attached {
	now := t.now()
	if age := now.Sub(b.Timestamp); age > youngest || age < -youngest {
		return attached{}
	}
	since := now.Sub(t.toldAt)
	a := attached{run: b.RunID, counts: t.losses(), ordinary: since < 0 || since >= ordinaryEvery}
	if a.ordinary {
		maps.Copy(a.counts, t.ordinary())
	}
	for _, s := range slices.SortedFunc(maps.Keys(a.counts), series.compare) {
		if n := a.counts[s] - t.told[s]; n > 0 {
			a.metrics = append(a.metrics, telemetry.Metric{Name: s.name, Kind: telemetry.Count, Value: float64(n), Tags: s.tags()})
		}
	}
	return a
}

func (t *tally) losses() map[series]int64 {
	all := t.posts()
	all[series{name: "converged.reports.unparsable"}] = t.unfit.Load()
	for _, l := range t.loops {
		st := l.State()
		all[series{"converged.retried", l.Name, ""}] = st.Retried
		for reason, n := range st.Dropped {
			all[series{"converged.dropped", l.Name, reason}] += n
		}
	}
	for _, p := range t.places {
		for reason, n := range p.Stats().Dropped {
			all[series{"converged.dropped", p.name, reason}] += n
		}
	}
	return all
}

func (t *tally) ordinary() map[series]int64 {
	all := map[series]int64{{name: "converged.reports.seen"}: t.seen.Load()}
	for _, l := range t.loops {
		all[series{"converged.delivered", l.Name, ""}] = l.State().Delivered
	}
	for reporter, n := range t.kept {
		all[series{"converged.spooled", reporter, ""}] = n
	}
	return all
}

func (s series) compare(other series) int {
	return cmp.Or(cmp.Compare(s.name, other.name), cmp.Compare(s.reporter, other.reporter), cmp.Compare(s.reason, other.reason))
}

func (s series) tags() []string {
	var tags []string
	if s.reporter != "" {
		tags = append(tags, "reporter:"+s.reporter)
	}
	if s.reason != "" {
		tags = append(tags, "reason:"+s.reason)
	}
	return tags
}
