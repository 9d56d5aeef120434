package role

import "slices"

// enumerateChoice calls the methods whose block decides about entries.
func (ev *evaluator) enumerateChoice(m *message, items []value) (value, bool, error) {
	var result value
	var vague *unknown
	decide := func(stopOn bool, onStop func(item value) value) error {
		return ev.each(m, items, func(item, v value) bool {
			if u, ok := isUnknown(v); ok {
				vague = u
				return false
			}
			if truthy(v) == stopOn {
				result = onStop(item)
				return false
			}
			return true
		})
	}
	var err error
	switch m.name {
	case "any?":
		result = false
		err = decide(true, func(value) value { return true })
	case "all?":
		result = true
		err = decide(false, func(value) value { return false })
	case "none?":
		result = true
		err = decide(true, func(value) value { return false })
	case "find", "detect":
		err = decide(true, func(item value) value { return item })
	case "find_index", "index":
		n := int64(-1)
		err = ev.each(m, items, func(_, v value) bool {
			n++
			if u, ok := isUnknown(v); ok {
				vague = u
			} else if truthy(v) {
				result = n
			}
			return vague == nil && result == nil
		})
	case "take_while", "drop_while":
		cut := 0
		err = ev.each(m, items, func(_, v value) bool {
			if u, ok := isUnknown(v); ok {
				vague = u
			}
			if vague != nil || !truthy(v) {
				return false
			}
			cut++
			return true
		})
		result = &array{items: slice(items, 0, cut)}
		if m.name == "drop_while" {
			result = &array{items: slice(items, cut, len(items))}
		}
	default:
		return ev.enumeratePlain(m, items)
	}
	if vague != nil {
		return &unknown{span: m.span, reason: vague.reason, said: vague.said}, true, err
	}
	return result, true, err
}

// enumeratePlain calls the methods of Enumerable that need no block.
func (ev *evaluator) enumeratePlain(m *message, items []value) (value, bool, error) {
	switch m.name {
	case "to_a", "entries", "force":
		return &array{items: slices.Clone(items)}, true, nil
	case "first", "take":
		return ev.first(m, items)
	case "drop":
		if n, ok := m.arg(0).(int64); ok && vagueAt(items) < 0 {
			return &array{items: slice(items, int(min(n, int64(len(items)))), len(items))}, true, nil
		}
	case "include?", "member?":
		return ev.includes(m, items), true, nil
	case "count":
		return ev.count(m, items), true, nil
	case "inject", "reduce":
		v, err := ev.inject(m, items)
		return v, true, err
	case "sum":
		start := value(int64(0))
		if len(m.args) > 0 {
			start = m.args[0]
		}
		v, err := ev.inject(&message{span: m.span, args: []value{start, symbol("+")}, frame: m.frame}, items)
		return v, true, err
	case "each_slice", "each_cons":
		return ev.eachSlice(m, items)
	case "any?", "all?", "none?", "sort", "min", "max", "uniq", "to_h", "tally", "to_set", "zip", "lazy", "each_with_object":
		return ev.enumerateKnown(m, items)
	}
	return nil, false, nil
}

// enumerateKnown calls the methods that look at every entry, all of which must be known.
func (ev *evaluator) enumerateKnown(m *message, items []value) (value, bool, error) {
	if u := ev.findUnknown(&array{items: items}); u != nil {
		return &unknown{span: m.span, reason: u.reason, many: true, said: u.said}, true, nil
	}
	switch m.name {
	case "any?":
		return len(m.args) == 0 && slices.ContainsFunc(items, truthy), len(m.args) == 0, nil
	case "all?":
		return !slices.ContainsFunc(items, func(v value) bool { return !truthy(v) }), len(m.args) == 0, nil
	case "none?":
		return !slices.ContainsFunc(items, truthy), len(m.args) == 0, nil
	case "sort", "min", "max":
		if m.block != nil || len(m.args) > 0 {
			return nil, false, nil
		}
		name := map[string]string{"sort": "sort_by", "min": "min_by", "max": "max_by"}[m.name]
		v, err := ev.sortBy(&message{span: m.span, name: name}, items, items)
		return v, true, err
	case "uniq":
		v, err := groupBy(m, items, items)
		return v, true, err
	case "to_h":
		v, err := groupBy(m, items, items)
		return v, true, err
	case "tally":
		h := &hash{}
		for _, x := range items {
			n, _ := h.get(x)
			count, _ := n.(int64)
			h.set(x, count+1)
		}
		return h, true, nil
	case "zip":
		return zip(m, items)
	}
	return nil, false, nil
}

func zip(m *message, items []value) (value, bool, error) {
	out := &array{}
	for i, x := range items {
		row := &array{items: []value{x}}
		for _, a := range m.args {
			other, ok := a.(*array)
			if !ok {
				return nil, false, nil
			}
			row.items = append(row.items, itemAt(other.items, i))
		}
		out.items = append(out.items, row)
	}
	return out, true, nil
}

// first is first, first(n) and take(n).
func (ev *evaluator) first(m *message, items []value) (value, bool, error) {
	n := int64(1)
	if len(m.args) > 0 {
		var ok bool
		if n, ok = m.args[0].(int64); !ok || n < 0 {
			return nil, false, nil
		}
	}
	head := slice(items, 0, int(min(n, int64(len(items)))))
	if at := vagueAt(head); at >= 0 && len(m.args) == 0 {
		u := head[at].(*unknown)
		return &unknown{span: m.span, reason: u.reason, said: u.said}, true, nil
	} else if at >= 0 {
		head = head[:at+1]
	}
	if len(m.args) == 0 {
		return itemAt(head, 0), true, nil
	}
	return &array{items: head}, true, nil
}

func (ev *evaluator) includes(m *message, items []value) value {
	var vague *unknown
	for _, x := range items {
		eq, known := ev.equal(x, m.arg(0))
		if eq && known {
			return true
		}
		if !known && vague == nil {
			vague = ev.findUnknown(&array{items: []value{x, m.arg(0)}})
		}
	}
	if vague != nil {
		return &unknown{span: m.span, reason: vague.reason, said: vague.said}
	}
	return false
}

func (ev *evaluator) count(m *message, items []value) value {
	if at := vagueAt(items); at >= 0 {
		u := items[at].(*unknown)
		return &unknown{span: m.span, reason: u.reason, said: u.said}
	}
	if len(m.args) == 0 {
		return int64(len(items))
	}
	n := int64(0)
	for _, x := range items {
		eq, known := ev.equal(x, m.args[0])
		if !known {
			return ev.known(m, nil, false)
		}
		if eq {
			n++
		}
	}
	return n
}

// sendEnumerator calls a method of "list.map" and the like, which waits for its block.
func (ev *evaluator) sendEnumerator(m *message, e *enumerator) (value, bool, error) {
	inner := *m
	inner.recv = &array{items: e.items}
	switch m.name {
	case "with_index", "each_with_index":
		from, _ := m.arg(0).(int64)
		if m.block == nil {
			return &enumerator{indexed(e.items, from), e.method}, true, nil
		}
		inner.name, inner.args = e.method, nil
		items := e.items
		block := m.block
		n := from - 1
		inner.block = &proc{call: func(args []value) (value, error) {
			n++
			return ev.callBlock(block, append(slices.Clip(args), n)...)
		}}
		return ev.enumerate(&inner, items)
	case "with_object":
		inner.name = "each_with_object"
		return ev.enumerate(&inner, e.items)
	case "size", "length":
		return int64(len(e.items)), true, nil
	case "each":
		inner.name = e.method
	}
	return ev.enumerate(&inner, e.items)
}
