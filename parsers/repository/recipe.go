package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
	"github.com/converged/converged/parsers/ruby"
)

// recipe reads a recipe of a cookbook. Recipes in YAML and JSON only list
// resources: they include no others.
func (d *document) recipe(cookbook, name string) Recipe {
	r := Recipe{Name: cookbook + "::" + name, File: d.file}
	if path.Ext(d.file) != ".rb" {
		return r
	}
	file := d.parse()
	if !strings.Contains(d.src, "include_recipe") {
		return r
	}
	sites := file.Calls("include_recipe")
	if !d.plain(&r, sites) {
		evaluated := d.follow(&r, cookbook, name, file)
		d.suppose(&r, sites, evaluated)
	}
	r.Unresolved = d.unresolved
	return r
}

// turning are the words by which a recipe may end, leave a part out or change
// what a call means; other words of which they are a part only cost time.
var turning = []string{"return", "raise", "fail", "exit", "abort", "throw", "break", "next", "eval", "send", "BEGIN", "alias", "def include_recipe"}

// plain adds what a recipe includes in the everyday way, without a need to
// follow it: by constant names, where nothing decides on it. ok is false, and
// nothing is added, for any other recipe.
func (d *document) plain(r *Recipe, sites []ruby.Site) (ok bool) {
	turns := func(word string) bool { return strings.Contains(d.src, word) }
	if slices.ContainsFunc(turning, turns) || len(d.problems) > 0 {
		return false
	}
	var includes []Include
	for _, site := range sites {
		if site.Under != "" || site.Receiver {
			return false
		}
		for _, v := range site.Args {
			s, isText := v.(*ruby.String)
			if !isText || s.Line < 1 || len(includes) == maxNamed {
				return false
			}
			includes = append(includes, Include{Recipe: qualified(r.cookbook(), utf8Text(s.Text)), Line: s.Line})
		}
	}
	r.Includes = includes
	return true
}

// follow adds what a recipe includes as Ruby would run it, and gives the lines
// of the calls that were met.
func (d *document) follow(r *Recipe, cookbook, name string, file *ruby.File) (evaluated map[int]bool) {
	evaluated = map[int]bool{}
	own := map[string]ruby.Value{"@cookbook_name": &ruby.String{Text: cookbook}, "@recipe_name": &ruby.String{Text: name}}
	text := func(c *ruby.Call) (ruby.Value, error) { return own["@"+c.Name], nil }
	d.evaluate(file, &statements{class: "Chef::Recipe", raises: true, variables: own, methods: map[string]func(*ruby.Call) (ruby.Value, error){
		"cookbook_name": text,
		"recipe_name":   text,
		"include_recipe": func(c *ruby.Call) (ruby.Value, error) {
			evaluated[c.Line()] = true
			return nil, d.include(r, c, c.Args, false)
		},
	}})
	return evaluated
}

// supposed collects what stands where the evaluation did not come by: in methods
// and classes, in blocks of what is not known, and after what ended it.
type supposed struct {
	d     *document
	r     *Recipe
	line  int          // of the call
	known map[int]bool // the lines of calls that were evaluated
	found map[Include]bool
}

func (d *document) suppose(r *Recipe, sites []ruby.Site, evaluated map[int]bool) {
	s := supposed{d: d, r: r, known: evaluated, found: map[Include]bool{}}
	for _, i := range r.Includes {
		i.Maybe = true
		s.found[i] = true
	}
	for _, site := range sites {
		s.line = site.Line
		s.add(site.Args)
	}
	slices.SortStableFunc(r.Includes, func(a, b Include) int { return a.Line - b.Line })
	slices.SortStableFunc(d.unresolved, func(a, b role.Unresolved) int { return a.Line - b.Line })
}

func (s *supposed) add(names []ruby.Value) {
	for _, v := range names {
		switch v := v.(type) {
		case *ruby.Array:
			s.add(v.Items)
		case *ruby.String:
			i := Include{Recipe: qualified(s.r.cookbook(), utf8Text(v.Text)), Line: max(v.Line, s.line), Maybe: true}
			if !s.found[i] && len(s.r.Includes) < maxNamed {
				s.found[i] = true
				s.r.Includes = append(s.r.Includes, i)
			}
		case *ruby.Unknown:
			if !s.known[s.line] {
				s.d.lostAt(s.line, v.Reason)
			}
		}
	}
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
