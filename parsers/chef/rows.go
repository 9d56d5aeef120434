package chef

import (
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// rows is the resources of a JsonFile document. What became of them is known
// only once the run's outcome is: until settle, one that was not executed is
// Unprocessed.
type rows struct {
	list    []report.Resource // at most maxRows; nil if the document has null
	origins []origin          // one for each in list
	total   *int              // all of them; nil if the document has null
	ran     bool              // at least one was executed
}

// origin is what else a row is recognised by.
type origin struct{ class, recipe string }

// rows is the array of resources that comes next.
func (s *scanner) rows() rows {
	if !s.IsArray() {
		s.Skip()
		return rows{}
	}
	r := rows{list: []report.Resource{}, total: new(int)}
	for range s.Items() {
		one, from := s.row()
		r.ran = r.ran || one.Duration != nil
		if *r.total++; *r.total <= maxRows {
			r.list = append(r.list, one)
			r.origins = append(r.origins, from)
		}
	}
	return r
}

// row is a {"json_class": ..., "instance_vars": {...}}.
func (s *scanner) row() (r report.Resource, from origin) {
	for key := range s.Fields() {
		switch string(key) {
		case "json_class":
			from.class = s.Word(maxName)
		case "instance_vars":
			s.instanceVars(&r, &from)
		default:
			s.Skip()
		}
	}
	if r.Type == "" {
		r.Type = snakeCase(from.class)
	}
	return r, from
}

// instanceVars reads the Ruby object's variables. Their set differs by resource;
// some hold secrets, and none but these is read.
func (s *scanner) instanceVars(r *report.Resource, from *origin) {
	var updated *bool
	var elapsed *float64
	var command *string
	for key := range s.Fields() {
		switch string(key) {
		case "declared_type":
			r.Type = s.Word(maxName)
		case "name":
			r.Name = s.Text(maxName)
		case "action":
			r.Action = s.firstWord()
		case "command": // a string, an array, or null
			command = s.command()
		case "cookbook_name":
			r.Cookbook = s.Word(maxName)
		case "recipe_name":
			from.recipe = s.Word(maxName)
		case "source_line":
			r.File, r.Line = frame(s.Word(maxName))
		case "updated":
			updated = s.Boolean()
		case "elapsed_time":
			elapsed = s.seconds(1)
		default:
			s.Skip()
		}
	}
	r.Command = r.Type == execute && (command == nil || *command == r.Name) && isCommand(r.Name)
	judge(r, updated != nil && *updated, elapsed)
}

// command is the command that comes next; nil if there is none, as when it is the
// resource's name.
func (s *scanner) command() *string {
	if s.Peek() == 'n' {
		s.Skip()
		return nil
	}
	text := s.Text(maxName)
	return &text
}

// judge says what became of a row, as far as the row itself tells. The document
// has no field for it: a resource that took no time at all was never executed.
func judge(r *report.Resource, updated bool, elapsed *float64) {
	if elapsed != nil && *elapsed > 0 {
		r.Duration = elapsed
	}
	switch {
	case updated:
		r.Status = report.Updated
	case r.Duration != nil:
		r.Status = report.UpToDate
	case elapsed != nil:
		r.Status = report.Unprocessed
	}
}

// firstWord is the word that comes next, or the first of an array of them.
func (s *scanner) firstWord() (first string) {
	if !s.IsArray() {
		return s.Word(maxName)
	}
	for i := range s.Items() {
		if i == 0 {
			first = s.Word(maxName)
		} else {
			s.Skip()
		}
	}
	return first
}

// settle gives the rows the statuses that depend on the run's: failed is the
// index of the row that ended it, or -1.
func (r rows) settle(run report.Status, failed int) {
	for i := range r.list {
		one := &r.list[i]
		switch {
		case i == failed:
			one.Status = report.ResourceFailed
		case one.Status == report.Unprocessed && run == report.Success:
			one.Status = report.Skipped
		}
	}
}

// find is the index of the row that an exception speaks of, or -1. Names repeat
// in a run, and a row's declared type may be more general than the name Chef
// prints (package, apt_package): the place of declaration decides, then the
// type, then who ran last, because the run ended there.
func (r rows) find(resource, place string) int {
	best, bestScore := -1, 0
	for i, one := range r.list {
		score := match(one, r.origins[i], resource, place)
		if score > 0 && one.Duration != nil {
			score++
		}
		if score > 0 && score >= bestScore {
			best, bestScore = i, score
		}
	}
	return best
}

// match is how well a row fits what an exception names: 0 is not at all.
func match(r report.Resource, from origin, resource, place string) (score int) {
	kind, ok := strings.CutSuffix(resource, "["+r.Name+"]")
	if !ok {
		return 0
	}
	if kind == r.Type || kind == snakeCase(from.class) {
		score += 2
	}
	if place == fmt.Sprintf("%s::%s line %d", r.Cookbook, from.recipe, r.Line) ||
		place == fmt.Sprintf("%s line %d", r.File, r.Line) {
		score += 4
	}
	return score
}
