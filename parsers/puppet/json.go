package puppet

import (
	"slices"

	"github.com/converged/converged/parsers/json"
)

// jsonReader reads a report in JSON, and builds nothing but what is wanted of it.
type jsonReader struct {
	*record
	*json.Scanner
}

func readJSON(data []byte) (*record, error) {
	r := jsonReader{newRecord(), json.NewScanner(data)}
	r.json = true
	for key := range r.Fields() {
		r.root(string(key))
	}
	r.End()
	return r.record, r.Fault()
}

func (r jsonReader) root(key string) {
	r.see(key)
	switch {
	case key == "logs":
		for range r.Items() {
			r.readLog()
		}
	case key == "metrics":
		for category := range r.Fields() {
			r.readMetric(string(category))
		}
	case key == "resource_statuses":
		for resource := range r.Fields() {
			r.readRow(string(resource))
		}
	case slices.Contains(rootFields, key):
		r.set(key, r.scalar())
	default:
		r.Skip()
	}
}

// scalar is the string that comes next, or a number or boolean as it is spelled;
// empty for the rest.
func (r jsonReader) scalar() string {
	switch r.Peek() {
	case '"':
		return r.Verbatim(maxChunk)
	case '{', '[', 'n':
		r.Skip()
		return ""
	}
	return string(r.Raw())
}

// readLog reads a line of the log, of which only an error is decoded: a command
// may have printed 20,000 lines.
func (r jsonReader) readLog() {
	var line logLine
	var message, source []byte
	for key := range r.Fields() {
		switch string(key) {
		case "level":
			line.set("level", r.scalar())
		case "message":
			message = r.Raw()
		case "source":
			source = r.Raw()
		default:
			r.Skip()
		}
	}
	if isError(line.level) {
		line.set("message", jsonReader{Scanner: json.NewScanner(message)}.scalar())
		line.set("source", jsonReader{Scanner: json.NewScanner(source)}.scalar())
		r.keep(line)
	}
}

func (r jsonReader) readMetric(category string) {
	for key := range r.Fields() {
		if string(key) != "values" {
			r.Skip()
			continue
		}
		for range r.Items() {
			var parts []string
			for i := range r.Items() {
				if text := r.scalar(); i <= 3 {
					parts = append(parts, text)
				}
			}
			if len(parts) == 3 {
				r.metrics.add(category, parts[0], parts[2])
			}
		}
	}
}

func (r jsonReader) readRow(resource string) {
	found := newRow(resource)
	r.each(wantedOfRow, func(name, value string) { found.set(name, value) }, func(events wanted) {
		for range r.Items() {
			var e event
			r.each(events, func(name, value string) { e.set(name, value) }, nil)
			found.add(e)
		}
	})
	r.keepRow(found)
}

// each gives what is wanted of the object that comes next to set, and those that
// have wants of their own to nested, which must consume them.
func (r jsonReader) each(want wanted, set func(name, value string), nested func(wanted)) {
	for name := range r.Fields() {
		more, ok := want[string(name)]
		switch {
		case !ok:
			r.Skip()
		case more != nil:
			nested(more)
		default:
			set(string(name), r.scalar())
		}
	}
}
