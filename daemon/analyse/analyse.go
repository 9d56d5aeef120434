// Package analyse turns one run of a configuration-management tool into what
// is said of it: metrics, a service check and, when something went wrong, an
// event a person can act on. It is pure: no clock, no files, no network.
package analyse

import (
	"regexp"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// Naming chooses whose metric names are sent.
type Naming string

// Unified names are the same for every tool, Native ones are those of the
// in-process handlers that people replace, Both is both.
const (
	Unified Naming = "unified"
	Native  Naming = "native"
	Both    Naming = "both"
)

// Options are the choices of whoever runs the daemon, and the little that a
// report cannot tell. The zero value works.
type Options struct {
	Prefix string // of unified names; "" is "configrun"
	Naming Naming // "" is Both

	Host         string // instead of the report's own host
	EC2Host      bool   // the EC2 instance id, where the report knows it, instead of its host
	FallbackHost string // where the report names no host

	Tags        []string       // added to everything
	TagPrefix   *string        // before the node's own tags; nil is "tag:"
	ScopePrefix string         // before env:, role:, policy_name: and policy_group:
	TagsExclude *regexp.Regexp // node tags, with their prefix, that are not sent

	WithoutPolicyTags bool // leave out policy_name: and policy_group:

	TopTypes         int  // resource types with a duration; 0 is 10, negative is none
	SuccessEvents    bool // an event of low priority for a run that succeeded
	WithholdMessages bool // leave out the text of failures: it may hold command output

	Notify []string // handles such as "@ops-pager" that a failure's event mentions

	Origin  string    // the file the run was read from, for the command that shows the rest; "" if none is left
	Instead string    // the file that was read in its place, as it was empty
	Arrived time.Time // stands in where the report tells no time

	Tool report.Tool // whose report it is, where it cannot be read
}

const maxHost = 255 // bytes, as DNS has it

// Batch is what is said of r. It is false, and the batch empty, for a run that
// has only started: there is no outcome to tell of.
func Batch(r report.Run, o Options) (telemetry.Batch, bool) {
	if r.Phase == report.Started {
		return telemetry.Batch{}, false
	}
	r = withoutCommandNames(r)
	shared, dropped := tagsOf(r, o)
	b := telemetry.Batch{
		RunID:         r.ID,
		Host:          host(r, o),
		Timestamp:     moment(r, o),
		Tags:          shared,
		Metrics:       metrics(r, o),
		Events:        []telemetry.Event{},
		ServiceChecks: []telemetry.ServiceCheck{check(r, o)},
		HostTags:      hostTags(r, o),
	}
	if dropped > 0 {
		b.Metrics = append(b.Metrics, telemetry.Metric{
			Name: selfPrefix + "tags.dropped", Kind: telemetry.Count, Value: float64(dropped),
		})
	}
	switch {
	case r.Status == report.Failure:
		b.Events = append(b.Events, failureEvent(r, o, b))
	case r.Status == report.Success && cached(r):
		b.Events = append(b.Events, cachedEvent(r, o, b))
	case r.Status == report.Success && o.SuccessEvents:
		b.Events = append(b.Events, successEvent(r, o, b))
	}
	return b, true
}

// prefix is what the unified names begin with, its dot included.
func (o Options) prefix() string {
	if o.Prefix == "" {
		return "configrun."
	}
	return strings.TrimSuffix(o.Prefix, ".") + "."
}

// host is the configured host, else the EC2 instance, else the report's, else this machine's, without
// what would break a datagram. A report of "localhost" means the machine that it lies on.
func host(r report.Run, o Options) string {
	instance := ""
	if o.EC2Host {
		instance = r.EC2InstanceID
	}
	name := firstOf(o.Host, instance, elsewhere(r.Host), o.FallbackHost, r.Host)
	name = strings.Map(func(c rune) rune {
		if c <= ' ' || c == '|' || c == ',' || c == '#' || c == '@' || c == 0x7f || c == '\uFFFD' {
			return '_'
		}
		return c
	}, name)
	return prefixOf(name, room{runes: maxHost, bytes: maxHost})
}

// elsewhere is a host's name, unless every machine calls itself so.
func elsewhere(name string) string {
	if name == "localhost" || name == "127.0.0.1" || name == "::1" {
		return ""
	}
	return name
}

// moment is when the run ended, or the best that is known of it.
func moment(r report.Run, o Options) time.Time {
	end := r.End.Time
	if end.IsZero() && !r.Start.IsZero() {
		lasted, _ := known(r.Duration)
		end = r.Start.Add(time.Duration(min(lasted, maxSeconds) * float64(time.Second)))
	}
	if end.IsZero() || end.Year() > 9999 { // which JSON cannot write
		end = o.Arrived
	}
	return end.UTC()
}

// maxSeconds is the longest run believed: a year.
const maxSeconds = 365 * 24 * 3600

func firstOf(choices ...string) string {
	for _, c := range choices {
		if c != "" {
			return c
		}
	}
	return ""
}
