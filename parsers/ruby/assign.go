package ruby

func (ev *Evaluator) assignValue(n *assignNode, f *frame) (Value, error) {
	v, err := ev.eval(n.val, f)
	if err != nil {
		return nil, err
	}
	return v, ev.assign(n.target, v, f)
}

// assign gives a target its value.
func (ev *Evaluator) assign(target node, v Value, f *frame) error {
	switch t := target.(type) {
	case *localNode:
		ev.setLocal(f, t.name, v)
	case *varNode:
		ev.setVariable(t, v)
	case *constNode:
		return ev.setConstant(t, v)
	case *targetsNode:
		return ev.assignAll(t, v, f)
	case *splatNode:
		return ev.assign(t.x, v, f)
	case *callNode:
		if t.recv == nil {
			ev.setLocal(f, t.name, v)
			return nil
		}
		return ev.assignThrough(t, v, f)
	}
	return nil
}

// assignThrough calls "name=" or "[]=".
func (ev *Evaluator) assignThrough(t *callNode, v Value, f *frame) error {
	recv, err := ev.eval(t.recv, f)
	if err != nil || recv == nil && t.safe {
		return err
	}
	args, err := ev.list(t.args, f)
	if err != nil {
		return err
	}
	_, err = ev.send(&Call{span: t.span, recv: recv, Name: t.name + "=", Args: append(args, v), frame: f})
	return err
}

func (ev *Evaluator) setConstant(t *constNode, v Value) error {
	if t.scope != nil {
		ev.open = true
		return nil
	}
	if len(ev.doubts) > 0 {
		why, old := ev.doubt(), ev.consts[t.name]
		ev.trail = append(ev.trail, func() { ev.consts[t.name] = revised(why, old, ev.consts[t.name]) })
	}
	ev.consts[t.name] = v
	return nil
}

// assignAll spreads a value over several targets.
func (ev *Evaluator) assignAll(t *targetsNode, v Value, f *frame) error {
	var items []Value
	switch v := v.(type) {
	case *Array:
		items = append(items, v.Items...)
	default:
		items = []Value{v}
	}
	vague := -1
	for i, x := range items {
		if u, ok := x.(*Unknown); ok && (u.many || len(items) == 1) {
			vague = i
			break
		}
	}
	splat := -1
	for i, e := range t.elems {
		if _, ok := e.(*splatNode); ok {
			splat = i
		}
	}
	after := len(t.elems) - splat - 1
	for i, e := range t.elems {
		var part Value
		switch {
		case vague >= 0 && (i >= vague || splat >= 0):
			part = items[vague]
		case splat < 0 || i < splat:
			part = itemAt(items, i)
		case i == splat:
			part = &Array{Items: slice(items, splat, max(splat, len(items)-after))}
		default:
			part = itemAt(items, max(splat, len(items)-after)+i-splat-1)
		}
		if s, ok := e.(*splatNode); ok && s.x == nil {
			continue
		}
		if err := ev.assign(e, part, f); err != nil {
			return err
		}
	}
	return nil
}

func itemAt(items []Value, i int) Value {
	if i < 0 || i >= len(items) {
		return nil
	}
	return items[i]
}

// slice is a copy of items[from:to] with both ends kept within bounds.
func slice(items []Value, from, to int) []Value {
	from = min(max(from, 0), len(items))
	return append([]Value(nil), items[from:max(from, min(to, len(items)))]...)
}

// opAssign evaluates "a += b", "a ||= b" and the like.
func (ev *Evaluator) opAssign(n *opAssignNode, f *frame) (Value, error) {
	old, err := ev.current(n.target, f)
	if err != nil {
		return nil, err
	}
	u, vague := isUnknown(old)
	switch {
	case n.op != "||" && n.op != "&&":
		right, err := ev.eval(n.val, f)
		if err != nil {
			return nil, err
		}
		v, err := ev.send(&Call{span: n.span, recv: old, Name: n.op, Args: []Value{right}, frame: f})
		if err != nil {
			return nil, err
		}
		return v, ev.assign(n.target, v, f)
	case vague:
		result := u.decides(n.target)
		result.choices = []Value{u}
		err := ev.inDoubt(u.decides(n.target), func() error {
			v, err := ev.eval(n.val, f)
			if err != nil {
				return err
			}
			result.choices = append(result.choices, v)
			return ev.assign(n.target, v, f)
		})
		return result, err
	case truthy(old) == (n.op == "||"):
		return old, nil
	}
	v, err := ev.eval(n.val, f)
	if err != nil {
		return nil, err
	}
	return v, ev.assign(n.target, v, f)
}

// current is what a target holds before "op=".
func (ev *Evaluator) current(target node, f *frame) (Value, error) {
	switch t := target.(type) {
	case *callNode:
		if t.recv == nil {
			return f.lookup(t.name), nil
		}
	case *varNode:
		return ev.globals[t.name], nil
	case *constNode:
		if t.scope == nil {
			return ev.consts[t.name], nil
		}
	}
	return ev.eval(target, f)
}
