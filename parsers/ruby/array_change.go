package ruby

import "slices"

// changeArray calls a method of Array that changes it in place.
func (ev *Evaluator) changeArray(m *Call, a *Array) (Value, bool, error) {
	if err := thaw(m); err != nil {
		return nil, true, err
	}
	ev.touch(a)
	switch m.Name {
	case "<<", "push", "append":
		a.Items = append(a.Items, m.Args...)
		return a, true, nil
	case "concat":
		for _, x := range m.Args {
			items, err := ev.spread(x, m.span)
			if err != nil {
				return nil, true, err
			}
			a.Items = append(a.Items, items...)
		}
		return a, true, ev.spend(len(m.Args))
	case "unshift", "prepend":
		a.Items = slices.Concat(m.Args, a.Items)
		return a, true, ev.spend(len(a.Items) / 8)
	case "pop", "shift":
		return ev.takeEnd(m, a)
	case "clear":
		a.Items = nil
		return a, true, nil
	case "replace":
		b, ok := m.Arg(0).(*Array)
		if !ok {
			return nil, false, nil
		}
		a.Items = slices.Clone(b.Items)
		return a, true, nil
	case "[]=", "insert", "delete", "delete_at", "fill", "shuffle!":
		return ev.changePlace(m, a)
	}
	return ev.changeAll(m, a)
}

// changeAll calls the methods that end in "!" and their kin: what the plain
// method gives becomes the array's content.
func (ev *Evaluator) changeAll(m *Call, a *Array) (Value, bool, error) {
	plain := map[string]string{
		"delete_if": "reject", "reject!": "reject", "select!": "select", "keep_if": "select", "filter!": "select",
		"map!": "map", "collect!": "map", "flatten!": "flatten", "compact!": "compact", "uniq!": "uniq",
		"reverse!": "reverse", "sort!": "sort", "sort_by!": "sort_by",
	}[m.Name]
	inner := *m
	inner.Name = plain
	v, err := ev.send(&inner)
	if err != nil {
		return nil, true, err
	}
	b, ok := v.(*Array)
	if !ok {
		if u := ev.findUnknown(v); u != nil {
			a.Items = []Value{&Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}}
		}
		return a, true, nil
	}
	same := len(a.Items) == len(b.Items)
	a.Items = b.Items
	switch m.Name {
	case "reject!", "select!", "filter!", "compact!", "uniq!", "flatten!":
		if same {
			return nil, true, nil
		}
	}
	return a, true, nil
}

// takeEnd is pop and shift.
func (ev *Evaluator) takeEnd(m *Call, a *Array) (Value, bool, error) {
	if len(m.Args) > 0 {
		return nil, false, nil
	}
	if len(a.Items) == 0 {
		return nil, true, nil
	}
	at := len(a.Items) - 1
	if m.Name == "shift" {
		at = 0
	}
	v := a.Items[at]
	if u, ok := v.(*Unknown); ok && u.many {
		rest := u.spread(u.span)
		rest.choices = []Value{&Array{Items: slices.Clone(a.Items)}}
		a.Items = []Value{rest} // which entry went is not known
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said}, true, nil
	}
	a.Items = slices.Concat(a.Items[:at], a.Items[at+1:])
	return v, true, ev.spend(len(a.Items) / 8)
}

// changePlace calls the methods that change single places.
func (ev *Evaluator) changePlace(m *Call, a *Array) (Value, bool, error) {
	if m.Name == "delete" {
		kept := slices.DeleteFunc(slices.Clone(a.Items), func(v Value) bool {
			eq, _ := ev.equal(v, m.Arg(0))
			return eq
		})
		var found Value
		if len(kept) < len(a.Items) {
			found = m.Arg(0)
		}
		a.Items = kept
		return found, true, nil
	}
	n, ok := m.Arg(0).(int64)
	if ok && m.Name == "[]=" && n > int64(len(a.Items)) && n <= int64(ev.limit) && len(m.Args) == 2 {
		if err := ev.spend(int(n)); err != nil {
			return nil, true, err
		}
		a.Items = append(a.Items, make([]Value, int(n)-len(a.Items))...)
	}
	if !ok || vagueAt(a.Items) >= 0 || n > int64(len(a.Items)) || n < -int64(len(a.Items)) {
		return nil, false, nil
	}
	i := int(n)
	if i < 0 {
		i += len(a.Items)
	}
	switch m.Name {
	case "[]=":
		if len(m.Args) != 2 {
			return nil, false, nil
		}
		items := slices.Clone(a.Items)
		if i == len(items) {
			items = append(items, nil)
		}
		items[i] = m.Args[1]
		a.Items = items
		return m.Args[1], true, ev.spend(len(items) / 8)
	case "insert":
		if n < 0 {
			i++
		}
		a.Items = slices.Insert(slices.Clone(a.Items), i, m.Args[1:]...)
		return a, true, ev.spend(len(a.Items) / 8)
	case "delete_at":
		if i == len(a.Items) {
			return nil, true, nil
		}
		v := a.Items[i]
		a.Items = slices.Delete(slices.Clone(a.Items), i, i+1)
		return v, true, ev.spend(len(a.Items) / 8)
	}
	return nil, false, nil
}
