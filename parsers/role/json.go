package role

import (
	"errors"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// roleKeys are the keys of a JSON role that Chef looks at. Of attributes it
// matters only that they are a hash.
var roleKeys = map[string]bool{
	"name": true, "description": true, "run_list": true, "recipes": true, "env_run_lists": true,
	"default_attributes": false, "override_attributes": false,
}

// jsonRole holds the keys of a JSON role as they stand.
type jsonRole struct {
	members map[string]Member
	ev      *ruby.Evaluator // makes items as the Ruby calls do
}

// readJSON reads a role file in JSON as Chef::Role.from_hash does. Of a file
// that Chef refuses, what could be read is kept.
func readJSON(src, base string) document {
	d := document{role: Role{Name: strings.TrimSuffix(base, ".json"), Format: JSON, Line: 1}}
	j := &jsonRole{ev: ruby.NewEvaluator(&ruby.File{}, ruby.Host{File: base})}
	members, problem := Object(src, "a role", roleKeys)
	j.members = members
	err := j.fill(&d)
	d.role.Unresolved = unresolved(j.ev)
	if problem != nil {
		d.problems = append(d.problems, *problem)
	} else if bad, ok := errors.AsType[*ruby.Exception](err); ok {
		d.problem(InvalidRole, bad.Line, 0, "%s; Chef would refuse to load the file, what stands before is kept", bad)
	}
	return d
}

// call stands at the line of a key.
func (j *jsonRole) call(key string) *ruby.Call { return j.ev.CallAt(max(j.members[key].Line, 1)) }

// fail is the exception that Chef raises about a key.
func (j *jsonRole) fail(key, class, format string, args ...any) error {
	return j.call(key).Raise(class, format, args...)
}

// fill makes the role of the keys.
func (j *jsonRole) fill(d *document) error {
	const invalid = "Chef::Exceptions::ValidationFailed"
	r := &d.role
	if v := j.members["name"].Value; v != nil {
		name, _ := j.call("name").Text(v)
		if !validName(name) {
			return j.fail("name", invalid, "the name %q holds more than letters, digits, \"-\" and \"_\"", ruby.Clip(name))
		}
		d.declared, r.Name, r.Line = true, strings.Clone(name), j.members["name"].Line
	}
	if v := j.members["description"].Value; v != nil {
		s, ok := v.(*ruby.String)
		if !ok {
			return j.fail("description", invalid, "description must be a String, not %s", ruby.Noun(v))
		}
		r.Description = strings.ToValidUTF8(strings.Clone(s.Text), "\uFFFD")
	}
	for _, key := range []string{"default_attributes", "override_attributes"} {
		v := j.members[key].Value
		if _, ok := v.(*ruby.Hash); !ok && v != nil {
			return j.fail(key, invalid, "%s must be a Hash, not %s", key, ruby.Noun(v))
		}
	}
	return j.fillLists(r)
}

// fillLists makes the run lists. "_default" of env_run_lists overrides run_list,
// and recipes counts only without run_list.
func (j *jsonRole) fillLists(r *Role) error {
	key := "run_list"
	if _, ok := j.members[key]; !ok {
		key = "recipes"
	}
	list := j.members[key].Value
	lists := &ruby.Hash{}
	switch env := j.members["env_run_lists"].Value.(type) {
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
