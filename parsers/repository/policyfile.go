package repository

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
	"github.com/converged/converged/parsers/ruby"
)

// lockEnding is that of the file that "chef install" writes beside a Policyfile.
const lockEnding = ".lock.json"

// policies reads a Policyfile or a lock, or all that a directory holds: files
// named Policyfile*.rb or *.lock.json, and every .rb in folders named policyfiles
// or policies; if there is none, every .rb right in the directory.
func (r *reader) policies(place string) error {
	if isFile(place) {
		return r.one(place, "Policyfiles", func(d *document) { r.policy(d, true) })
	}
	before := len(r.set.Problems)
	files, err := r.find(place, role.Search{What: "Policyfiles", Match: func(rel string) bool {
		return isPolicyfile(folderName(place) + "/" + rel)
	}})
	if err != nil || len(files) == 0 {
		r.set.Problems = r.set.Problems[:before]
		files, err = r.find(place, role.Search{What: "Policyfiles", Match: func(rel string) bool {
			return !strings.Contains(rel, "/") && strings.HasSuffix(rel, ".rb")
		}})
	}
	if err != nil {
		return fmt.Errorf("%w; expected Policyfile.rb, *.lock.json, or .rb files in a folder policyfiles or policies", err)
	}
	for _, rel := range files {
		r.file(below(place, rel), func(d *document) { r.policy(d, false) })
	}
	return nil
}

// isPolicyfile tells Policyfiles and locks by their names and folders.
func isPolicyfile(rel string) bool {
	parent, name := path.Split(rel)
	if !strings.HasSuffix(name, ".rb") {
		return strings.HasSuffix(name, lockEnding)
	}
	folder := path.Base(parent)
	return folder == "policyfiles" || folder == "policies" || strings.HasPrefix(name, "Policyfile")
}

// policy reads one file. Locks of other tools are left out unless they are asked for.
func (r *reader) policy(d *document, asked bool) {
	p := Policy{Name: policyName(d.file), File: d.file, Line: 1, Named: map[string][]role.Item{}}
	if !d.isJSON() {
		d.policyRuby(&p)
	} else if !d.policyLock(&p) && !asked {
		return
	}
	p.Unresolved = d.unresolved
	r.set.Policies = append(r.set.Policies, p)
}

// policyName is the name of a policy that its file gives it: that of the folder
// for a Policyfile.rb, else the file's own.
func policyName(file string) string {
	name := path.Base(file)
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".rb"), ".json")
	if name = strings.TrimSuffix(name, ".lock"); name != "Policyfile" {
		return name
	}
	return folderName(path.Dir(file))
}

// policyRuby follows a Policyfile.
func (d *document) policyRuby(p *Policy) {
	d.evaluate(d.parse(), &statements{class: "ChefCLI::Policyfile::DSL", methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"name":     d.setter(func(text string, line int) { p.Name, p.Line = text, line }),
		"run_list": d.runList(func(items []role.Item) { p.RunList = items }),
		"include_policy": func(c *ruby.Call) (ruby.Value, error) {
			if name, ok := d.known(c, c.Arg(0)); ok && name != "" && d.room(c, len(p.Includes)) {
				_, maybe := c.Doubt()
				p.Includes = append(p.Includes, PolicyInclude{Policy: name, Line: c.Line(), Maybe: maybe})
			}
			return nil, nil
		},
		"named_run_list": func(c *ruby.Call) (ruby.Value, error) {
			name, ok := d.certain(c, c.Arg(0))
			if !ok || len(c.Args) < 2 {
				return nil, nil
			}
			items, err := d.items(c, c.Args[1:])
			p.Named[name] = items
			return nil, err
		},
	}})
}

// policyLock reads a lock; ok is false when it is one of another tool. Its items
// are written out by the program that makes it: "recipe[nginx::default]" is what
// its Policyfile calls nginx.
func (d *document) policyLock(p *Policy) (ok bool) {
	o := d.object("a lock", "name", "run_list", "named_run_lists")
	if len(d.problems) == 0 && (!o.has("name") || !o.has("run_list")) {
		return false
	}
	if name, line, ok := o.text("name"); ok && name != "" {
		p.Name, p.Line = name, line
	}
	p.RunList = shortened(o.items("run_list"))
	named, isHash := o.hash("named_run_lists")
	if !isHash {
		return true
	}
	for key, v := range named.All() {
		name, _ := ruby.Name(key)
		p.Named[utf8Text(name)] = shortened(o.itemsOf("named_run_lists", v))
	}
	return true
}

func shortened(items []role.Item) []role.Item {
	items = slices.Clone(items)
	for i := range items {
		items[i].Name = strings.TrimSuffix(items[i].Name, "::default")
	}
	return items
}
