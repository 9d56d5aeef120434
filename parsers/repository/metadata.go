package repository

import (
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// anyVersion is what Chef writes where a constraint is not given.
const anyVersion = ">= 0.0.0"

// metadata takes over what a cookbook's metadata.rb or metadata.json says.
func (d *document) metadata(c *Cookbook) {
	c.File = d.file
	if d.isJSON() {
		d.metadataJSON(c)
	} else {
		d.metadataRuby(c)
	}
	c.Unresolved = d.unresolved
}

// metadataJSON reads the keys of metadata.json that Chef::Cookbook::Metadata
// takes: name and dependencies.
func (d *document) metadataJSON(c *Cookbook) {
	o := d.object("the metadata", "name", "dependencies")
	if name, line, ok := o.text("name"); ok && name != "" {
		c.Name, c.Line = name, line
	}
	depends, ok := o.hash("dependencies")
	if !ok {
		return
	}
	for key, v := range depends.All() {
		name, _ := ruby.Name(key)
		constraint, isText := ruby.Name(v)
		line := o.line("dependencies")
		if s, ok := key.(*ruby.String); ok && s.Line > 0 {
			line = s.Line
		}
		if !isText {
			d.refused(line, "the version of the dependency %q must be a String, not %s", ruby.Clip(name), ruby.Noun(v))
			return
		}
		c.Depends = append(c.Depends, dependency(d.file, line, name, constraint))
	}
}

func dependency(file string, line int, name, constraint string) Dependency {
	if constraint = strings.TrimSpace(constraint); constraint == anyVersion {
		constraint = ""
	}
	return Dependency{Cookbook: utf8Text(name), Constraint: utf8Text(constraint), File: file, Line: max(1, line)}
}

// metadataRuby follows metadata.rb. Chef passes over methods it does not know.
func (d *document) metadataRuby(c *Cookbook) {
	d.evaluate(d.parse(), &statements{class: "Chef::Cookbook::Metadata", methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"name": d.setter(func(text string, line int) { c.Name, c.Line = text, line }),
		"depends": func(call *ruby.Call) (ruby.Value, error) {
			d.depends(c, call)
			return nil, nil
		},
	}})
}

// depends is depends NAME, CONSTRAINT. The constraint may be unknown.
func (d *document) depends(c *Cookbook, call *ruby.Call) {
	if len(call.Args) == 0 {
		return
	}
	name, ok := d.known(call, call.Arg(0))
	if !ok {
		return
	}
	constraint, _ := ruby.Name(call.Arg(1))
	_, maybe := call.Doubt()
	dep := dependency(d.file, call.Line(), name, constraint)
	dep.Maybe = maybe
	if d.room(call, len(c.Depends)) {
		c.Depends = append(c.Depends, dep)
	}
}
