package role

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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
	lx, warning, err := openSource(src)
	if err != nil {
		d.problem(InvalidRole, 1, 0, "%v; Chef would refuse to load the file, nothing of it is read", err)
		return d
	}
	if warning != "" {
		d.problem(Unreadable, 1, 0, "%s", warning)
	}
	body, fault := parseRuby(lx)
	ev := newEvaluator(lx.src, base)
	err = ev.run(body)
	d.fromEvaluator(ev)
	switch {
	case fault != nil:
		d.syntaxProblem(lx.src, fault)
	case err != nil:
		d.evaluationProblem(err)
	}
	return d
}

// newEvaluator starts with an empty role.
func newEvaluator(src, base string) *evaluator {
	return &evaluator{
		src: src, base: base, role: newRoleObject(strings.TrimSuffix(base, ".rb")), frozen: frozenLiterals(src),
		methods: map[string]*defNode{}, consts: map[string]value{}, globals: map[string]value{},
		limit: freeSteps + 4*len(src), walk: walk{left: 4*freeSteps + 8*len(src)}, said: map[int32]bool{}, touched: map[*array]int{},
	}
}

// run evaluates the statements of a file.
func (ev *evaluator) run(body *seqNode) error {
	top := &frame{}
	var err error
	for _, s := range body.stmts {
		if l, ok := s.(*laterNode); ok && l.first && err == nil {
			_, err = ev.eval(l.body, top)
		}
	}
	if err == nil {
		_, err = ev.sequence(body.stmts, top)
	}
	if j, ok := errors.AsType[*jump](err); ok && j.word == "return" {
		return nil
	}
	var r *raised
	if err == nil || errors.As(err, &r) {
		return err
	}
	at := span{line: 1}
	for _, s := range body.stmts {
		if s.place().pos <= ev.at {
			at = s.place()
		}
	}
	delete(ev.said, at.pos)
	ev.report(at, err.Error()+"; the rest of the file is not known")
	return nil
}

// syntaxProblem says where the file breaks Ruby's grammar.
func (d *document) syntaxProblem(src string, fault *syntaxError) {
	start := strings.LastIndexByte(src[:min(fault.pos, len(src))], '\n') + 1
	column := len([]rune(src[start:min(fault.pos, len(src))])) + 1
	if fault.limit {
		d.problem(TooLarge, fault.line, column, "%s; what stands before is kept", fault.msg)
		return
	}
	if line := 1 + strings.Count(src[:min(fault.pos, len(src))], "\n"); line != fault.line {
		column = 0 // the end of the file is reported on its last line
	}
	d.problem(SyntaxError, fault.line, column, "%s; Chef cannot load the file, what stands before is kept", fault.msg)
}

// evaluationProblem says why the evaluation ended early.
func (d *document) evaluationProblem(err error) {
	var r *raised
	if errors.As(err, &r) {
		d.problem(InvalidRole, r.line, 0, "%s; Chef would refuse to load the file, what stands before is kept", r)
		return
	}
}

// fromEvaluator takes over what the evaluation found.
func (d *document) fromEvaluator(ev *evaluator) {
	r := &d.role
	r.Unresolved = ev.unresolved
	slices.SortStableFunc(r.Unresolved, func(a, b Unresolved) int { return a.Line - b.Line })
	r.Description = ev.role.description
	if name := ev.role.name.s; ev.role.nameLine > 0 || name != r.Name {
		d.declared, r.Name, r.Line = true, strings.Clone(name), max(ev.role.nameLine, 1)
	}
	for i, env := range ev.role.lists.keys {
		name, ok := nameOf(env)
		if !ok {
			continue
		}
		items := ev.itemsOf(ev.role.lists.vals[i])
		if s, isText := env.(*str); isText && s.s == defaultEnv {
			r.RunList = distinct(items)
			continue
		}
		if r.EnvRunLists == nil {
			r.EnvRunLists = make(map[string][]Item)
		}
		r.EnvRunLists[strings.Clone(name)] = items
	}
}

// itemsOf are the items of an environment's list, which may have been put there as an array.
func (ev *evaluator) itemsOf(v value) []Item {
	switch v := v.(type) {
	case *runList:
		return v.items
	case *array:
		l, _ := ev.newRunList(&message{}, v)
		return l.items
	}
	return nil
}
