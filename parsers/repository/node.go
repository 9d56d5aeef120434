package repository

import (
	"github.com/converged/converged/parsers/role"
	"github.com/converged/converged/parsers/ruby"
)

// defaultEnvironment is that of a node whose file names none.
const defaultEnvironment = "_default"

// node reads a file of a folder nodes. Attributes are passed over unread.
func (d *document) node() Node {
	n := Node{Name: d.base(), File: d.file, Line: 1, Environment: defaultEnvironment, EnvLine: 1}
	if d.isJSON() {
		d.nodeJSON(&n)
	} else {
		d.nodeRuby(&n)
	}
	n.Unresolved = d.unresolved
	return n
}

// nodeJSON reads the keys of a node that Chef::Node.from_hash takes; recipes
// counts only without run_list.
func (d *document) nodeJSON(n *Node) {
	o := d.object("a node", "name", "chef_environment", "run_list", "recipes", "policy_name", "policy_group")
	if name, line, ok := o.text("name"); ok && name != "" {
		n.Name, n.Line = name, line
	}
	if env, line, ok := o.text("chef_environment"); ok && env != "" {
		n.Environment, n.EnvLine = env, line
	}
	n.PolicyName, _, _ = o.text("policy_name")
	n.PolicyGroup, _, _ = o.text("policy_group")
	list := "run_list"
	if !o.has(list) {
		list = "recipes"
	}
	n.RunList = o.items(list)
}

// nodeRuby follows a node file as Chef::Node does: what it does not know is an attribute.
func (d *document) nodeRuby(n *Node) {
	environment := d.setter(func(text string, line int) { n.Environment, n.EnvLine = text, line })
	list := d.runList(func(items []role.Item) { n.RunList = items })
	d.evaluate(d.parse(), &statements{class: "Chef::Node", methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"name":             d.setter(func(text string, line int) { n.Name, n.Line = text, line }),
		"chef_environment": environment,
		"environment":      environment,
		"policy_name":      d.setter(func(text string, _ int) { n.PolicyName = text }),
		"policy_group":     d.setter(func(text string, _ int) { n.PolicyGroup = text }),
		"run_list":         list,
		"recipes":          list,
	}})
}

// runList is a method that replaces a run list by its arguments.
func (d *document) runList(set func(items []role.Item)) func(c *ruby.Call) (ruby.Value, error) {
	return func(c *ruby.Call) (ruby.Value, error) {
		if len(c.Args) == 0 {
			d.lost(c, "reads or changes a run list, which is not evaluated")
			return c.Skip("reads a run list")
		}
		if doubt, inDoubt := c.Doubt(); inDoubt {
			d.lost(c, doubt.Reason)
			return c.Unknown(doubt.Reason), nil
		}
		items, err := d.items(c, c.Args)
		set(items)
		return nil, err
	}
}

// items are the items of a run list. What of it is not known is reported.
func (d *document) items(c *ruby.Call, values []ruby.Value) ([]role.Item, error) {
	for _, v := range values {
		if u := c.Find(v); u != nil {
			d.lost(c, u.Reason)
		}
	}
	return role.Items(c, values)
}
