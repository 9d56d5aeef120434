package role

import "strings"

// roleObject is the role that a Ruby file builds by its calls, as Chef::Role.
type roleObject struct {
	name        *str // at first the file's base name
	nameLine    int  // 0 until it is declared
	description string
	lists       *hash // environment -> *runList
}

// defaultEnv is the environment whose list serves where no other is given.
const defaultEnv = "_default"

func newRoleObject(name string) *roleObject {
	r := &roleObject{name: &str{s: name}, lists: &hash{}}
	r.lists.set(&str{s: defaultEnv}, &runList{})
	return r
}

// roleMethod tells the methods of Chef::Role.
func roleMethod(name string) bool {
	switch name {
	case "name", "description", "run_list", "recipes", "env_run_lists", "env_run_list", "env_run_lists_add",
		"env_run_list_add", "default_attributes", "override_attributes", "run_list_for", "active_run_list_for",
		"to_hash", "to_h", "to_json", "to_s", "update_from!", "save", "create", "destroy", "environment",
		"environments", "chef_server_rest", "chef_server_rest=", "from_file", "class_from_file", "source_file":
		return true
	}
	return false
}

// sendRole calls a method of Chef::Role.
func (ev *evaluator) sendRole(m *message) (value, bool, error) {
	var v value
	var err error
	switch m.name {
	case "name":
		v, err = ev.setName(m)
	case "description":
		v, err = ev.setDescription(m)
	case "run_list", "recipes":
		v, err = ev.setRunList(m)
	case "env_run_lists", "env_run_list":
		v, err = ev.setEnvRunLists(m, true)
	case "env_run_lists_add", "env_run_list_add":
		v, err = ev.setEnvRunLists(m, false)
	case "default_attributes", "override_attributes":
		v, err = ev.setAttributes(m)
	case "to_s":
		v = &str{s: "role[" + ev.role.name.s + "]", line: int(m.line)}
	case "from_file", "class_from_file":
		ev.open = true
		v, err = ev.unread(m, "reads another file as part of this role")
	case "run_list_for":
		v = ev.runListFor(m)
	default:
		if !roleMethod(m.name) {
			return nil, false, nil
		}
		v, err = ev.unread(m, "calls "+m.name+", which is not evaluated")
	}
	return v, true, err
}

// atMostOne reports more arguments than the setters take.
func (m *message) atMostOne() error {
	if len(m.args) > 1 && vagueAt(m.args) < 0 {
		return raise(m.span, "ArgumentError", "wrong number of arguments for %s (given %d, expected 0..1)", m.name, len(m.args))
	}
	return nil
}

// maybe reports a call that sets something but may or may not run.
func (ev *evaluator) maybe(m *message) bool {
	if len(ev.doubts) == 0 {
		return false
	}
	ev.report(m.span, ev.doubts[len(ev.doubts)-1].reason)
	return true
}

func (ev *evaluator) setName(m *message) (value, error) {
	if err := m.atMostOne(); err != nil {
		return nil, err
	}
	v := m.arg(0)
	if f, ok := v.(*fileName); ok {
		v = &unknown{span: m.span, reason: "uses the path of " + f.base}
	}
	switch u := ev.findUnknown(v); {
	case v == nil:
		return ev.role.name, nil
	case u != nil:
		ev.sink(m, u)
		return u, nil
	}
	text, ok := ev.toS(v)
	if !ok || !validName(text) {
		return nil, raise(m.span, "Chef::Exceptions::ValidationFailed", "the name %q holds more than letters, digits, \"-\" and \"_\"", clip(text))
	}
	if !ev.maybe(m) {
		name, isText := v.(*str)
		if !isText {
			name = &str{s: text}
		}
		ev.role.name, ev.role.nameLine = name, int(m.line)
	}
	return v, nil
}

func (ev *evaluator) setDescription(m *message) (value, error) {
	if err := m.atMostOne(); err != nil {
		return nil, err
	}
	switch v := m.arg(0).(type) {
	case nil:
		return &str{s: ev.role.description, line: int(m.line)}, nil
	case *unknown, *fileName:
		return v, nil
	case *str:
		if len(ev.doubts) == 0 {
			ev.role.description = strings.Clone(v.s)
		}
		return v, nil
	default:
		return nil, raise(m.span, "Chef::Exceptions::ValidationFailed", "description must be a String, not %s", article(className(v)))
	}
}

func (ev *evaluator) setAttributes(m *message) (value, error) {
	if err := m.atMostOne(); err != nil {
		return nil, err
	}
	switch v := m.arg(0).(type) {
	case nil:
		return &unknown{span: m.span, reason: "reads the role's attributes"}, nil
	case *hash, *unknown:
		return v, nil
	default:
		return nil, raise(m.span, "Chef::Exceptions::ValidationFailed", "%s must be a Hash, not %s", m.name, article(className(v)))
	}
}

// setRunList is run_list: arguments replace the list of _default.
func (ev *evaluator) setRunList(m *message) (value, error) {
	current, ok := ev.role.lists.get(&str{s: defaultEnv})
	list, isList := current.(*runList)
	switch {
	case len(m.args) == 0:
		return current, nil
	case ev.maybe(m):
		return current, nil
	case !ok:
		return nil, raise(m.span, "NoMethodError", "undefined method `reset!' for nil")
	case !isList:
		return ev.unread(m, "changes a list that is no run list")
	}
	return list, ev.reset(list, m)
}

// setEnvRunLists is env_run_lists, which replaces all lists, or env_run_lists_add.
func (ev *evaluator) setEnvRunLists(m *message, replace bool) (value, error) {
	if err := m.atMostOne(); err != nil {
		return nil, err
	}
	var lists *hash
	switch v := m.arg(0).(type) {
	case nil:
		return ev.role.lists, nil
	case *unknown:
		ev.sink(m, v)
		return ev.role.lists, nil
	case *hash:
		lists = v
	default:
		return nil, raise(m.span, "NoMethodError", "%s needs a Hash of environments, not %s", m.name, article(className(v)))
	}
	if _, ok := lists.get(&str{s: defaultEnv}); replace && !ok && lists.more == nil {
		return nil, raise(m.span, "Chef::Exceptions::InvalidEnvironmentRunListSpecification", "_default key is required in env_run_lists")
	}
	if ev.maybe(m) {
		return ev.role.lists, nil
	}
	if replace {
		*ev.role.lists = hash{}
	}
	if lists.more != nil {
		ev.sink(m, lists.more)
	}
	for i, env := range lists.keys {
		if u, ok := isUnknown(env); ok {
			ev.sink(m, u)
			continue
		}
		list, err := ev.newRunList(m, lists.vals[i])
		ev.role.lists.set(env, list)
		if err != nil {
			return nil, err
		}
	}
	return ev.role.lists, nil
}

func (ev *evaluator) runListFor(m *message) value {
	if u, ok := isUnknown(m.arg(0)); ok {
		return u
	}
	if v, ok := ev.role.lists.get(m.arg(0)); ok {
		return v
	}
	v, _ := ev.role.lists.get(&str{s: defaultEnv})
	return v
}

// sink reports an unknown where it would have changed the role.
func (ev *evaluator) sink(m *message, u *unknown) {
	at := u.span
	if at.line == 0 || u.said {
		at = m.span
	}
	if u.said && u.line == m.line {
		return
	}
	ev.report(at, u.reason)
}

// report notes a place that cannot be known, once, and gives the unknown for it.
func (ev *evaluator) report(at span, reason string) *unknown {
	if !ev.said[at.pos] && len(ev.unresolved) < maxUnresolved {
		ev.said[at.pos] = true
		ev.unresolved = append(ev.unresolved, Unresolved{
			Line:   max(int(at.line), 1),
			Text:   clip(ev.src[min(int(at.pos), len(ev.src)):min(int(at.end), len(ev.src))]),
			Reason: reason,
		})
	}
	return &unknown{span: at, reason: reason, said: true}
}

// maxUnresolved bounds what one file reports.
const maxUnresolved = 1000
