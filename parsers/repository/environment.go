package repository

import "github.com/converged/converged/parsers/ruby"

// environment reads a file of a folder environments: its name alone.
func (d *document) environment() Environment {
	e := Environment{Name: d.base(), File: d.file, Line: 1}
	if d.isJSON() {
		if name, line, ok := d.object("an environment", "name").text("name"); ok && name != "" {
			e.Name, e.Line = name, line
		}
		return e
	}
	d.evaluate(d.parse(), &statements{class: "Chef::Environment", methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"name": d.setter(func(text string, line int) { e.Name, e.Line = text, line }),
	}})
	return e
}
