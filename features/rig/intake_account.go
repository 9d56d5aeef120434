package rig

import (
	"maps"
	"slices"
	"time"
)

// Taken is what the intake has taken of one host; a test gives every run a host
// of its own.
type Taken struct {
	Runs   int32 // the sum of configrun.runs
	Points int32 // of all metrics
	Events int32
	Checks int32
	Tagged int32 // how often the host's tags were set
	Late   int32 // items that Datadog would have dropped without a word for their age
	Unsure int32 // how often the sender may not have learnt that something was taken
}

// Totals are the sums of everything since the start.
type Totals struct {
	Hosts, Runs, Points, Events, Checks, Tagged, Late int64
	Unsure                                            int64            // hosts
	Requests                                          map[string]int64 // by path
	Statuses                                          map[int]int64    // of whole answers
	Connections, BytesIn, BytesOut                    int64            // on the wire, headers and packing included
}

// intakeAccount is what was taken. Whoever uses it holds the intake's mu.
type intakeAccount struct {
	hosts    map[string]*Taken
	tags     map[string][]string
	requests map[string]int64
	statuses map[int]int64
	recent   []*Taken // the hosts taken last; a sender has no more of them in flight
	next     int      // where in recent the next one goes
	digests  int64
	digested int64
}

// inFlight is the most runs that a sender may have sent and not yet written down.
const inFlight = 64

func newAccount() intakeAccount {
	return intakeAccount{hosts: map[string]*Taken{}, tags: map[string][]string{}, requests: map[string]int64{},
		statuses: map[int]int64{}, recent: make([]*Taken, 0, inFlight)}
}

// remember writes down what a request says.
func (x *Exchange) remember(items []sentItem) {
	in, now := x.intake, time.Now()
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, i := range items {
		if i.kind == digestPoint || i.kind == aDigest {
			in.digest(i)
			continue
		}
		t := in.hosts[i.host]
		if t == nil {
			t = &Taken{}
			in.hosts[i.host] = t
		}
		if len(x.told) == 0 || x.told[len(x.told)-1] != t {
			x.told = append(x.told, t)
			in.lately(t)
		}
		if i.dropped(now) {
			t.Late++
			continue
		}
		switch i.kind {
		case runPoint:
			t.Runs += i.n
			t.Points++
		case point:
			t.Points++
		case anEvent:
			t.Events++
		case aCheck:
			t.Checks++
		}
	}
}

// digest counts what a digest tells: it may have the host of a run, and is not of it.
func (a *intakeAccount) digest(i sentItem) {
	if i.kind == digestPoint {
		a.digested += int64(i.n)
	} else {
		a.digests++
	}
}

// lately keeps the last hosts, each once.
func (a *intakeAccount) lately(t *Taken) {
	switch {
	case slices.Contains(a.recent, t):
	case len(a.recent) < inFlight:
		a.recent = append(a.recent, t)
	default:
		a.recent[a.next] = t
		a.next = (a.next + 1) % inFlight
	}
}

// doubt marks what this exchange took: the sender may not have learnt it.
func (x *Exchange) doubt() {
	for _, t := range x.told {
		t.Unsure++
	}
	x.told = nil
}

// Doubt marks the hosts that were taken last: a test calls it when it killed a
// sender, who may have learnt of them and not have written it down.
func (in *Intake) Doubt() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, t := range in.recent {
		t.Unsure++
	}
}

// Host is what was taken of a host; zero if nothing was.
func (in *Intake) Host(name string) Taken {
	in.mu.Lock()
	defer in.mu.Unlock()
	if t := in.hosts[name]; t != nil {
		return *t
	}
	return Taken{}
}

// Digests is how many digests were taken of what was too old to be sent, and how
// many runs they tell of.
func (in *Intake) Digests() (digests, runs int64) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.digests, in.digested
}

// HostTags are the tags that a host was given last.
func (in *Intake) HostTags(host string) []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.tags[host])
}

// Hosts calls use with every host and what was taken of it, in no order.
func (in *Intake) Hosts(use func(name string, t Taken)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for name, t := range in.hosts {
		use(name, *t)
	}
}

// Totals are the sums as they stand. They cost a look at every host; Seen does not.
func (in *Intake) Totals() Totals {
	in.mu.Lock()
	defer in.mu.Unlock()
	sum := Totals{Hosts: int64(len(in.hosts)), Requests: maps.Clone(in.requests), Statuses: maps.Clone(in.statuses),
		Connections: in.wire.connections.Load(), BytesIn: in.wire.in.Load(), BytesOut: in.wire.out.Load()}
	for _, t := range in.hosts {
		sum.Runs += int64(t.Runs)
		sum.Points += int64(t.Points)
		sum.Events += int64(t.Events)
		sum.Checks += int64(t.Checks)
		sum.Tagged += int64(t.Tagged)
		sum.Late += int64(t.Late)
		if t.Unsure > 0 {
			sum.Unsure++
		}
	}
	return sum
}

// Seen is how many hosts the intake has heard of.
func (in *Intake) Seen() int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.hosts)
}

// Requests is how many requests came in whose path is path.
func (in *Intake) Requests(path string) int64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.requests[path]
}

// Told is what the intake was told of a host, as Explain wants it.
func (in *Intake) Told(host string) Told {
	t := in.Host(host)
	return Told{Runs: int(t.Runs), Checks: int(t.Checks), Events: int(t.Events)}
}
