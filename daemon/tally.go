package daemon

import (
	"cmp"
	"errors"
	"maps"
	"slices"
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

// series is one count.
type series struct {
	name, reporter, reason string
}

// tally is what the daemon did since it was started, and what of that was told.
// It is the intake's own.
type tally struct {
	now     func() time.Time
	loops   []*deliver.Loop
	places  []place
	seen    int64
	kept    map[string]int64 // batches spooled, by reporter
	told    map[series]int64
	toldAt  time.Time // the ordinary ones
	carried attached  // by the newest run
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
		kept: map[string]int64{}, told: map[series]int64{}}
}

// encode is a batch with what is to be told along with it. A richer record of
// the same run carries the same as the poorer one did, whose place it may take.
func (t *tally) encode(b telemetry.Batch) ([]byte, attached, error) {
	a := t.carried
	if a.run != b.RunID {
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
	if a.run == "" || t.carried.run == a.run {
		return
	}
	t.carried = a
	maps.Copy(t.told, a.counts)
	if a.ordinary {
		t.toldAt = t.now()
	}
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
	all := map[series]int64{}
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
	all := map[series]int64{{name: "converged.reports.seen"}: t.seen}
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
