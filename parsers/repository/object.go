package repository

import (
	"errors"

	"github.com/converged/converged/parsers/role"
	"github.com/converged/converged/parsers/ruby"
)

// object is a file in JSON: the keys that are looked at.
type object struct {
	d       *document
	members map[string]role.Member
}

// object reads a file in JSON as Chef's parser does, and keeps some keys.
func (d *document) object(what string, keys ...string) object {
	o := object{d: d}
	if d.unread {
		return o
	}
	whole := make(map[string]bool, len(keys))
	for _, key := range keys {
		whole[key] = true
	}
	var problem *role.Problem
	if o.members, problem = role.Object(d.src, what, whole); problem != nil {
		problem.File = d.file
		if problem.Kind == role.InvalidRole {
			problem.Kind = role.InvalidFile
		}
		d.problems = append(d.problems, *problem)
	}
	return o
}

func (o object) has(key string) bool {
	_, ok := o.members[key]
	return ok
}

func (o object) line(key string) int { return max(1, o.members[key].Line) }

// text is the value of a key that holds a text. Anything else but null is a problem.
func (o object) text(key string) (text string, line int, ok bool) {
	m, there := o.members[key]
	if !there || m.Value == nil {
		return "", 1, false
	}
	s, ok := m.Value.(*ruby.String)
	if !ok {
		o.d.refused(m.Line, "%s must be a String, not %s", key, ruby.Noun(m.Value))
		return "", 1, false
	}
	return utf8Text(s.Text), m.Line, true
}

// hash is the value of a key that holds an object. Anything else but null is a problem.
func (o object) hash(key string) (*ruby.Hash, bool) {
	m, there := o.members[key]
	if !there || m.Value == nil {
		return nil, false
	}
	h, ok := m.Value.(*ruby.Hash)
	if !ok {
		o.d.refused(m.Line, "%s must be a Hash, not %s", key, ruby.Noun(m.Value))
	}
	return h, ok
}

// items is the run list that a key holds.
func (o object) items(key string) []role.Item { return o.itemsOf(key, o.members[key].Value) }

// itemsOf is the run list that stands below a key.
func (o object) itemsOf(key string, v ruby.Value) []role.Item {
	if v == nil {
		return nil
	}
	ev := ruby.NewEvaluator(&ruby.File{}, ruby.Host{})
	items, err := role.Items(ev.CallAt(o.line(key)), []ruby.Value{v})
	if err != nil {
		line := o.line(key)
		if raised, ok := errors.AsType[*ruby.Exception](err); ok {
			line = raised.Line
		}
		o.d.refused(line, "%v", err)
	}
	return items
}
