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
	file := d.parse()
	if !strings.Contains(d.src, "include_recipe") {
		return r
	}
	d.evaluate(file, &statements{class: "Chef::Recipe", raises: true, methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"cookbook_name": text(cookbook),
		"recipe_name":   text(name),
		"include_recipe": func(c *ruby.Call) (ruby.Value, error) {
			return nil, d.include(&r, c, c.Args, false)
		},
	}})
	r.suppose(file)
	r.Unresolved = d.unresolved
	return r
}

// suppose adds what stands where the evaluation did not come by: in methods and
// classes, and after what ended it.
func (r *Recipe) suppose(file *ruby.File) {
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
			i := Include{Recipe: qualified(r.cookbook(), utf8Text(s.Text)), Line: max(s.Line, site.Line), Maybe: true}
			if key := (place{i.Recipe, i.Line}); !found[key] {
				found[key] = true
				r.Includes = append(r.Includes, i)
			}
		}
	}
	slices.SortStableFunc(r.Includes, func(a, b Include) int { return a.Line - b.Line })
}

// include is include_recipe NAME, ...; lists among the names are flattened. Of a
// name that is not known, those that the file says it may be may be included.
func (d *document) include(r *Recipe, c *ruby.Call, names []ruby.Value, maybe bool) error {
	if err := c.Spend(1); err != nil {
		return err
	}
	_, inDoubt := c.Doubt()
	maybe = maybe || inDoubt
	for _, v := range names {
		switch v := v.(type) {
		case *ruby.Array:
			if err := d.include(r, c, v.Items, maybe); err != nil {
				return err
			}
		case *ruby.Unknown:
			d.lost(c, v.Reason)
			for _, choice := range c.Choices(v) {
				d.includeOne(r, c, choice.Value, true)
			}
		default:
			d.includeOne(r, c, v, maybe)
		}
	}
	return nil
}

func (d *document) includeOne(r *Recipe, c *ruby.Call, v ruby.Value, maybe bool) {
	if _, again := v.(*ruby.Unknown); again {
		return
	}
	name, ok := d.known(c, v)
	if !ok {
		return
	}
	line := c.Line()
	if s, ok := v.(*ruby.String); ok && s.Line > 0 {
		line = s.Line
	}
	if d.room(c, len(r.Includes)) {
		r.Includes = append(r.Includes, Include{Recipe: qualified(r.cookbook(), name), Line: line, Maybe: maybe})
	}
}

// cookbook is the one that the recipe is of.
func (r *Recipe) cookbook() string {
	cookbook, _, _ := strings.Cut(r.Name, "::")
	return cookbook
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
