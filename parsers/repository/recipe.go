package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// recipe reads a recipe of a cookbook. Recipes in YAML and JSON only list
// resources: they include no others.
func (d *document) recipe(cookbook, name string) Recipe {
	r := Recipe{Name: cookbook + "::" + name, File: d.file}
	if path.Ext(d.file) != ".rb" {
		return r
	}
	text := func(s string) func(c *ruby.Call) (ruby.Value, error) {
		return func(c *ruby.Call) (ruby.Value, error) { return &ruby.String{Text: s, Line: c.Line()}, nil }
	}
	file := d.evaluate(&statements{class: "Chef::Recipe", methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"cookbook_name": text(cookbook),
		"recipe_name":   text(name),
		"include_recipe": func(c *ruby.Call) (ruby.Value, error) {
			return nil, r.include(cookbook, c, c.Args)
		},
	}})
	r.suppose(cookbook, file)
	r.Unresolved = d.unresolved
	return r
}

// suppose adds what stands where the evaluation did not come by: in methods and
// classes, and after what ended it.
func (r *Recipe) suppose(cookbook string, file *ruby.File) {
	type place struct {
		recipe string
		line   int
	}
	found := map[place]bool{}
	for _, i := range r.Includes {
		found[place{i.Recipe, i.Line}] = true
	}
	for _, site := range file.Calls("include_recipe") {
		for _, v := range site.Args {
			s, ok := v.(*ruby.String)
			if !ok {
				continue
			}
			i := Include{Recipe: qualified(cookbook, utf8Text(s.Text)), Line: max(s.Line, site.Line), Maybe: true}
			if key := (place{i.Recipe, i.Line}); !found[key] {
				found[key] = true
				r.Includes = append(r.Includes, i)
			}
		}
	}
	slices.SortStableFunc(r.Includes, func(a, b Include) int { return a.Line - b.Line })
}

// include is include_recipe NAME, ...; lists among the names are flattened.
func (r *Recipe) include(cookbook string, c *ruby.Call, names []ruby.Value) error {
	if err := c.Spend(1); err != nil {
		return err
	}
	_, maybe := c.Doubt()
	for _, v := range names {
		if list, ok := v.(*ruby.Array); ok {
			if err := r.include(cookbook, c, list.Items); err != nil {
				return err
			}
			continue
		}
		name, ok := known(c, v)
		if !ok {
			continue
		}
		line := c.Line()
		if s, ok := v.(*ruby.String); ok && s.Line > 0 {
			line = s.Line
		}
		r.Includes = append(r.Includes, Include{Recipe: qualified(cookbook, name), Line: line, Maybe: maybe})
	}
	return nil
}

// qualified is the whole name of a recipe: "nginx" is nginx::default, and "::ssl"
// the recipe ssl of the cookbook that says so.
func qualified(cookbook, name string) string {
	switch {
	case strings.HasPrefix(name, "::"):
		return cookbook + name
	case strings.Contains(name, "::"):
		return name
	}
	return name + "::default"
}
