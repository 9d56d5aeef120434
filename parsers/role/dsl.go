package role

import (
	"cmp"

	"github.com/converged/converged/parsers/ruby"
)

// roleObject is the role that a Ruby file builds by its calls, as Chef::Role.
type roleObject struct {
	name        *ruby.String // at first the file's base name
	nameLine    int          // 0 until it is declared
	description *ruby.String
	lists       *ruby.Hash  // environment -> *runList
	maybe       []MaybeItem // of calls in doubt that would replace the lists
}

// defaultEnv is the environment whose list serves where no other is given.
const defaultEnv = "_default"

func newRoleObject(name string) *roleObject {
	r := &roleObject{name: &ruby.String{Text: name}, description: &ruby.String{}, lists: &ruby.Hash{}}
	r.lists.Set(&ruby.String{Text: defaultEnv}, &runList{})
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

// Class names the class that the object stands for.
func (r *roleObject) Class() string { return "Chef::Role" }

// Responds tells the methods of Chef::Role.
func (r *roleObject) Responds(method string) bool { return roleMethod(method) }

// Keeps tells the variables of Chef::Role.
func (r *roleObject) Keeps(variable string) string {
	switch variable {
	case "@name", "@description", "@env_run_lists", "@default_attributes", "@override_attributes", "@chef_server_rest":
		return "the role's own"
	}
	return ""
}

// Send calls a method of Chef::Role.
func (r *roleObject) Send(c *ruby.Call) (ruby.Value, bool, error) {
	var v ruby.Value
	var err error
	switch c.Name {
	case "name":
		v, err = r.setName(c)
	case "description":
		v, err = r.setDescription(c)
	case "run_list", "recipes":
		v, err = r.setRunList(c)
	case "env_run_lists", "env_run_list":
		v, err = r.setEnvRunLists(c, true)
	case "env_run_lists_add", "env_run_list_add":
		v, err = r.setEnvRunLists(c, false)
	case "default_attributes", "override_attributes":
		v, err = r.setAttributes(c)
	case "to_s":
		v = &ruby.String{Text: "role[" + r.name.Text + "]", Line: c.Line()}
	case "from_file", "class_from_file":
		c.MayDefine()
		v, err = c.Unread("reads another file as part of this role")
	case "run_list_for":
		v = r.runListFor(c)
	default:
		if !roleMethod(c.Name) {
			return nil, false, nil
		}
		v, err = c.Unread("calls " + c.Name + ", which is not evaluated")
	}
	return v, true, err
}

// maybe reports a call that sets something but may or may not run, and tells
// the condition on which it does.
func maybe(c *ruby.Call) (condition string, inDoubt bool) {
	d, inDoubt := c.Doubt()
	if inDoubt {
		c.Report(d.Reason)
	}
	return d.Condition, inDoubt
}

func (r *roleObject) setName(c *ruby.Call) (ruby.Value, error) {
	if err := c.AtMost(1); err != nil {
		return nil, err
	}
	v := c.Arg(0)
	if f, ok := v.(*ruby.FileName); ok {
		v = c.Unknown("uses the path of " + f.Base)
	}
	switch u := c.Find(v); {
	case v == nil:
		return r.name, nil
	case u != nil:
		c.Lose(u)
		return u, nil
	}
	text, ok := c.Text(v)
	if !ok || !validName(text) {
		return nil, c.Raise("Chef::Exceptions::ValidationFailed", "the name %q holds more than letters, digits, \"-\" and \"_\"", ruby.Clip(text))
	}
	if _, inDoubt := maybe(c); !inDoubt {
		name, isText := v.(*ruby.String)
		if !isText {
			name = &ruby.String{Text: text}
		}
		r.name, r.nameLine = name, c.Line()
	}
	return v, nil
}

func (r *roleObject) setDescription(c *ruby.Call) (ruby.Value, error) {
	if err := c.AtMost(1); err != nil {
		return nil, err
	}
	switch v := c.Arg(0).(type) {
	case nil:
		return r.description, nil
	case *ruby.Unknown, *ruby.FileName:
		return v, nil
	case *ruby.String:
		if _, inDoubt := c.Doubt(); !inDoubt {
			r.description = v
		}
		return v, nil
	default:
		return nil, c.Raise("Chef::Exceptions::ValidationFailed", "description must be a String, not %s", ruby.Noun(v))
	}
}

func (r *roleObject) setAttributes(c *ruby.Call) (ruby.Value, error) {
	if err := c.AtMost(1); err != nil {
		return nil, err
	}
	switch v := c.Arg(0).(type) {
	case nil:
		return c.Unknown("reads the role's attributes"), nil
	case *ruby.Hash, *ruby.Unknown:
		return v, nil
	default:
		return nil, c.Raise("Chef::Exceptions::ValidationFailed", "%s must be a Hash, not %s", c.Name, ruby.Noun(v))
	}
}

// setRunList is run_list: arguments replace the list of _default.
func (r *roleObject) setRunList(c *ruby.Call) (ruby.Value, error) {
	current, ok := r.lists.Get(&ruby.String{Text: defaultEnv})
	list, isList := current.(*runList)
	if len(c.Args) == 0 {
		return current, nil
	}
	condition, inDoubt := maybe(c)
	switch {
	case inDoubt && isList:
		if err := list.doubtReplaced(c, doubt(c), c.Args); err != nil {
			return nil, err
		}
		return current, list.supposeAll(c, condition)
	case inDoubt:
		return current, nil
	case !ok:
		return nil, c.Raise("NoMethodError", "undefined method `reset!' for nil")
	case !isList:
		return c.Unread("changes a list that is no run list")
	}
	return list, list.reset(c)
}

// setEnvRunLists is env_run_lists, which replaces all lists, or env_run_lists_add.
func (r *roleObject) setEnvRunLists(c *ruby.Call, replace bool) (ruby.Value, error) {
	if err := c.AtMost(1); err != nil {
		return nil, err
	}
	var lists *ruby.Hash
	switch v := c.Arg(0).(type) {
	case nil:
		return r.lists, nil
	case *ruby.Unknown:
		c.Lose(v)
		if replace {
			if err := r.doubtLists(c, &ruby.Hash{}, cmp.Or(doubt(c), chooses(c, v)), true); err != nil {
				return nil, err
			}
		}
		return r.lists, r.supposeChoices(c, v)
	case *ruby.Hash:
		lists = v
	default:
		return nil, c.Raise("NoMethodError", "%s needs a Hash of environments, not %s", c.Name, ruby.Noun(v))
	}
	if _, ok := lists.Get(&ruby.String{Text: defaultEnv}); replace && !ok && lists.More() == nil {
		return nil, c.Raise("Chef::Exceptions::InvalidEnvironmentRunListSpecification", "_default key is required in env_run_lists")
	}
	if condition, inDoubt := maybe(c); inDoubt {
		if err := r.doubtLists(c, lists, doubt(c), replace); err != nil {
			return nil, err
		}
		return r.lists, r.supposeLists(c, lists, condition)
	}
	if replace {
		*r.lists, r.maybe = ruby.Hash{}, nil
	}
	if more := lists.More(); more != nil {
		c.Lose(more)
	}
	for env, v := range lists.All() {
		if u, ok := env.(*ruby.Unknown); ok {
			c.Lose(u)
			continue
		}
		list, err := newRunList(c, v)
		r.lists.Set(env, list)
		if err == nil {
			err = c.Spend(4 * len(list.items)) // a list may stand for many environments
		}
		if err != nil {
			return nil, err
		}
	}
	return r.lists, nil
}

func (r *roleObject) runListFor(c *ruby.Call) ruby.Value {
	if u, ok := c.Arg(0).(*ruby.Unknown); ok {
		return u
	}
	if v, ok := r.lists.Get(c.Arg(0)); ok {
		return v
	}
	v, _ := r.lists.Get(&ruby.String{Text: defaultEnv})
	return v
}
