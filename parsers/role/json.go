package role

import (
	"errors"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// jsonRole holds the keys of a JSON role that Chef looks at, as they stand.
type jsonRole struct {
	name, description   ruby.Value
	defaults, overrides ruby.Value
	runList, recipes    ruby.Value
	envRunLists         ruby.Value
	hasRunList          bool
	lines               map[string]int  // of each key
	ev                  *ruby.Evaluator // makes items as the Ruby calls do
}

// readJSON reads a role file in JSON as Chef::Role.from_hash does. Of a file
// that Chef refuses, what could be read is kept.
func readJSON(src, base string) document {
	d := document{role: Role{Name: strings.TrimSuffix(base, ".json"), Format: JSON, Line: 1}}
	r := &jsonReader{src: src, line: 1}
	j := &jsonRole{lines: make(map[string]int), ev: ruby.NewEvaluator(&ruby.File{}, ruby.Host{File: base})}
	if c := r.white(); src == "" || c != '{' && c != 0 && r.isOther() {
		d.problem(InvalidRole, r.line, r.column(r.pos), "a role is an object, \"{…}\", and this is none; Chef would refuse to load the file, nothing of it is read")
		return d
	} else if c != '{' {
		r.unexpected("\"{\"")
	}
	if r.err == nil {
		r.members(func(key *ruby.String) { j.member(r, key) })
	}
	if r.err == nil && r.white() != 0 {
		r.unexpected("the end of the file")
	}
	err := j.fill(&d)
	d.role.Unresolved = unresolved(j.ev)
	if fault := r.err; fault != nil {
		kind := SyntaxError
		if fault.limit {
			kind = TooLarge
		}
		d.problem(kind, fault.line, r.column(fault.pos), "%s; Chef cannot load the file, what stands before is kept", fault.msg)
		return d
	}
	if bad, ok := errors.AsType[*ruby.Exception](err); ok {
		d.problem(InvalidRole, bad.Line, 0, "%s; Chef would refuse to load the file, what stands before is kept", bad)
	}
	return d
}

// isOther tells whether the file is a whole value that is no object.
func (r *jsonReader) isOther() bool {
	probe := *r
	probe.value(false)
	return probe.white() == 0 && probe.err == nil
}

// column is the place of a byte in its line, in characters from 1.
func (r *jsonReader) column(pos int) int {
	start := strings.LastIndexByte(r.src[:pos], '\n') + 1
	return len([]rune(r.src[start:pos])) + 1
}

// member reads the value of one key.
func (j *jsonRole) member(r *jsonReader, key *ruby.String) {
	r.white()
	j.lines[key.Text] = r.line
	switch key.Text {
	case "name":
		j.name = r.value(true)
	case "description":
		j.description = r.value(true)
	case "run_list":
		j.hasRunList = true
		j.runList = r.value(true)
	case "recipes":
		j.recipes = r.value(true)
	case "env_run_lists":
		j.envRunLists = r.value(true)
	case "default_attributes":
		j.defaults = r.value(false)
	case "override_attributes":
		j.overrides = r.value(false)
	default:
		r.value(false)
	}
}

// call stands at the line of a key.
func (j *jsonRole) call(key string) *ruby.Call { return j.ev.CallAt(max(j.lines[key], 1)) }

// fail is the exception that Chef raises about a key.
func (j *jsonRole) fail(key, class, format string, args ...any) error {
	return j.call(key).Raise(class, format, args...)
}

// fill makes the role of the keys.
func (j *jsonRole) fill(d *document) error {
	const invalid = "Chef::Exceptions::ValidationFailed"
	r := &d.role
	if j.name != nil {
		name, _ := j.call("name").Text(j.name)
		if !validName(name) {
			return j.fail("name", invalid, "the name %q holds more than letters, digits, \"-\" and \"_\"", ruby.Clip(name))
		}
		d.declared, r.Name, r.Line = true, strings.Clone(name), j.lines["name"]
	}
	if j.description != nil {
		s, ok := j.description.(*ruby.String)
		if !ok {
			return j.fail("description", invalid, "description must be a String, not %s", ruby.Noun(j.description))
		}
		r.Description = strings.ToValidUTF8(strings.Clone(s.Text), "\uFFFD")
	}
	for i, v := range []ruby.Value{j.defaults, j.overrides} {
		if _, ok := v.(*ruby.Hash); !ok && v != nil {
			key := []string{"default_attributes", "override_attributes"}[i]
			return j.fail(key, invalid, "%s must be a Hash, not %s", key, ruby.Noun(v))
		}
	}
	return j.fillLists(r)
}

// fillLists makes the run lists. "_default" of env_run_lists overrides run_list,
// and recipes counts only without run_list.
func (j *jsonRole) fillLists(r *Role) error {
	key, list := "run_list", j.runList
	if !j.hasRunList {
		key, list = "recipes", j.recipes
	}
	lists := &ruby.Hash{}
	switch env := j.envRunLists.(type) {
	case nil:
	case *ruby.Hash:
		lists = env
	default:
		if env != false {
			return j.fail("env_run_lists", "TypeError", "env_run_lists must be a Hash, not %s", ruby.Noun(env))
		}
	}
	if v, ok := lists.Get(&ruby.String{Text: defaultEnv}); ok {
		key, list = "env_run_lists", v
	}
	items, err := j.items(key, list)
	if r.RunList = distinct(items); err != nil {
		return err
	}
	for env, v := range lists.All() {
		name := env.(*ruby.String).Text
		if name == defaultEnv {
			continue
		}
		items, err := j.items("env_run_lists", v)
		if r.EnvRunLists == nil {
			r.EnvRunLists = make(map[string][]Item)
		}
		if r.EnvRunLists[strings.Clone(name)] = items; err != nil {
			return err
		}
	}
	return nil
}

// items makes a list of what a key holds, which may be a single text or null.
func (j *jsonRole) items(key string, v ruby.Value) ([]Item, error) {
	l, err := newRunList(j.call(key), v)
	return l.items, err
}
