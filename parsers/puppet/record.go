package puppet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
)

// record is what is read of a report, in whichever notation it is written.
type record struct {
	fields  map[string]string // the root's scalars; one that is null is not there
	logs    []logLine
	own     []logLine // of single resources
	metrics figures
	rows    []row
	seen    map[string]bool // the root's keys
	last    string          // the last of them
	json    bool            // JSON tells itself whether it is cut
	failing bool            // a failed resource is among rows
	lostLog bool            // an error of the log could not be read
}

func newRecord() *record {
	return &record{fields: map[string]string{}, seen: map[string]bool{}, metrics: figures{}}
}

// rootFields are the scalars of a report's root that are read.
var rootFields = []string{
	"host", "time", "configuration_version", "transaction_uuid", "report_format", "puppet_version", "status",
	"transaction_completed", "noop", "noop_pending", "environment", "cached_catalog_status", "corrective_change",
}

// see takes note of a key of the root.
func (d *record) see(key string) {
	d.seen[key], d.last = true, key
}

func (d *record) set(key, value string) {
	if value = report.Clean(symbol(value), maxName); value != "" && slices.Contains(rootFields, key) {
		d.fields[key] = value
	}
}

// logLine is a line of the log that tells of an error.
type logLine struct {
	level, message, source string
}

func (l *logLine) set(key, value string) {
	switch key {
	case "level":
		l.level = symbol(value)
	case "message":
		l.message = report.Clean(withoutValues(value), maxMessage)
	case "source":
		l.source = report.Clean(value, maxName)
	}
}

// isError says whether a log level is one of an error.
func isError(level string) bool {
	return slices.Contains([]string{"err", "alert", "emerg", "crit"}, level)
}

// keep takes a log line that may say why the run failed. The lines of single
// resources mostly say again what their rows say, and Facter's complaints mean
// nothing.
func (d *record) keep(l logLine) {
	switch {
	case !isError(l.level):
	case l.source == "Puppet" || noCatalog(l.message):
		d.logs = under(maxLogs, d.logs, l)
	case strings.HasPrefix(l.source, "/Stage["):
		d.own = under(maxLogs, d.own, l)
	}
}

func under(limit int, list []logLine, l logLine) []logLine {
	if len(list) < limit {
		list = append(list, l)
	}
	return list
}

// complete adds to the first failed rows that do not tell why what the log has of
// them.
func (d *record) complete() {
	left := maxComplete
	for i := range d.rows {
		if r := &d.rows[i]; r.bad() && r.Message == "" && left > 0 {
			r.Message = d.said(r.key)
			left--
		}
	}
}

// said is the error that the log has of a resource itself, such as that its
// provider does not work here: no event of its row tells that.
func (d *record) said(key string) string {
	for _, l := range d.own {
		if _, property, found := strings.Cut(l.source, "/"+key); found && (property == "" || property[0] == '/') {
			return l.message
		}
	}
	return ""
}

// row is one of resource_statuses.
type row struct {
	report.Resource
	key                                              string // such as File[/etc/motd]
	failed, failedToRestart, changed, skipped, noted bool
	unreadable                                       bool // it is not known what became of it
	noop                                             bool // it would be changed, or refreshed
	events                                           int
}

func newRow(key string) row { return row{key: report.Clean(key, maxName)} }

func (r *row) set(key, value string) {
	switch key {
	case "title":
		r.Name = report.Clean(value, maxName)
	case "resource_type":
		r.Type = report.Clean(symbol(value), maxName)
	case "resource":
		r.key = cmp.Or(r.key, report.Clean(value, maxName))
	case "file":
		r.File = report.Clean(value, maxName)
	case "line":
		r.Line = natural(value)
	case "evaluation_time":
		r.Duration = seconds(value)
	case "failed":
		r.failed = value == "true"
	case "failed_to_restart":
		r.failedToRestart = value == "true"
	case "changed":
		r.changed = value == "true"
	case "skipped":
		r.skipped = value == "true"
	case "corrective_change":
		r.Corrective = truth(value)
	}
}

// event is one of a resource's events. Its message names old and new values,
// which is why only that of a failure is kept.
type event struct {
	name, status, message string
}

func (e *event) set(key, value string) {
	switch key {
	case "name":
		e.name = report.Clean(symbol(value), maxName)
	case "status":
		e.status = symbol(value)
	case "message":
		e.message = value
	}
}

func (r *row) add(e event) {
	if r.events++; r.events == 1 {
		r.Action = e.name
	}
	r.noop = r.noop || e.status == "noop"
	if e.status == "failure" && !r.noted {
		r.noted = true
		r.Message = report.Clean(withoutValues(e.message), maxMessage)
	}
}

// bad says whether the resource failed, or could not be restarted.
func (r *row) bad() bool { return r.failed || r.failedToRestart }

// settle fills in what follows from the rest.
func (r *row) settle() {
	typ, title, ok := strings.Cut(r.key, "[")
	if r.Type == "" && ok {
		r.Type = typ
	}
	if r.Name == "" && ok {
		r.Name = strings.TrimSuffix(title, "]")
	}
	if r.key == "" {
		r.key = r.Type + "[" + r.Name + "]"
	}
	switch {
	case r.bad():
		r.Status = report.ResourceFailed
	case r.skipped:
		r.Status = report.Skipped
	case r.changed:
		r.Status = report.Updated
	case r.unreadable, r.noop:
		r.Status = ""
	default:
		r.Status = report.UpToDate
	}
}

// keepRow takes a resource, but for those over the limit, of which the first that
// failed is still wanted.
func (d *record) keepRow(r row) {
	r.settle()
	if len(d.rows) < maxRows || r.bad() && !d.failing {
		d.rows = append(d.rows, r)
	}
	d.failing = d.failing || r.bad()
}

// symbol is a word without the colon of a Ruby symbol.
func symbol(word string) string { return strings.TrimPrefix(word, ":") }

func truth(word string) *bool {
	switch word {
	case "true", "false":
		is := word == "true"
		return &is
	}
	return nil
}

// natural is a number of 1 or more; 0 for anything else.
func natural(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// seconds is a believable duration; nil for anything else.
func seconds(text string) *float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err == nil && f >= 0 && f <= maxSeconds {
		return &f
	}
	return nil
}

// layouts are the ways Puppet writes a time, since 5.0 and before.
var layouts = []string{time.RFC3339, "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC"}

// moment is the time that text tells; zero if it is none.
func moment(text string) report.Time {
	for _, layout := range layouts {
		t, err := time.Parse(layout, text)
		if t = t.UTC(); err == nil && t.Year() >= 1970 && t.Year() <= 9999 {
			return report.At(t)
		}
	}
	return report.Time{}
}
