package role

import "slices"

// entries are what "each" of v gives, one after the other.
func (ev *evaluator) entries(v value) ([]value, bool) {
	switch v := v.(type) {
	case *array:
		return v.items, true
	case *hash:
		return v.pairs(), true
	case *runList:
		return v.values(), true
	case *enumerator:
		return v.items, true
	case *rangeValue:
		return v.entries(ev)
	}
	return nil, false
}

// each runs the block for every entry. An entry that stands for any number of
// them runs it in doubt.
func (ev *evaluator) each(m *message, items []value, got func(item, result value) (more bool)) error {
	for i := range items {
		if i >= len(items) {
			return nil
		}
		item := items[i]
		if u, ok := item.(*unknown); ok && u.many {
			if err := ev.blockInDoubt(m, u); err != nil {
				return err
			}
			if !got(item, &unknown{span: u.span, reason: u.reason, many: true, said: u.said}) {
				return nil
			}
			continue
		}
		v, err := ev.callBlock(m.block, item)
		if err != nil {
			return err
		}
		if !got(item, v) {
			return nil
		}
	}
	return nil
}

// enumerate calls the methods of Enumerable.
func (ev *evaluator) enumerate(m *message, items []value) (value, bool, error) {
	if err := ev.spend(len(items) / 4); err != nil {
		return nil, true, err
	}
	if m.block != nil {
		if v, done, err := ev.enumerateEach(m, items); done {
			return v, true, err
		}
		return ev.enumerateChoice(m, items)
	}
	switch m.name {
	case "each", "map", "collect", "select", "filter", "reject", "each_entry", "flat_map", "collect_concat", "filter_map", "each_pair", "reverse_each":
		if m.name == "reverse_each" {
			items = reversed(items)
		}
		return &enumerator{items, m.name}, true, nil
	case "each_with_index":
		return &enumerator{indexed(items, 0), "each"}, true, nil
	}
	return ev.enumeratePlain(m, items)
}

// indexed pairs every item with its place.
func indexed(items []value, from int64) []value {
	out := make([]value, len(items))
	for i, x := range items {
		out[i] = &array{items: []value{x, from + int64(i)}}
	}
	return out
}

func reversed(items []value) []value {
	out := slices.Clone(items)
	slices.Reverse(out)
	return out
}

// enumerateEach calls the methods that run their block for every entry.
func (ev *evaluator) enumerateEach(m *message, items []value) (value, bool, error) {
	out := &array{}
	keep := func(v value) { out.items = append(out.items, v) }
	var got func(item, v value) bool
	switch m.name {
	case "each", "each_entry", "each_pair":
		err := ev.each(m, items, func(value, value) bool { return true })
		return m.recv, true, err
	case "reverse_each":
		err := ev.each(m, reversed(items), func(value, value) bool { return true })
		return m.recv, true, err
	case "each_with_index":
		err := ev.each(m, indexed(items, 0), func(value, value) bool { return true })
		return m.recv, true, err
	case "map", "collect":
		got = func(_, v value) bool { keep(v); return true }
	case "flat_map", "collect_concat":
		got = func(_, v value) bool {
			if a, ok := v.(*array); ok {
				out.items = append(out.items, a.items...)
			} else {
				keep(v)
			}
			return true
		}
	case "select", "filter", "find_all", "reject":
		got = func(item, v value) bool {
			if u, ok := isUnknown(v); ok {
				keep(&unknown{span: u.span, reason: u.reason, many: true, said: u.said})
			} else if truthy(v) != (m.name == "reject") {
				keep(item)
			}
			return true
		}
	case "filter_map":
		got = func(_, v value) bool {
			if truthy(v) {
				keep(v)
			}
			return true
		}
	default:
		return ev.enumerateFold(m, items)
	}
	err := ev.each(m, items, got)
	return out, true, err
}

// enumerateFold calls the methods that gather what their block gives.
func (ev *evaluator) enumerateFold(m *message, items []value) (value, bool, error) {
	switch m.name {
	case "inject", "reduce":
		v, err := ev.inject(m, items)
		return v, true, err
	case "each_with_object":
		for _, item := range items {
			if _, err := ev.callBlock(m.block, item, m.arg(0)); err != nil {
				return nil, true, err
			}
		}
		return m.arg(0), true, nil
	case "sort", "min", "max":
		v, err := ev.sortWith(m, items)
		return v, true, err
	case "group_by", "partition", "to_h", "sort_by", "min_by", "max_by", "sum", "uniq", "each_slice", "each_cons", "zip", "count", "tally":
		return ev.enumerateKeys(m, items)
	}
	return nil, false, nil
}

// inject folds a list with its block or the operator that a symbol names.
func (ev *evaluator) inject(m *message, items []value) (value, error) {
	args := m.args
	var op string
	if n := len(args); m.block == nil && n > 0 {
		op, _ = nameOf(args[n-1])
		args = args[:n-1]
	}
	var acc value
	if len(args) > 0 {
		acc = args[0]
	} else if len(items) > 0 {
		acc, items = items[0], items[1:]
	}
	for _, item := range items {
		var err error
		if m.block != nil {
			acc, err = ev.callBlock(m.block, acc, item)
		} else {
			acc, err = ev.send(&message{span: m.span, recv: acc, name: op, args: []value{item}, frame: m.frame})
		}
		if err != nil {
			return nil, err
		}
	}
	return acc, nil
}

// enumerateKeys calls the methods that sort or group by what their block gives.
func (ev *evaluator) enumerateKeys(m *message, items []value) (value, bool, error) {
	if m.name == "each_slice" || m.name == "each_cons" {
		return ev.eachSlice(m, items)
	}
	keys := make([]value, 0, len(items))
	err := ev.each(m, items, func(_, v value) bool { keys = append(keys, v); return true })
	if err != nil {
		return nil, true, err
	}
	if u := ev.findUnknown(&array{items: keys}); u != nil && m.name != "sum" {
		return &unknown{span: m.span, reason: u.reason, many: true, said: u.said}, true, nil
	}
	switch m.name {
	case "group_by", "partition", "uniq", "to_h", "tally":
		v, err := groupBy(m, items, keys)
		return v, true, err
	case "sort_by", "min_by", "max_by":
		v, err := ev.sortBy(m, items, keys)
		return v, true, err
	case "sum":
		v, err := ev.inject(&message{span: m.span, name: "inject", args: []value{int64(0), symbol("+")}, frame: m.frame}, keys)
		return v, true, err
	case "count":
		n := 0
		for _, k := range keys {
			if truthy(k) {
				n++
			}
		}
		return int64(n), true, nil
	}
	return nil, false, nil
}

// groupBy puts items together by their keys.
func groupBy(m *message, items, keys []value) (value, error) {
	h := &hash{}
	yes, no := &array{}, &array{}
	for i, k := range keys {
		switch m.name {
		case "partition":
			if truthy(k) {
				yes.items = append(yes.items, items[i])
			} else {
				no.items = append(no.items, items[i])
			}
		case "to_h":
			pair, ok := k.(*array)
			if !ok || len(pair.items) != 2 {
				return nil, raise(m.span, "TypeError", "wrong element type %s (expected array)", className(k))
			}
			h.set(pair.items[0], pair.items[1])
		case "uniq":
			if _, ok := h.get(k); !ok {
				h.set(k, items[i])
			}
		default:
			group, ok := h.get(k)
			if !ok {
				group = &array{}
				h.set(k, group)
			}
			g := group.(*array)
			g.items = append(g.items, items[i])
		}
	}
	switch m.name {
	case "partition":
		return &array{items: []value{yes, no}}, nil
	case "uniq":
		return &array{items: h.vals}, nil
	}
	return h, nil
}

// sortBy orders items by their keys.
func (ev *evaluator) sortBy(m *message, items, keys []value) (value, error) {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	comparable := true
	slices.SortStableFunc(order, func(a, b int) int {
		c, ok := ev.compare(keys[a], keys[b])
		comparable = comparable && ok
		return c
	})
	if !comparable {
		return nil, raise(m.span, "ArgumentError", "comparison of %s failed", className(itemAt(keys, 0)))
	}
	out := make([]value, len(items))
	for i, at := range order {
		out[i] = items[at]
	}
	switch m.name {
	case "min_by":
		return itemAt(out, 0), nil
	case "max_by":
		return itemAt(out, len(out)-1), nil
	}
	return &array{items: out}, nil
}

// sortWith orders items by a block that compares two.
func (ev *evaluator) sortWith(m *message, items []value) (value, error) {
	if u := ev.findUnknown(&array{items: items}); u != nil || len(m.args) > 0 {
		return ev.unread(m, "sorts what is not known")
	}
	var fault error
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(a, b value) int {
		if fault != nil {
			return 0
		}
		v, err := ev.callBlock(m.block, a, b)
		n, ok := v.(int64)
		switch {
		case err != nil:
			fault = err
		case !ok:
			fault = raise(m.span, "ArgumentError", "comparison of %s with %s failed", className(a), className(b))
		}
		return int(max(min(n, 1), -1))
	})
	switch {
	case fault != nil:
		return nil, fault
	case m.name == "min":
		return itemAt(out, 0), nil
	case m.name == "max":
		return itemAt(out, len(out)-1), nil
	}
	return &array{items: out}, nil
}

// eachSlice is each_slice(n) and each_cons(n).
func (ev *evaluator) eachSlice(m *message, items []value) (value, bool, error) {
	n, ok := m.arg(0).(int64)
	if !ok || n < 1 {
		return nil, false, nil
	}
	parts := slicesOf(items, int(min(n, int64(len(items)+1))), m.name == "each_cons")
	if err := ev.spend(len(parts) * int(min(n, int64(len(items)))) / 4); err != nil {
		return nil, true, err
	}
	if m.block == nil {
		return &enumerator{parts, "each"}, true, nil
	}
	err := ev.each(m, parts, func(value, value) bool { return true })
	return m.recv, true, err
}

func slicesOf(items []value, n int, overlap bool) []value {
	var parts []value
	step := n
	if overlap {
		step = 1
	}
	for i := 0; i < len(items); i += step {
		if overlap && i+n > len(items) {
			break
		}
		parts = append(parts, &array{items: slice(items, i, i+n)})
	}
	return parts
}
