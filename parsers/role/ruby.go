package role

import (
	"errors"
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// document is a role file as it was read: what it says, and what is wrong with it.
type document struct {
	role     Role
	declared bool // the name stands in the file
	problems []Problem
}

// problem adds a problem of the file.
func (d *document) problem(kind ProblemKind, line, column int, format string, args ...any) {
	d.problems = append(d.problems, Problem{Line: max(line, 1), Column: column, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

// readRuby reads a role file in Ruby without running it. base is the file's
// last name. Of a file that Chef refuses, what stands before the failing place
// is kept.
func readRuby(src, base string) document {
	d := document{role: Role{Name: strings.TrimSuffix(base, ".rb"), Format: Ruby, Line: 1}}
	file, err := ruby.Parse(src)
	fault, isFault := errors.AsType[*ruby.SyntaxError](err)
	if err != nil && !isFault {
		d.problem(InvalidRole, 1, 0, "%v; Chef would refuse to load the file, nothing of it is read", err)
		return d
	}
	if file.Warning != "" {
		d.problem(Unreadable, 1, 0, "%s", file.Warning)
	}
	r := newRoleObject(d.role.Name)
	ev := ruby.NewEvaluator(file, ruby.Host{File: base, Self: r, Classes: listClasses})
	err = ev.Run()
	d.fill(r, ev)
	switch {
	case isFault:
		d.syntaxProblem(fault)
	case err != nil:
		d.evaluationProblem(err)
	}
	return d
}

// syntaxProblem says where the file breaks Ruby's grammar.
func (d *document) syntaxProblem(fault *ruby.SyntaxError) {
	if fault.Limit {
		d.problem(TooLarge, fault.Line, fault.Column, "%s; what stands before is kept", fault.Message)
		return
	}
	d.problem(SyntaxError, fault.Line, fault.Column, "%s; Chef cannot load the file, what stands before is kept", fault.Message)
}

// evaluationProblem says why Chef would not load what is Ruby by its grammar.
func (d *document) evaluationProblem(err error) {
	if r, ok := errors.AsType[*ruby.Exception](err); ok {
		d.problem(InvalidRole, r.Line, 0, "%s; Chef would refuse to load the file, what stands before is kept", r)
	}
}

// fill takes over what the evaluation made of the role.
func (d *document) fill(o *roleObject, ev *ruby.Evaluator) {
	r, maybe := &d.role, o.maybe
	r.Description = strings.Clone(o.description.Text)
	if name := o.name.Text; o.nameLine > 0 || name != r.Name {
		d.declared, r.Name, r.Line = true, strings.Clone(name), max(o.nameLine, 1)
	}
	for env, v := range o.lists.All() {
		name, ok := ruby.Name(env)
		if !ok {
			continue
		}
		name = strings.Clone(name)
		l := listOf(ev.CallAt(0), v)
		if _, isText := env.(*ruby.String); isText && name == defaultEnv {
			r.RunList = distinct(l.items)
		} else {
			if r.EnvRunLists == nil {
				r.EnvRunLists = make(map[string][]Item)
			}
			r.EnvRunLists[name] = l.items
		}
		for i := range l.maybe {
			l.maybe[i].Environment = name
		}
		maybe = append(maybe, l.maybe...)
	}
	if len(maybe) > 0 {
		s := settling{role: r, seen: map[MaybeItem]bool{}, held: map[string]map[Item]bool{}}
		s.add(maybe)
	}
	r.Unresolved = unresolved(ev)
}

// unresolved is what an evaluation reports; the file is not yet named in it.
func unresolved(ev *ruby.Evaluator) []Unresolved {
	var out []Unresolved
	for _, u := range ev.Unresolved() {
		out = append(out, Unresolved{Line: u.Line, Text: u.Text, Reason: u.Reason})
	}
	return out
}

// listOf is an environment's list, which may have been put there as an array.
func listOf(c *ruby.Call, v ruby.Value) *runList {
	l, ok := v.(*runList)
	if _, isArray := v.(*ruby.Array); isArray {
		l, _ = newRunList(c, v)
	} else if !ok {
		l = &runList{}
	}
	return l
}
