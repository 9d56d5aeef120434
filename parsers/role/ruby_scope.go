package role

import (
	"errors"
	"slices"
	"strings"
)

// lookup finds a local variable.
func (f *frame) lookup(name string) value {
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

func (f *frame) set(name string, v value) {
	if f.vars == nil {
		f.vars = make(map[string]value)
	}
	f.vars[name] = v
}

// setLocal assigns a local variable; in doubt it becomes unknown afterwards.
func (ev *evaluator) setLocal(f *frame, name string, v value) {
	g := f.holder(name)
	if len(ev.doubts) > 0 {
		why := ev.doubt()
		ev.trail = append(ev.trail, func() { g.set(name, why) })
	}
	g.set(name, v)
}

// doubt is the innermost condition that is not known, as a value's reason.
func (ev *evaluator) doubt() *unknown {
	d := ev.doubts[len(ev.doubts)-1]
	return &unknown{span: d.span, reason: d.reason, said: d.said}
}

// inDoubt evaluates what may or may not run. Variables and containers that it
// changes are unknown afterwards; what it raises ends only itself.
func (ev *evaluator) inDoubt(why *unknown, run func() error) error {
	mark, depth := len(ev.trail), len(ev.doubts)
	ev.doubts = append(ev.doubts, why)
	err := run()
	for i := len(ev.trail) - 1; i >= mark; i-- {
		ev.trail[i]()
	}
	ev.trail, ev.doubts = ev.trail[:mark], ev.doubts[:depth]
	if r, ok := errors.AsType[*raised](err); ok {
		ev.risks++
		ev.report(span{pos: why.pos, end: why.end, line: int32(r.line)}, "may raise: "+r.Error())
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
func (ev *evaluator) touch(a *array) {
	if len(ev.doubts) == 0 {
		return
	}
	level := ev.touched[a]
	if level == len(ev.doubts) {
		return
	}
	ev.touched[a] = len(ev.doubts)
	why := ev.doubt()
	why.many = true
	before := slices.Clone(a.items)
	ev.steps += len(before) / 8
	ev.trail = append(ev.trail, func() {
		a.items = slices.Concat(before, []value{why})
		ev.touched[a] = level
	})
}

// touchKey is touch for one key of a hash.
func (ev *evaluator) touchKey(h *hash, k value) {
	if len(ev.doubts) == 0 {
		return
	}
	why := ev.doubt()
	ev.trail = append(ev.trail, func() { h.set(k, why) })
}

// touchHash is touch for all of a hash.
func (ev *evaluator) touchHash(h *hash) {
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
func (ev *evaluator) variable(n *varNode) value {
	if n.name == "__FILE__" {
		return &fileName{ev.base}
	}
	if v, ok := ev.globals[n.name]; ok {
		return v
	}
	switch n.name {
	case "$stdout", "$stderr", "$stdin":
		return constant("IO")
	case "$,", "$;":
		return nil
	case "@name", "@description", "@env_run_lists", "@default_attributes", "@override_attributes", "@chef_server_rest":
		return &unknown{span: n.span, reason: "reads the role's own " + n.name}
	}
	if n.name[0] == '@' && !ev.open && len(n.name) > 1 && n.name[1] != '@' {
		return nil
	}
	return &unknown{span: n.span, reason: "reads " + n.name}
}

// setVariable assigns @x, @@x or $x.
func (ev *evaluator) setVariable(n *varNode, v value) {
	switch n.name {
	case "@name", "@description", "@env_run_lists", "@default_attributes", "@override_attributes":
		ev.risks++
		ev.report(n.span, "changes the role's own "+n.name)
		return
	}
	if len(ev.doubts) > 0 {
		why := ev.doubt()
		ev.trail = append(ev.trail, func() { ev.globals[n.name] = why })
	}
	ev.globals[n.name] = v
}

// define makes a method of the file.
func (ev *evaluator) define(n *defNode) value {
	if _, self := n.on.(*selfNode); n.on != nil && !self {
		ev.open = true
		return symbol(n.name)
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
	return symbol(n.name)
}

// defineClass makes a class or module, of which only the name is kept.
func (ev *evaluator) defineClass(n *classNode) {
	ev.open = true
	if c, ok := n.name.(*constNode); ok && c.scope == nil {
		ev.consts[c.name] = constant(c.name)
	}
	if seq, ok := n.body.(*seqNode); !ok || slices.ContainsFunc(seq.stmts, func(s node) bool { return !definesOnly(s) }) {
		ev.risks++
		ev.report(n.span, "defines a class or module, whose body is not evaluated")
	}
}

// definesOnly tells the statements of a class that do nothing but define.
func definesOnly(n node) bool {
	switch n := n.(type) {
	case *defNode, *aliasNode:
		return true
	case *assignNode:
		switch n.val.(type) {
		case *literalNode, *strNode:
			return true
		}
	case *callNode:
		return n.recv == nil && strings.HasPrefix(n.name, "attr_")
	}
	return false
}

// alias copies or removes methods of the file.
func (ev *evaluator) alias(n *aliasNode) {
	ev.risks++
	ev.open = true
	ev.report(n.span, "changes methods")
}
