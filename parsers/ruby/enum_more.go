package ruby

import "slices"

// enumerateChoice calls the methods whose block decides about entries.
func (ev *Evaluator) enumerateChoice(m *Call, items []Value) (Value, bool, error) {
	var result Value
	var vague *Unknown
	decide := func(stopOn bool, onStop func(item Value) Value) error {
		return ev.each(m, items, func(item, v Value) bool {
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
	switch m.Name {
	case "any?":
		result = false
		err = decide(true, func(Value) Value { return true })
	case "all?":
		result = true
		err = decide(false, func(Value) Value { return false })
	case "none?":
		result = true
		err = decide(true, func(Value) Value { return false })
	case "find", "detect":
		err = decide(true, func(item Value) Value { return item })
	case "find_index", "index":
		n := int64(-1)
		err = ev.each(m, items, func(_, v Value) bool {
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
		err = ev.each(m, items, func(_, v Value) bool {
			if u, ok := isUnknown(v); ok {
				vague = u
			}
			if vague != nil || !truthy(v) {
				return false
			}
			cut++
			return true
		})
		result = &Array{Items: slice(items, 0, cut)}
		if m.Name == "drop_while" {
			result = &Array{Items: slice(items, cut, len(items))}
		}
	default:
		return ev.enumeratePlain(m, items)
	}
	if vague != nil {
		return &Unknown{span: m.span, Reason: vague.Reason, said: vague.said}, true, err
	}
	return result, true, err
}

// enumeratePlain calls the methods of Enumerable that need no block.
func (ev *Evaluator) enumeratePlain(m *Call, items []Value) (Value, bool, error) {
	switch m.Name {
	case "to_a", "entries", "force":
		return &Array{Items: slices.Clone(items)}, true, nil
	case "first", "take":
		return ev.first(m, items)
	case "drop":
		if n, ok := m.Arg(0).(int64); ok && vagueAt(items) < 0 {
			return &Array{Items: slice(items, int(min(n, int64(len(items)))), len(items))}, true, nil
		}
	case "include?", "member?":
		return ev.includes(m, items), true, nil
	case "count":
		return ev.count(m, items), true, nil
	case "inject", "reduce":
		v, err := ev.inject(m, items)
		return v, true, err
	case "sum":
		start := Value(int64(0))
		if len(m.Args) > 0 {
			start = m.Args[0]
		}
		v, err := ev.sum(m, start, items)
		return v, true, err
	case "each_slice", "each_cons":
		return ev.eachSlice(m, items)
	case "any?", "all?", "none?", "sort", "min", "max", "uniq", "to_h", "tally", "to_set", "zip", "minmax", "each_with_object":
		return ev.enumerateKnown(m, items)
	}
	return nil, false, nil
}

// enumerateKnown calls the methods that look at every entry, all of which must be known.
func (ev *Evaluator) enumerateKnown(m *Call, items []Value) (Value, bool, error) {
	if u := ev.findUnknown(&Array{Items: items}); u != nil {
		return &Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}, true, nil
	}
	switch m.Name {
	case "any?":
		return len(m.Args) == 0 && slices.ContainsFunc(items, truthy), len(m.Args) == 0, nil
	case "all?":
		return !slices.ContainsFunc(items, func(v Value) bool { return !truthy(v) }), len(m.Args) == 0, nil
	case "none?":
		return !slices.ContainsFunc(items, truthy), len(m.Args) == 0, nil
	case "sort", "min", "max":
		if m.block != nil || len(m.Args) > 0 {
			return nil, false, nil
		}
		name := map[string]string{"sort": "sort_by", "min": "min_by", "max": "max_by"}[m.Name]
		v, err := ev.sortBy(&Call{span: m.span, Name: name}, items, items)
		return v, true, err
	case "uniq":
		v, err := groupBy(m, items, items)
		return v, true, err
	case "to_h":
		v, err := groupBy(m, items, items)
		return v, true, err
	case "tally":
		h := &Hash{}
		for _, x := range items {
			n, _ := h.Get(x)
			count, _ := n.(int64)
			h.Set(x, count+1)
		}
		return h, true, nil
	case "zip":
		return zip(m, items)
	case "to_set":
		v, err := ev.newSet(items)
		return v, m.block == nil, err
	case "minmax":
		low, err := ev.sortBy(&Call{span: m.span, Name: "min_by"}, items, items)
		if err != nil {
			return nil, true, err
		}
		high, err := ev.sortBy(&Call{span: m.span, Name: "max_by"}, items, items)
		return &Array{Items: []Value{low, high}}, m.block == nil, err
	}
	return nil, false, nil
}

func zip(m *Call, items []Value) (Value, bool, error) {
	out := &Array{}
	for i, x := range items {
		row := &Array{Items: []Value{x}}
		for _, a := range m.Args {
			other, ok := a.(*Array)
			if !ok {
				return nil, false, nil
			}
			row.Items = append(row.Items, itemAt(other.Items, i))
		}
		out.Items = append(out.Items, row)
	}
	return out, true, nil
}

// first is first, first(n) and take(n).
func (ev *Evaluator) first(m *Call, items []Value) (Value, bool, error) {
	n := int64(1)
	if len(m.Args) > 0 {
		var ok bool
		if n, ok = m.Args[0].(int64); !ok || n < 0 {
			return nil, false, nil
		}
	}
	head := slice(items, 0, int(min(n, int64(len(items)))))
	if at := vagueAt(head); at >= 0 && len(m.Args) == 0 {
		u := head[at].(*Unknown)
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said}, true, nil
	} else if at >= 0 {
		head = head[:at+1]
	}
	if len(m.Args) == 0 {
		return itemAt(head, 0), true, nil
	}
	return &Array{Items: head}, true, nil
}

func (ev *Evaluator) includes(m *Call, items []Value) Value {
	var vague *Unknown
	for _, x := range items {
		eq, known := ev.equal(x, m.Arg(0))
		if eq && known {
			return true
		}
		if !known && vague == nil {
			vague = ev.findUnknown(&Array{Items: []Value{x, m.Arg(0)}})
		}
	}
	if vague != nil {
		return &Unknown{span: m.span, Reason: vague.Reason, said: vague.said}
	}
	return false
}

func (ev *Evaluator) count(m *Call, items []Value) Value {
	if at := vagueAt(items); at >= 0 {
		u := items[at].(*Unknown)
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said}
	}
	if len(m.Args) == 0 {
		return int64(len(items))
	}
	n := int64(0)
	for _, x := range items {
		eq, known := ev.equal(x, m.Args[0])
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
func (ev *Evaluator) sendEnumerator(m *Call, e *enumerator) (Value, bool, error) {
	inner := *m
	inner.recv = &Array{Items: e.items}
	switch m.Name {
	case "with_index", "each_with_index":
		from, _ := m.Arg(0).(int64)
		if m.block == nil {
			return &enumerator{indexed(e.items, from), e.method}, true, nil
		}
		inner.Name, inner.Args = e.method, nil
		items := e.items
		block := m.block
		n := from - 1
		inner.block = &proc{call: func(args []Value) (Value, error) {
			n++
			return ev.callBlock(block, append(slices.Clip(args), n)...)
		}}
		return ev.enumerate(&inner, items)
	case "with_object":
		inner.Name = "each_with_object"
		return ev.enumerate(&inner, e.items)
	case "size", "length":
		return int64(len(e.items)), true, nil
	case "each":
		inner.Name = e.method
	}
	return ev.enumerate(&inner, e.items)
}
