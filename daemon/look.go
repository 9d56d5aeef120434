package daemon

import (
	"fmt"
	"maps"
	"os"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
)

// WithVersion is the configuration for a program of that version, which its
// status then tells.
func (c Config) WithVersion(version string) Config {
	c.version = version
	return c
}

// look is a function that tells how the daemon fares now.
func (d *daemon) look(c Config, outputs []Output) func() Status {
	started := time.Now().UTC()
	return func() Status {
		st := Status{Version: c.version, PID: os.Getpid(), Started: started, Trouble: []string{},
			Sources: d.sources.status(), Reporters: make([]ReporterStatus, 0, len(d.loops))}
		d.posts.tellIn(&st)
		for _, s := range st.Sources {
			st.Seen += s.Seen
			st.Unparsable += s.Unparsable
		}
		for i, l := range d.loops {
			r := reporterStatus(outputs[i], l.State(), d.places[i].Stats())
			d.probes[i].tell(&r)
			if r.Held > 0 {
				st.Trouble = append(st.Trouble, fmt.Sprintf("the disk takes nothing for %s: %d in memory only, delivered from there", r.Name, r.Held))
			}
			st.Reporters = append(st.Reporters, r)
		}
		if l := d.ledger.Stats(); l.Err != nil {
			st.Trouble = append(st.Trouble, fmt.Sprintf("the ledger cannot be written: %v; %d records wait in memory, %d are lost", l.Err, l.Held, l.Lost))
		}
		return st
	}
}

// reporterStatus is how one reporter fares: what its loop did, and what its spool
// holds.
func reporterStatus(out Output, l deliver.Status, s spool.Stats) ReporterStatus {
	dropped := maps.Clone(l.Dropped)
	for reason, n := range s.Dropped {
		dropped[reason] += n
	}
	return ReporterStatus{
		Name: out.Name, Type: out.Type, State: string(l.State), Since: l.Since.UTC(), Error: l.Error, NextTry: l.NextTry.UTC(),
		Pending: s.Entries, Bytes: s.Bytes, Held: s.Held, Dead: s.DeadLetters,
		Delivered: l.Delivered, Retried: l.Retried, Expired: l.Expired, Dropped: dropped,
	}
}
