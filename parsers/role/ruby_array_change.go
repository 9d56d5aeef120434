package role

import "slices"

// changeArray calls a method of Array that changes it in place.
func (ev *evaluator) changeArray(m *message, a *array) (value, bool, error) {
	if err := thaw(m); err != nil {
		return nil, true, err
	}
	ev.touch(a)
	switch m.name {
	case "<<", "push", "append":
		a.items = append(a.items, m.args...)
		return a, true, nil
	case "concat":
		for _, x := range m.args {
			items, err := ev.spread(x, m.span)
			if err != nil {
				return nil, true, err
			}
			a.items = append(a.items, items...)
		}
		return a, true, ev.spend(len(m.args))
	case "unshift", "prepend":
		a.items = slices.Concat(m.args, a.items)
		return a, true, ev.spend(len(a.items) / 8)
	case "pop", "shift":
		return ev.takeEnd(m, a)
	case "clear":
		a.items = nil
		return a, true, nil
	case "replace":
		b, ok := m.arg(0).(*array)
		if !ok {
			return nil, false, nil
		}
		a.items = slices.Clone(b.items)
		return a, true, nil
	case "[]=", "insert", "delete", "delete_at", "fill", "shuffle!":
		return ev.changePlace(m, a)
	}
	return ev.changeAll(m, a)
}

// changeAll calls the methods that end in "!" and their kin: what the plain
// method gives becomes the array's content.
func (ev *evaluator) changeAll(m *message, a *array) (value, bool, error) {
	plain := map[string]string{
		"delete_if": "reject", "reject!": "reject", "select!": "select", "keep_if": "select", "filter!": "select",
		"map!": "map", "collect!": "map", "flatten!": "flatten", "compact!": "compact", "uniq!": "uniq",
		"reverse!": "reverse", "sort!": "sort", "sort_by!": "sort_by",
	}[m.name]
	inner := *m
	inner.name = plain
	v, err := ev.send(&inner)
	if err != nil {
		return nil, true, err
	}
	b, ok := v.(*array)
	if !ok {
		if u := ev.findUnknown(v); u != nil {
			a.items = []value{&unknown{span: m.span, reason: u.reason, many: true, said: u.said}}
		}
		return a, true, nil
	}
	same := len(a.items) == len(b.items)
	a.items = b.items
	switch m.name {
	case "reject!", "select!", "filter!", "compact!", "uniq!", "flatten!":
		if same {
			return nil, true, nil
		}
	}
	return a, true, nil
}

// takeEnd is pop and shift.
func (ev *evaluator) takeEnd(m *message, a *array) (value, bool, error) {
	if len(m.args) > 0 {
		return nil, false, nil
	}
	if len(a.items) == 0 {
		return nil, true, nil
	}
	at := len(a.items) - 1
	if m.name == "shift" {
		at = 0
	}
	v := a.items[at]
	if u, ok := v.(*unknown); ok && u.many {
		return &unknown{span: m.span, reason: u.reason, said: u.said}, true, nil
	}
	a.items = slices.Concat(a.items[:at], a.items[at+1:])
	return v, true, ev.spend(len(a.items) / 8)
}

// changePlace calls the methods that change single places.
func (ev *evaluator) changePlace(m *message, a *array) (value, bool, error) {
	if m.name == "delete" {
		kept := slices.DeleteFunc(slices.Clone(a.items), func(v value) bool {
			eq, _ := ev.equal(v, m.arg(0))
			return eq
		})
		var found value
		if len(kept) < len(a.items) {
			found = m.arg(0)
		}
		a.items = kept
		return found, true, nil
	}
	n, ok := m.arg(0).(int64)
	if ok && m.name == "[]=" && n > int64(len(a.items)) && n <= int64(ev.limit) && len(m.args) == 2 {
		if err := ev.spend(int(n)); err != nil {
			return nil, true, err
		}
		a.items = append(a.items, make([]value, int(n)-len(a.items))...)
	}
	if !ok || vagueAt(a.items) >= 0 || n > int64(len(a.items)) || n < -int64(len(a.items)) {
		return nil, false, nil
	}
	i := int(n)
	if i < 0 {
		i += len(a.items)
	}
	switch m.name {
	case "[]=":
		if len(m.args) != 2 {
			return nil, false, nil
		}
		items := slices.Clone(a.items)
		if i == len(items) {
			items = append(items, nil)
		}
		items[i] = m.args[1]
		a.items = items
		return m.args[1], true, ev.spend(len(items) / 8)
	case "insert":
		if n < 0 {
			i++
		}
		a.items = slices.Insert(slices.Clone(a.items), i, m.args[1:]...)
		return a, true, ev.spend(len(a.items) / 8)
	case "delete_at":
		if i == len(a.items) {
			return nil, true, nil
		}
		v := a.items[i]
		a.items = slices.Delete(slices.Clone(a.items), i, i+1)
		return v, true, ev.spend(len(a.items) / 8)
	}
	return nil, false, nil
}
