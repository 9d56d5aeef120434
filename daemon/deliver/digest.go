package deliver

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// digest is what was too old to be delivered, folded together until the last of
// it is through. It is kept as JSON in a note of the spool.
type digest struct {
	Runs, Failed            int
	Metrics, Events, Checks int // that were not sent
	First, Last             time.Time
	Host, Tool              string    // of all of them; empty when they differ
	Tags                    []string  // that all of them have
	Failures                []failure // the first maxFailures
	Chain                   string    // a hash over all that was folded, which names the digest

	// Folded are the entries of which parts were folded and which may still be
	// pending: no part is folded twice, also after a crash.
	Folded map[string]kinds
}

// failure is a run that failed, as a digest lists it.
type failure struct {
	At        time.Time
	Host, Run string
}

// Bounds of a digest.
const (
	maxRuns     = 10_000 // then it is sent and another one begun
	maxFailures = 10
	maxFolded   = 1_000 // keys that nothing more was heard of are forgotten over it
)

// empty says whether there is nothing to tell.
func (d *digest) empty() bool { return d.Runs == 0 && d.Metrics+d.Events+d.Checks == 0 }

// fold adds the parts of old that were not folded before; whole is all that is
// left of the run. It returns what was added.
func (d *digest) fold(key string, old, whole telemetry.Batch) kinds {
	had := d.Folded[key]
	added := partsOf(old) &^ had
	if added == 0 {
		return 0
	}
	if d.Folded == nil {
		d.Folded = map[string]kinds{}
	}
	d.Folded[key] = had | added
	if added&oldMetrics != 0 {
		d.Metrics += len(old.Metrics)
	}
	if added&oldEvents != 0 {
		d.Events += len(old.Events)
	}
	if added&oldChecks != 0 {
		d.Checks += len(old.ServiceChecks)
	}
	if had == 0 {
		d.addRun(key, whole)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%q %d", d.Chain, key, added))
	d.Chain = hex.EncodeToString(sum[:16])
	return added
}

func (d *digest) addRun(key string, b telemetry.Batch) {
	if d.Runs == 0 {
		d.First, d.Last, d.Host, d.Tool, d.Tags = b.Timestamp, b.Timestamp, b.Host, toolOf(b), slices.Clone(b.Tags)
	}
	d.Runs++
	if b.Timestamp.Before(d.First) {
		d.First = b.Timestamp
	}
	if b.Timestamp.After(d.Last) {
		d.Last = b.Timestamp
	}
	if d.Host != b.Host {
		d.Host = ""
	}
	if d.Tool != toolOf(b) {
		d.Tool = ""
	}
	d.Tags = slices.DeleteFunc(d.Tags, func(tag string) bool { return !slices.Contains(b.Tags, tag) })
	if !failed(b) {
		return
	}
	d.Failed++
	if len(d.Failures) < maxFailures {
		d.Failures = append(d.Failures, failure{b.Timestamp, spoken(b.Host, 80), spoken(key, 80)})
	}
}

// finish forgets an entry that will not come again.
func (d *digest) finish(key string) { delete(d.Folded, key) }

// prune forgets entries that never came again, such as those that were dropped to
// make room, once they are many.
func (d *digest) prune(mayCome func(key string) bool) {
	if len(d.Folded) <= maxFolded {
		return
	}
	for key := range d.Folded {
		if !mayCome(key) {
			delete(d.Folded, key)
		}
	}
}

// successor is the digest to fold into once d is closed.
func (d *digest) successor() *digest { return &digest{Folded: d.Folded} }

// failed says whether the run of b did not converge.
func failed(b telemetry.Batch) bool {
	return slices.ContainsFunc(b.ServiceChecks, func(c telemetry.ServiceCheck) bool { return c.Status == telemetry.Critical }) ||
		slices.ContainsFunc(b.Events, func(e telemetry.Event) bool { return e.AlertType == telemetry.Error }) ||
		slices.ContainsFunc(b.Metrics, func(m telemetry.Metric) bool { return slices.Contains(m.Tags, "status:failure") })
}

func toolOf(b telemetry.Batch) string {
	for _, tag := range b.Tags {
		if tool, ok := strings.CutPrefix(tag, "tool:"); ok {
			return tool
		}
	}
	return ""
}

// spoken is a foreign name that can stand in a text, of so many bytes: it notifies
// nobody and breaks no line.
func spoken(s string, most int) string {
	s = s[:min(len(s), most)]
	return strings.Map(func(c rune) rune {
		if c < '!' || c > '~' || strings.ContainsRune("@%|#,`$", c) {
			return '_'
		}
		return c
	}, s)
}

// What a digest's batch is known by: its run id begins so, its events share a key,
// and it has one metric.
const (
	digestPrefix = "digest-"
	digestKey    = "converged-digest"
	digestMetric = "converged.runs.expired"
)

func (d *digest) id() string { return digestPrefix + d.Chain }

// isDigest says whether a batch is a digest, or what is left of one: it is stamped
// when it is sent, and never too old. A run may have an id that looks like one's.
func isDigest(b telemetry.Batch) bool {
	chain, ok := strings.CutPrefix(b.RunID, digestPrefix)
	raw, err := hex.DecodeString(chain)
	return ok && err == nil && len(raw) == 16 && len(b.ServiceChecks) == 0 &&
		!slices.ContainsFunc(b.Metrics, func(m telemetry.Metric) bool { return m.Name != digestMetric }) &&
		!slices.ContainsFunc(b.Events, func(e telemetry.Event) bool { return e.AggregationKey != digestKey })
}

// batch is what is said of it to the receiver of that name.
func (d *digest) batch(reporter string, now time.Time) telemetry.Batch {
	e := telemetry.Event{
		Title: d.title(), Text: d.text(reporter),
		Priority: telemetry.Low, AlertType: telemetry.Info,
		AggregationKey: digestKey, Source: "converged",
	}
	if d.Failed > 0 {
		e.Priority, e.AlertType = telemetry.Normal, telemetry.Warning
	}
	return telemetry.Batch{
		RunID: d.id(), Host: d.Host, Timestamp: now.UTC(), Tags: d.Tags,
		Events: []telemetry.Event{e},
		Metrics: []telemetry.Metric{{
			Name: digestMetric, Kind: telemetry.Count, Value: float64(d.Runs),
			Tags: []string{"reporter:" + reporter},
		}},
	}
}

// title is such as "17 runs while offline, 3 failed (chef on web-17)".
func (d *digest) title() string {
	title := counted(d.Runs, "run") + " while offline, "
	if d.Failed == 0 {
		title += "none failed"
	} else {
		title += fmt.Sprintf("%d failed", d.Failed)
	}
	where := spoken(d.Tool, 15)
	if d.Host != "" {
		where = strings.TrimSpace(where + " on " + spoken(d.Host, 60))
	}
	if where == "" {
		return title
	}
	return title + " (" + where + ")"
}

func (d *digest) text(reporter string) string {
	var t strings.Builder
	const minute = "2006-01-02 15:04"
	fmt.Fprintf(&t, "Between %s and %s UTC %s ended that could not be told to %s in time; it takes nothing so old.\n",
		d.First.UTC().Format(minute), d.Last.UTC().Format(minute), counted(d.Runs, "run"), spoken(reporter, 80))
	fmt.Fprintf(&t, "Not sent: %s, %s, %s. What was young enough was sent with its own time.\n",
		counted(d.Metrics, "metric"), counted(d.Events, "event"), counted(d.Checks, "service check"))
	if d.Failed > 0 {
		t.WriteString("\nFailed:\n")
	}
	for _, f := range d.Failures {
		fmt.Fprintf(&t, "%s %s %s\n", f.At.UTC().Format(time.RFC3339), f.Host, f.Run)
	}
	if more := d.Failed - len(d.Failures); more > 0 {
		fmt.Fprintf(&t, "and %d more\n", more)
	}
	t.WriteString("\nOn the node they are all listed by: converged runs")
	return t.String()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// encode and decodeDigest are its form in a note.
func (d *digest) encode() ([]byte, error) { return json.Marshal(d) }

func decodeDigest(note []byte) (*digest, error) {
	d := &digest{}
	if len(note) == 0 {
		return d, nil
	}
	if err := json.Unmarshal(note, d); err != nil {
		return &digest{}, fmt.Errorf("the note of what was too old cannot be read: %w", err)
	}
	return d, nil
}
