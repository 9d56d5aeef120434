package ruby

import "slices"

// bind gives parameters their arguments. strict is a method's or lambda's way,
// which demands the right number of them; a block takes what is there.
func (ev *Evaluator) bind(ps *params, args []Value, f *frame, strict bool, at span) error {
	if ps == nil {
		if strict && len(args) > 0 && vagueAt(args) < 0 {
			return raise(at, "ArgumentError", "wrong number of arguments (given %d, expected 0)", len(args))
		}
		if len(args) > 0 {
			bindNumbered(args, f)
		}
		return nil
	}
	b := binding{ev: ev, f: f, at: at, strict: strict}
	keys := b.count(ps)
	if !strict && len(args) == 1 && (b.needed+b.optional > 1 || b.rest && b.needed+b.optional > 0) {
		if a, ok := args[0].(*Array); ok {
			args = a.Items
		}
	}
	if keys {
		args = b.takeKeys(args)
	}
	if u := vagueAt(args); u >= 0 {
		return b.vague(ps, args[u].(*Unknown))
	}
	if strict && (len(args) < b.needed || !b.rest && len(args) > b.needed+b.optional) {
		return raise(at, "ArgumentError", "wrong number of arguments (given %d, expected %d)", len(args), b.needed)
	}
	return b.assign(ps, args)
}

// numbered is the highest of _1, _2 and so on that a block without parameters
// uses, at least 1.
func (n *blockNode) numbered() int {
	if n.places > 0 {
		return n.places
	}
	n.places = 1
	todo := []node{n.body}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		var name string
		switch at := at.(type) {
		case nil:
			continue
		case *localNode:
			name = at.name
		case *callNode:
			name = at.name
		}
		if len(name) == 2 && name[0] == '_' && isDigit(name[1]) {
			n.places = max(n.places, int(name[1]-'0'))
		}
		children(at, func(child node) {
			if _, inner := child.(*blockNode); !inner {
				todo = append(todo, child)
			}
		})
	}
	return n.places
}

// bindNumbered gives a block without parameters _1, _2 and so on.
func bindNumbered(args []Value, f *frame) {
	for i, name := range []string{"_1", "_2", "_3", "_4", "_5", "_6", "_7", "_8", "_9"} {
		if i < len(args) {
			f.set(name, args[i])
		}
	}
}

// vagueAt is the place of an argument that stands for any number, -1 without.
func vagueAt(args []Value) int {
	for i, a := range args {
		if u, ok := a.(*Unknown); ok && u.many {
			return i
		}
	}
	return -1
}

type binding struct {
	ev               *Evaluator
	f                *frame
	at               span
	needed, optional int
	rest, strict     bool
	keys             *Hash
}

// count sees how many arguments the parameters take, and whether any has a key.
func (b *binding) count(ps *params) (keys bool) {
	for _, q := range ps.list {
		switch q.kind {
		case paramNeeded:
			b.needed++
		case paramOptional:
			b.optional++
		case paramRest:
			b.rest = true
		case paramKey, paramKeyNeeded, paramKeyRest:
			keys = true
		}
	}
	return keys
}

// takeKeys takes a hash at the end as the keyword arguments.
func (b *binding) takeKeys(args []Value) []Value {
	b.keys = &Hash{}
	if n := len(args); n > b.needed {
		if h, ok := args[n-1].(*Hash); ok {
			b.keys = h.copy()
			return args[:n-1]
		}
	}
	return args
}

// vague makes every parameter unknown.
func (b *binding) vague(ps *params, u *Unknown) error {
	for _, q := range ps.list {
		var v Value = &Unknown{span: u.span, Reason: u.Reason, said: u.said}
		if q.kind == paramRest {
			v = &Array{Items: []Value{u}}
		}
		if err := b.one(q, v); err != nil {
			return err
		}
	}
	return nil
}

// one assigns a parameter, or the parts of a nested one.
func (b *binding) one(q param, v Value) error {
	if q.parts != nil {
		for _, e := range q.parts.elems {
			declare(e, b.f)
		}
		return b.ev.assignAll(q.parts, v, b.f)
	}
	switch {
	case q.name != "":
		b.f.set(q.name, v)
	case q.kind == paramRest: // for "*" among arguments
		b.f.set("*", v)
	case q.kind == paramKeyRest:
		b.f.set("**", v)
	}
	return nil
}

// declare makes the variables of a nested parameter the block's own.
func declare(n node, f *frame) {
	switch n := n.(type) {
	case *localNode:
		f.set(n.name, nil)
	case *callNode:
		f.set(n.name, nil)
	case *splatNode:
		declare(n.x, f)
	case *targetsNode:
		for _, e := range n.elems {
			declare(e, f)
		}
	}
}

// assign gives the parameters their arguments in order.
func (b *binding) assign(ps *params, args []Value) error {
	spare := max(len(args)-b.needed, 0) // for optional ones and the rest
	for _, q := range ps.list {
		var v Value
		var err error
		switch q.kind {
		case paramNeeded:
			v = itemAt(args, 0)
			args = args[min(1, len(args)):]
		case paramOptional:
			if spare > 0 {
				v, args = args[0], args[1:]
				spare--
			} else {
				v, err = b.ev.eval(q.def, b.f)
			}
		case paramRest:
			v = &Array{Items: slice(args, 0, spare)}
			args = args[min(spare, len(args)):]
		case paramKey, paramKeyNeeded:
			v, err = b.key(q)
		case paramKeyRest:
			v = b.keys
		case paramBlock:
			v = nil
			if b.f.call != nil && b.f.call.block != nil {
				v = b.f.call.block
			}
		}
		if err != nil {
			return err
		}
		if err := b.one(q, v); err != nil {
			return err
		}
	}
	return b.unused(ps)
}

// unused is an exception for a keyword argument that no parameter takes; blocks
// pass over them.
func (b *binding) unused(ps *params) error {
	if !b.strict || b.keys == nil || slices.ContainsFunc(ps.list, func(q param) bool { return q.kind == paramKeyRest }) {
		return nil
	}
	for key := range b.keys.All() {
		if _, vague := isUnknown(key); !vague {
			name, _ := briefly().inspect(key, 0)
			return raise(b.at, "ArgumentError", "unknown keyword: %s", Clip(name))
		}
	}
	return nil
}

// key is the value of a keyword parameter.
func (b *binding) key(q param) (Value, error) {
	if v, ok := b.keys.remove(Symbol(q.name)); ok {
		return v, nil
	}
	switch {
	case b.keys.more != nil:
		return b.keys.more, nil
	case q.kind == paramKeyNeeded:
		return nil, raise(b.at, "ArgumentError", "missing keyword: :%s", q.name)
	}
	return b.ev.eval(q.def, b.f)
}
