package puppet

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/converged/converged/parsers/report"
)

// yamlReader reads a report in YAML piece by piece, as Ruby writes it: a section of
// the root, a resource, a log line at a time. Decoded whole, a report takes twenty
// times its size in memory.
type yamlReader struct {
	*record
	anchors *anchors
}

func readYAML(b block) (*record, error) {
	r := &yamlReader{record: newRecord(), anchors: &anchors{values: map[string][]byte{}}}
	column := b.indent()
	for section := range b.keys(column) {
		if err := r.section(section, column); err != nil {
			if !ended(section.text) && r.ours() { // it is the last one
				err = r.truncated(b)
			}
			return nil, err
		}
	}
	return r.record, nil
}

// section reads one key of the root.
func (r *yamlReader) section(b block, column int) error {
	first, rest := b.first()
	name, value := keyOf(first[column:])
	if name == nil {
		return malformed(b, "a key of the report was expected")
	}
	r.see(string(name))
	open := len(value) == 0 || value[0] == '!' && !bytes.ContainsAny(value, "[{") || value[0] == '&'
	switch key := string(name); {
	case open && key == "logs":
		r.readLogs(rest)
	case open && key == "resource_statuses":
		r.readRows(rest)
	case key == "logs" || key == "resource_statuses" || key == "metrics" || slices.Contains(rootFields, key):
		return r.whole(b, column, key)
	default:
		for _, line := range b.lines() {
			r.anchors.learn(line)
		}
	}
	return nil
}

// whole decodes a section at once: a short one, or one that is not in Ruby's own
// layout.
func (r *yamlReader) whole(b block, column int, name string) error {
	first, rest := b.first()
	r.anchors.learn(first)
	at := bytes.IndexByte(first[column+1:], ':') + column + 2
	text := append(bytes.Clone(r.anchors.resolve(first, at)), rest.text...)
	pairs, err := pairsOf(text)
	if err != nil {
		return malformed(b, err.Error())
	}
	for _, value := range pairs {
		switch name {
		case "logs":
			for _, item := range value.Content {
				r.keep(logOf(item))
			}
		case "resource_statuses":
			for key, status := range fieldsOf(value) {
				r.keepRow(rowOf(key, status))
			}
		case "metrics":
			r.readMetrics(value)
		default:
			r.set(name, scalar(value))
		}
	}
	return nil
}

func (r *yamlReader) readMetrics(all *yaml.Node) {
	for category, metric := range fieldsOf(all) {
		for name, values := range fieldsOf(metric) {
			if symbol(scalar(name)) != "values" {
				continue
			}
			for _, v := range values.Content {
				if len(v.Content) == 3 {
					r.metrics.add(symbol(scalar(category)), scalar(v.Content[0]), scalar(v.Content[2]))
				}
			}
		}
	}
}

// readLogs reads the log, of which only errors are decoded: a command may have
// printed 20,000 lines.
func (r *yamlReader) readLogs(b block) {
	for part := range b.items() {
		f := filter{anchors: r.anchors}
		f.item(part, wantedOfLog)
		text := f.out.Bytes()
		if !mayBeError(text) || len(r.logs) >= maxLogs && len(r.own) >= maxLogs {
			continue
		}
		nodes, err := decode(text)
		switch {
		case err != nil:
			r.lostLog = true
		case nodes.Kind == yaml.SequenceNode && len(nodes.Content) == 1:
			r.keep(logOf(nodes.Content[0]))
		}
	}
}

// mayBeError says whether the text of a log line names a level of isError.
func mayBeError(text []byte) bool {
	for line := range bytes.Lines(text) {
		if _, level, ok := bytes.Cut(line, []byte("level:")); ok {
			words := strings.Fields(string(level)) // a tag may stand before it
			return len(words) > 0 && isError(symbol(strings.Trim(words[len(words)-1], `"'`)))
		}
	}
	return false
}

// readRows reads resource_statuses, in their order.
func (r *yamlReader) readRows(b block) {
	at := b.indent()
	barren := 0 // what is no resource takes as long to read as one, and may be shorter by far
	for part := range b.parts(func(line []byte) bool {
		return !blank(line) && indent(line) == at && !marks(line[at:], ':')
	}) {
		if barren >= maxRows {
			return
		}
		text := r.filterRow(part, at)
		if len(r.rows) >= maxRows && (r.failing || !bytes.Contains(text, []byte("failed"))) {
			continue
		}
		pairs, err := pairsOf(text)
		if err != nil {
			barren++
			r.keepUnreadable(part, at)
			continue
		}
		barren++
		for key, status := range pairs {
			barren--
			r.keepRow(rowOf(key, status))
		}
	}
}

// filterRow is what is wanted of one of resource_statuses, its key included. A key
// of several lines stands behind a question mark, its value behind a colon.
func (r *yamlReader) filterRow(b block, at int) []byte {
	f := filter{anchors: r.anchors}
	first, rest := b.first()
	if !marks(first[at:], '?') {
		f.out.Write(first)
		f.mapping(rest, wantedOfRow)
		return f.out.Bytes()
	}
	end := len(b.text)
	for value := range b.parts(func(line []byte) bool { return indent(line) == at && marks(line[at:], ':') }) {
		end -= len(value.text)
		f.out.Write(b.text[:end])
		f.item(value, wantedOfRow)
		break
	}
	return f.out.Bytes()
}

// keepUnreadable takes what shows of one of resource_statuses that is not YAML: its
// key in the first line, and whether a line says that it failed.
func (r *yamlReader) keepUnreadable(b block, at int) {
	first, rest := b.first()
	key := string(first[at:max(at, bytes.LastIndexByte(first, ']')+1)])
	if !strings.Contains(key, "[") {
		return // the counters still tell of it
	}
	found := row{key: report.Clean(strings.TrimLeft(key, `"'`), maxName), unreadable: true}
	found.Message = lost
	for _, line := range rest.lines() {
		if name, value := keyOf(bytes.TrimLeft(line, " ")); string(name) == "failed" {
			found.set("failed", string(value))
		}
	}
	r.keepRow(found)
}

func rowOf(key, status *yaml.Node) row {
	r := newRow(scalar(key))
	for name, value := range fieldsOf(status) {
		if symbol(scalar(name)) != "events" {
			r.set(symbol(scalar(name)), scalar(value))
			continue
		}
		for _, item := range value.Content {
			var e event
			for name, value := range fieldsOf(item) {
				e.set(symbol(scalar(name)), scalar(value))
			}
			r.add(e)
		}
	}
	return r
}

func logOf(node *yaml.Node) logLine {
	var l logLine
	for name, value := range fieldsOf(node) {
		l.set(symbol(scalar(name)), scalar(value))
	}
	return l
}

// decode is the root of a piece of YAML.
func decode(text []byte) (*yaml.Node, error) {
	if len(text) > maxChunk {
		return nil, fmt.Errorf("a piece of more than %d bytes", maxChunk)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(readable(text), &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 {
		return &yaml.Node{}, nil
	}
	return doc.Content[0], nil
}

// pairsOf decodes a mapping.
func pairsOf(text []byte) (func(yield func(k, v *yaml.Node) bool), error) {
	node, err := decode(text)
	if err != nil {
		return nil, err
	}
	return fieldsOf(node), nil
}

// fieldsOf are the keys and values of a mapping, in their order.
func fieldsOf(node *yaml.Node) func(yield func(k, v *yaml.Node) bool) {
	return func(yield func(k, v *yaml.Node) bool) {
		if node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}

// scalar is the text of a node; empty for null, lists and mappings. Ruby writes
// text whose encoding it does not know as base64.
func scalar(node *yaml.Node) string {
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return ""
	}
	if strings.HasSuffix(node.Tag, "binary") {
		if text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(node.Value), "")); err == nil {
			return string(text)
		}
	}
	return node.Value
}

func malformed(b block, reason string) error {
	return &report.ParseError{Line: b.line, Column: 1, Class: report.ErrMalformed, Reason: reason}
}
