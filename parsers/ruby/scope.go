package ruby

import (
	"errors"
	"slices"
	"strings"
)

// lookup finds a local variable.
func (f *frame) lookup(name string) Value {
	for ; f != nil; f = f.outer {
		if v, ok := f.vars[name]; ok {
			return v
		}
	}
	return nil
}

// holder is the frame where a variable stands, or where it is to be made.
func (f *frame) holder(name string) *frame {
	for g := f; g != nil; g = g.outer {
		if _, ok := g.vars[name]; ok {
			return g
		}
	}
	return f
}

func (f *frame) set(name string, v Value) {
	if f.vars == nil {
		f.vars = make(map[string]Value)
	}
	f.vars[name] = v
}

// setLocal assigns a local variable; in doubt it becomes unknown afterwards.
func (ev *Evaluator) setLocal(f *frame, name string, v Value) {
	g := f.holder(name)
	if len(ev.doubts) > 0 {
		why, old := ev.doubt(), g.vars[name]
		ev.trail = append(ev.trail, func() { g.set(name, revised(why, old, g.vars[name])) })
	}
	g.set(name, v)
}

// doubt is the innermost condition that is not known, as a value's reason.
func (ev *Evaluator) doubt() *Unknown {
	d := ev.doubts[len(ev.doubts)-1]
	return &Unknown{span: d.span, Reason: d.Reason, said: d.said, cond: d.cond, of: d}
}

// spread is what u stands for as the entries of a list.
func (u *Unknown) spread(at span) *Unknown {
	return &Unknown{span: at, Reason: u.Reason, many: true, said: u.said, cond: u.condition(), choices: u.choices}
}

// decides is the unknown as a doubt: n is the condition that it makes unknown.
func (u *Unknown) decides(n node) *Unknown {
	d := *u
	d.cond = n.place()
	return &d
}

// inDoubt evaluates what may or may not run. Variables and containers that it
// changes are unknown afterwards; what it raises ends only itself.
func (ev *Evaluator) inDoubt(why *Unknown, run func() error) error {
	mark, depth := len(ev.trail), len(ev.doubts)
	ev.doubts = append(ev.doubts, why)
	err := run()
	for i := len(ev.trail) - 1; i >= mark; i-- {
		ev.trail[i]()
	}
	ev.trail, ev.doubts = ev.trail[:mark], ev.doubts[:depth]
	if r, ok := errors.AsType[*Exception](err); ok {
		ev.risks++
		ev.report(span{pos: why.pos, end: why.end, line: int32(r.Line)}, "may raise: "+r.Error())
		return nil
	}
	if j, ok := errors.AsType[*jump](err); ok {
		if ev.left == nil {
			ev.left = &leaving{why, j}
		}
		return nil
	}
	return err
}

// touch must be called before a container is changed: in doubt, the change is
// undone afterwards and an unknown stands for it.
func (ev *Evaluator) touch(a *Array) {
	if len(ev.doubts) == 0 {
		return
	}
	level := ev.touched[a]
	if level == len(ev.doubts) {
		return
	}
	ev.touched[a] = len(ev.doubts)
	why := ev.doubt()
	before := slices.Clone(a.Items)
	ev.steps += len(before) / 8
	ev.trail = append(ev.trail, func() {
		a.Items = changed(why, before, a.Items)
		ev.touched[a] = level
	})
}

// touchKey is touch for one key of a hash.
func (ev *Evaluator) touchKey(h *Hash, k Value) {
	if len(ev.doubts) == 0 {
		return
	}
	why := ev.doubt()
	old, _ := h.Get(k)
	ev.trail = append(ev.trail, func() {
		now, _ := h.Get(k)
		h.Set(k, revised(why, old, now))
	})
}

// touchHash is touch for all of a hash.
func (ev *Evaluator) touchHash(h *Hash) {
	if len(ev.doubts) == 0 {
		return
	}
	why := ev.doubt()
	before := h.copy()
	ev.steps += len(h.keys) / 4
	ev.trail = append(ev.trail, func() {
		*h = *before
		for i := range h.vals {
			h.vals[i] = why
		}
		h.more = why
	})
}

// variable is the value of @x, @@x, $x or __FILE__.
func (ev *Evaluator) variable(n *varNode) Value {
	if n.name == "__FILE__" {
		return &FileName{ev.host.File}
	}
	if v, ok := ev.globals[n.name]; ok {
		return v
	}
	if v, ok := ev.group(n.name); ok {
		return v
	}
	switch n.name {
	case "$stdout", "$stderr", "$stdin":
		return constant("IO")
	case "$,", "$;":
		return nil
	}
	if whose, kept := ev.owner(n.name); kept {
		return &Unknown{span: n.span, Reason: "reads " + whose + " " + n.name}
	}
	if n.name[0] == '@' && !ev.open && len(n.name) > 1 && n.name[1] != '@' {
		return nil
	}
	return &Unknown{span: n.span, Reason: "reads " + n.name}
}

// setVariable assigns @x, @@x or $x.
func (ev *Evaluator) setVariable(n *varNode, v Value) {
	if whose, kept := ev.owner(n.name); kept {
		ev.risks++
		ev.report(n.span, "changes "+whose+" "+n.name)
		return
	}
	if len(ev.doubts) > 0 {
		why, old := ev.doubt(), ev.globals[n.name]
		ev.trail = append(ev.trail, func() { ev.globals[n.name] = revised(why, old, ev.globals[n.name]) })
	}
	ev.globals[n.name] = v
}

// define makes a method of the file.
func (ev *Evaluator) define(n *defNode) Value {
	if _, self := n.on.(*selfNode); n.on != nil && !self {
		ev.open = true
		return Symbol(n.name)
	}
	if len(ev.doubts) > 0 {
		ev.open = true
		old, had := ev.methods[n.name]
		ev.trail = append(ev.trail, func() {
			if delete(ev.methods, n.name); had {
				ev.methods[n.name] = old
			}
		})
	}
	ev.methods[n.name] = n
	return Symbol(n.name)
}

// defineClass makes a class or module, of which the name and the constants are kept.
func (ev *Evaluator) defineClass(n *classNode) {
	ev.open = true
	c, named := n.name.(*constNode)
	named = named && c.scope == nil
	if named {
		ev.consts[c.name] = constant(c.name)
		ev.classes[c.name] = true
	}
	seq, ok := n.body.(*seqNode)
	if !ok || slices.ContainsFunc(seq.stmts, func(s node) bool { return !definesOnly(s) }) {
		ev.risks++
		ev.report(n.span, "defines a class or module, whose body is not evaluated")
		return
	}
	for _, s := range seq.stmts {
		if a, ok := s.(*assignNode); ok && named {
			ev.classConstant(c.name, a)
		}
	}
}

// classConstant keeps a constant of a class.
func (ev *Evaluator) classConstant(class string, a *assignNode) {
	if t, ok := a.target.(*constNode); ok && t.scope == nil {
		if v, err := ev.eval(a.val, &frame{}); err == nil {
			ev.consts[class+"::"+t.name] = v
		}
	}
}

// definesOnly tells the statements of a class that do nothing but define.
func definesOnly(n node) bool {
	switch n := n.(type) {
	case *defNode, *aliasNode:
		return true
	case *assignNode:
		return isConstant(n.val, 0)
	case *callNode:
		return n.recv == nil && strings.HasPrefix(n.name, "attr_")
	}
	return false
}

// alias copies or removes methods of the file.
func (ev *Evaluator) alias(n *aliasNode) {
	ev.risks++
	ev.open = true
	ev.report(n.span, "changes methods")
}
