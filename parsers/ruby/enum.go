package ruby

import (
	"math"
	"slices"
)

// entries are what "each" of v gives, one after the other.
func (ev *Evaluator) entries(v Value) ([]Value, bool) {
	switch v := v.(type) {
	case *Array:
		return v.Items, true
	case *Hash:
		return v.pairs(), true
	case *enumerator:
		return v.items, true
	case *rangeValue:
		return v.entries(ev)
	case Lister:
		return v.Values(), true
	}
	return nil, false
}

// each runs the block for every entry. An entry that stands for any number of
// them runs it in doubt.
func (ev *Evaluator) each(m *Call, items []Value, got func(item, result Value) (more bool)) error {
	for i := range items {
		if i >= len(items) {
			return nil
		}
		item := items[i]
		if u, ok := item.(*Unknown); ok && u.many {
			if err := ev.blockInDoubt(m, u); err != nil {
				return err
			}
			if !got(item, &Unknown{span: u.span, Reason: u.Reason, many: true, said: u.said}) {
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
func (ev *Evaluator) enumerate(m *Call, items []Value) (Value, bool, error) {
	if err := ev.spend(len(items) / 4); err != nil {
		return nil, true, err
	}
	if m.block != nil {
		if v, done, err := ev.enumerateEach(m, items); done {
			return v, true, err
		}
		return ev.enumerateChoice(m, items)
	}
	switch m.Name {
	case "each", "map", "collect", "select", "filter", "reject", "each_entry", "flat_map", "collect_concat", "filter_map", "each_pair", "reverse_each":
		if m.Name == "reverse_each" {
			items = reversed(items)
		}
		return &enumerator{items, m.Name}, true, nil
	case "each_with_index":
		return &enumerator{indexed(items, 0), "each"}, true, nil
	}
	return ev.enumeratePlain(m, items)
}

// indexed pairs every item with its place.
func indexed(items []Value, from int64) []Value {
	out := make([]Value, len(items))
	for i, x := range items {
		out[i] = &Array{Items: []Value{x, from + int64(i)}}
	}
	return out
}

func reversed(items []Value) []Value {
	out := slices.Clone(items)
	slices.Reverse(out)
	return out
}

// enumerateEach calls the methods that run their block for every entry.
func (ev *Evaluator) enumerateEach(m *Call, items []Value) (Value, bool, error) {
	out := &Array{}
	keep := func(v Value) { out.Items = append(out.Items, v) }
	var got func(item, v Value) bool
	switch m.Name {
	case "each", "each_entry", "each_pair":
		err := ev.each(m, items, func(Value, Value) bool { return true })
		return m.recv, true, err
	case "reverse_each":
		err := ev.each(m, reversed(items), func(Value, Value) bool { return true })
		return m.recv, true, err
	case "each_with_index":
		err := ev.each(m, indexed(items, 0), func(Value, Value) bool { return true })
		return m.recv, true, err
	case "map", "collect":
		got = func(_, v Value) bool { keep(v); return true }
	case "flat_map", "collect_concat":
		got = func(_, v Value) bool {
			if a, ok := v.(*Array); ok {
				out.Items = append(out.Items, a.Items...)
			} else {
				keep(v)
			}
			return true
		}
	case "select", "filter", "find_all", "reject":
		got = func(item, v Value) bool {
			if u, ok := isUnknown(v); ok {
				it := u.spread(u.span)
				it.choices = []Value{item}
				keep(it)
			} else if truthy(v) != (m.Name == "reject") {
				keep(item)
			}
			return true
		}
	case "filter_map":
		got = func(_, v Value) bool {
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
func (ev *Evaluator) enumerateFold(m *Call, items []Value) (Value, bool, error) {
	switch m.Name {
	case "inject", "reduce":
		v, err := ev.inject(m, items)
		return v, true, err
	case "each_with_object":
		for _, item := range items {
			if _, err := ev.callBlock(m.block, item, m.Arg(0)); err != nil {
				return nil, true, err
			}
		}
		return m.Arg(0), true, nil
	case "sort", "min", "max":
		v, err := ev.sortWith(m, items)
		return v, true, err
	case "group_by", "partition", "to_h", "sort_by", "min_by", "max_by", "sum", "uniq", "each_slice", "each_cons", "zip", "count", "tally":
		return ev.enumerateKeys(m, items)
	}
	return nil, false, nil
}

// inject folds a list with its block or the operator that a symbol names.
func (ev *Evaluator) inject(m *Call, items []Value) (Value, error) {
	args := m.Args
	var op string
	if n := len(args); m.block == nil && n > 0 {
		op, _ = Name(args[n-1])
		args = args[:n-1]
	}
	var acc Value
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
			acc, err = ev.send(&Call{span: m.span, recv: acc, Name: op, Args: []Value{item}, frame: m.frame})
		}
		if err != nil {
			return nil, err
		}
	}
	return acc, nil
}

// sum adds items up.
func (ev *Evaluator) sum(m *Call, start Value, items []Value) (Value, error) {
	isFloat := func(v Value) bool { _, ok := v.(float64); return ok }
	all := append([]Value{start}, items...)
	if slices.ContainsFunc(all, isFloat) && !slices.ContainsFunc(all, func(v Value) bool { return !isNumber(v) }) {
		return compensated(all), nil
	}
	return ev.inject(&Call{span: m.span, Name: "inject", Args: []Value{start, Symbol("+")}, frame: m.frame}, items)
}

// compensated adds up numbers as Ruby does, by Kahan's and Babuska's summation.
func compensated(numbers []Value) float64 {
	var sum, lost float64
	for _, n := range numbers {
		x := asFloat(n)
		next := sum + x
		if math.Abs(sum) >= math.Abs(x) {
			lost += sum - next + x
		} else {
			lost += x - next + sum
		}
		sum = next
	}
	return sum + lost
}

// enumerateKeys calls the methods that sort or group by what their block gives.
func (ev *Evaluator) enumerateKeys(m *Call, items []Value) (Value, bool, error) {
	if m.Name == "each_slice" || m.Name == "each_cons" {
		return ev.eachSlice(m, items)
	}
	keys := make([]Value, 0, len(items))
	err := ev.each(m, items, func(_, v Value) bool { keys = append(keys, v); return true })
	if err != nil {
		return nil, true, err
	}
	if u := ev.findUnknown(&Array{Items: keys}); u != nil && m.Name != "sum" {
		return &Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}, true, nil
	}
	switch m.Name {
	case "group_by", "partition", "uniq", "to_h", "tally":
		v, err := groupBy(m, items, keys)
		return v, true, err
	case "sort_by", "min_by", "max_by":
		v, err := ev.sortBy(m, items, keys)
		return v, true, err
	case "sum":
		v, err := ev.sum(m, int64(0), keys)
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
func groupBy(m *Call, items, keys []Value) (Value, error) {
	h := &Hash{}
	yes, no := &Array{}, &Array{}
	for i, k := range keys {
		switch m.Name {
		case "partition":
			if truthy(k) {
				yes.Items = append(yes.Items, items[i])
			} else {
				no.Items = append(no.Items, items[i])
			}
		case "to_h":
			pair, ok := k.(*Array)
			if !ok || len(pair.Items) != 2 {
				return nil, raise(m.span, "TypeError", "wrong element type %s (expected array)", className(k))
			}
			h.Set(pair.Items[0], pair.Items[1])
		case "uniq":
			if _, ok := h.Get(k); !ok {
				h.Set(k, items[i])
			}
		default:
			group, ok := h.Get(k)
			if !ok {
				group = &Array{}
				h.Set(k, group)
			}
			g := group.(*Array)
			g.Items = append(g.Items, items[i])
		}
	}
	switch m.Name {
	case "partition":
		return &Array{Items: []Value{yes, no}}, nil
	case "uniq":
		return &Array{Items: h.vals}, nil
	}
	return h, nil
}

// sortBy orders items by their keys.
func (ev *Evaluator) sortBy(m *Call, items, keys []Value) (Value, error) {
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
	out := make([]Value, len(items))
	for i, at := range order {
		out[i] = items[at]
	}
	switch m.Name {
	case "min_by":
		return itemAt(out, 0), nil
	case "max_by":
		return itemAt(out, len(out)-1), nil
	}
	return &Array{Items: out}, nil
}

// sortWith orders items by a block that compares two.
func (ev *Evaluator) sortWith(m *Call, items []Value) (Value, error) {
	if u := ev.findUnknown(&Array{Items: items}); u != nil || len(m.Args) > 0 {
		return ev.unread(m, "sorts what is not known")
	}
	var fault error
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(a, b Value) int {
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
	case m.Name == "min":
		return itemAt(out, 0), nil
	case m.Name == "max":
		return itemAt(out, len(out)-1), nil
	}
	return &Array{Items: out}, nil
}

// eachSlice is each_slice(n) and each_cons(n).
func (ev *Evaluator) eachSlice(m *Call, items []Value) (Value, bool, error) {
	n, ok := m.Arg(0).(int64)
	if !ok || n < 1 {
		return nil, false, nil
	}
	parts := slicesOf(items, int(min(n, int64(len(items)+1))), m.Name == "each_cons")
	if err := ev.spend(len(parts) * int(min(n, int64(len(items)))) / 4); err != nil {
		return nil, true, err
	}
	if m.block == nil {
		return &enumerator{parts, "each"}, true, nil
	}
	err := ev.each(m, parts, func(Value, Value) bool { return true })
	return m.recv, true, err
}

func slicesOf(items []Value, n int, overlap bool) []Value {
	var parts []Value
	step := n
	if overlap {
		step = 1
	}
	for i := 0; i < len(items); i += step {
		if overlap && i+n > len(items) {
			break
		}
		parts = append(parts, &Array{Items: slice(items, i, i+n)})
	}
	return parts
}
