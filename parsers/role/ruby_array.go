package role

import (
	"math"
	"slices"
	"strings"
)

// sendArray calls a method of Array.
func (ev *evaluator) sendArray(m *message, a *array) (value, bool, error) {
	switch m.name {
	case "[]", "slice", "at", "dig":
		return ev.arrayIndex(m, a)
	case "+", "-", "&", "|", "*", "union", "difference", "intersection", "<=>":
		return ev.arrayOperator(m, a)
	case "<<", "push", "append", "pop", "shift", "unshift", "prepend", "insert", "concat", "[]=", "replace", "clear",
		"delete", "delete_at", "delete_if", "reject!", "select!", "keep_if", "filter!", "map!", "collect!", "flatten!",
		"compact!", "uniq!", "reverse!", "sort!", "sort_by!", "shuffle!", "fill":
		v, done, err := ev.changeArray(m, a)
		return v, done, err
	case "to_a", "to_ary":
		return a, true, nil
	case "flatten":
		depth := maxDepth
		if n, ok := m.arg(0).(int64); ok && n >= 0 && n < maxDepth {
			depth = int(n)
		}
		out, err := ev.flatten(nil, a.items, depth)
		return &array{items: out}, true, err
	case "compact":
		return &array{items: slices.DeleteFunc(slices.Clone(a.items), func(v value) bool { return v == nil })}, true, nil
	case "length", "size":
		return ev.count(&message{span: m.span, recv: a}, a.items), true, nil
	case "empty?":
		if n, ok := ev.count(&message{span: m.span, recv: a}, a.items).(int64); ok {
			return n == 0, true, nil
		}
		return ev.vagueEmpty(m, a), true, nil
	case "last":
		return ev.last(m, a)
	case "join":
		return ev.join(m, a)
	case "reverse":
		return &array{items: reversed(a.items)}, true, nil
	case "to_s", "inspect":
		return nil, false, nil
	case "fetch", "values_at", "rotate", "index", "find_index", "each_index", "product", "transpose", "sample", "shuffle", "assoc", "none?":
		return ev.arrayMore(m, a)
	}
	return ev.enumerate(m, a.items)
}

// vagueEmpty is empty? of a list with unknown entries: one known entry is enough.
func (ev *evaluator) vagueEmpty(m *message, a *array) value {
	for _, x := range a.items {
		if u, ok := x.(*unknown); !ok || !u.many {
			return false
		}
	}
	return ev.known(m, nil, false)
}

// flatten lays nested lists out.
func (ev *evaluator) flatten(out, items []value, depth int) ([]value, error) {
	if err := ev.spend(1 + len(items)/8); err != nil {
		return nil, err
	}
	for _, x := range items {
		a, ok := x.(*array)
		if !ok || depth == 0 {
			out = append(out, x)
			continue
		}
		var err error
		if out, err = ev.flatten(out, a.items, depth-1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// arrayIndex is a[i], a[i, n], a[range] and dig.
func (ev *evaluator) arrayIndex(m *message, a *array) (value, bool, error) {
	if u := ev.findUnknown(&array{items: m.args}); u != nil {
		return &unknown{span: m.span, reason: u.reason, said: u.said}, true, nil
	}
	if vague := vagueAt(a.items); vague >= 0 {
		if i, ok := m.arg(0).(int64); !ok || i < 0 || int(min(i, math.MaxInt32)) >= vague || len(m.args) > 1 {
			u := a.items[vague].(*unknown)
			return &unknown{span: m.span, reason: u.reason, said: u.said}, true, nil
		}
	}
	if m.name == "dig" && len(m.args) > 1 {
		inner := &message{span: m.span, recv: a, name: "[]", args: m.args[:1], frame: m.frame}
		v, done, err := ev.arrayIndex(inner, a)
		if err != nil || !done || v == nil {
			return nil, done, err
		}
		v, err = ev.send(&message{span: m.span, recv: v, name: "dig", args: m.args[1:], frame: m.frame})
		return v, true, err
	}
	from, n, ok := indexSpan(m.args, len(a.items))
	if !ok {
		return nil, false, nil
	}
	if n < 0 {
		return itemAt(a.items, from), true, nil
	}
	if from < 0 || from > len(a.items) {
		return nil, true, nil
	}
	return &array{items: slice(a.items, from, from+n)}, true, nil
}

// indexSpan turns the arguments of an index into a start and a count; the count of
// a single place is -1.
func indexSpan(args []value, size int) (from, n int, ok bool) {
	if len(args) == 0 {
		return 0, 0, false
	}
	switch x := args[0].(type) {
	case int64:
		from = int(max(min(x, math.MaxInt32), math.MinInt32))
		if from < 0 {
			from += size
		}
		n = -1
		if len(args) > 1 {
			count, isInt := args[1].(int64)
			if !isInt || count < 0 {
				return 0, 0, false
			}
			n = int(min(count, int64(size)))
		}
		return from, n, len(args) <= 2
	case *rangeValue:
		low, isInt := x.low.(int64)
		if !isInt && x.low != nil {
			return 0, 0, false
		}
		high, isInt := x.high.(int64)
		if !isInt {
			if x.high != nil {
				return 0, 0, false
			}
			high = int64(size) - 1
		} else if high < 0 {
			high += int64(size)
		}
		if x.exclusive && isInt {
			high--
		}
		if low < 0 {
			low += int64(size)
		}
		low = max(min(low, math.MaxInt32), -1)
		return int(low), int(max(min(high, int64(size))-low+1, 0)), len(args) == 1
	}
	return 0, 0, false
}

// arrayOperator is a + b, a - b, a & b, a | b, a * n and a <=> b.
func (ev *evaluator) arrayOperator(m *message, a *array) (value, bool, error) {
	if u, ok := isUnknown(m.arg(0)); ok {
		switch m.name {
		case "+", "|", "union":
			return &array{items: append(slices.Clip(a.items), &unknown{span: u.span, reason: u.reason, many: true, said: u.said})}, true, nil
		}
		return &unknown{span: m.span, reason: u.reason, many: true, said: u.said}, true, nil
	}
	if m.name == "*" {
		return ev.arrayTimes(m, a)
	}
	var b *array
	switch x := m.arg(0).(type) {
	case *array:
		b = x
	default:
		return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into Array", className(x))
	}
	if err := ev.spend((len(a.items) + len(b.items)) / 4); err != nil {
		return nil, true, err
	}
	switch m.name {
	case "+":
		return &array{items: append(slices.Clip(a.items), b.items...)}, true, nil
	case "<=>":
		if c, ok := ev.compare(a, b); ok {
			return int64(c), true, nil
		}
		return nil, true, nil
	}
	return ev.arraySet(m, a, b)
}

// arraySet treats lists as sets.
func (ev *evaluator) arraySet(m *message, a, b *array) (value, bool, error) {
	if m.name == "|" || m.name == "union" {
		h := &hash{}
		for _, x := range append(slices.Clip(a.items), b.items...) {
			h.set(x, nil)
		}
		return &array{items: h.keys}, true, nil
	}
	if u := ev.findUnknown(&array{items: []value{a, b}}); u != nil {
		return &unknown{span: m.span, reason: u.reason, many: true, said: u.said}, true, nil
	}
	other := &hash{}
	for _, x := range b.items {
		other.set(x, nil)
	}
	keep := m.name == "&" || m.name == "intersection"
	out := &array{}
	for _, x := range a.items {
		if (other.find(x) >= 0) == keep {
			out.items = append(out.items, x)
		}
	}
	if keep {
		v, err := groupBy(&message{name: "uniq"}, out.items, out.items)
		return v, true, err
	}
	return out, true, nil
}

// arrayTimes is list * 3, or list * "," for a join.
func (ev *evaluator) arrayTimes(m *message, a *array) (value, bool, error) {
	n, ok := m.arg(0).(int64)
	if !ok {
		return ev.join(m, a)
	}
	if n < 0 {
		return nil, true, raise(m.span, "ArgumentError", "argument must not be negative")
	}
	if n > maxRepeat || int64(len(a.items))*n > maxRepeat {
		v, err := ev.unread(m, "makes a longer list than is evaluated")
		return v, true, err
	}
	if err := ev.spend(len(a.items) * int(n)); err != nil {
		return nil, true, err
	}
	return &array{items: slices.Repeat(a.items, int(n))}, true, nil
}

func (ev *evaluator) last(m *message, a *array) (value, bool, error) {
	inner := *m
	inner.name = "first"
	v, done, err := ev.first(&inner, reversed(a.items))
	if tail, ok := v.(*array); ok && len(m.args) > 0 && done {
		slices.Reverse(tail.items)
	}
	return v, done, err
}

// join writes the entries one after the other.
func (ev *evaluator) join(m *message, a *array) (value, bool, error) {
	sep := ""
	switch s := m.arg(0).(type) {
	case nil:
	case *str:
		sep = s.s
	case *unknown:
		return &unknown{span: m.span, reason: s.reason, said: s.said}, true, nil
	default:
		return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(s))
	}
	flat, err := ev.flatten(nil, a.items, maxDepth)
	if err != nil {
		return nil, true, err
	}
	var b strings.Builder
	for i, x := range flat {
		s, ok := ev.toS(x)
		if !ok {
			return ev.because(m.span, x), true, nil
		}
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(s)
		if err := ev.spend((len(s) + len(sep)) / 16); err != nil {
			return nil, true, err
		}
	}
	return &str{s: b.String(), line: int(m.line)}, true, nil
}

func (ev *evaluator) arrayMore(m *message, a *array) (value, bool, error) {
	if u := ev.findUnknown(&array{items: []value{a, &array{items: m.args}}}); u != nil {
		return &unknown{span: m.span, reason: u.reason, many: true, said: u.said}, true, nil
	}
	n, isInt := m.arg(0).(int64)
	switch m.name {
	case "fetch":
		if !isInt || m.block != nil {
			return nil, false, nil
		}
		from, _, _ := indexSpan(m.args[:1], len(a.items))
		if from >= 0 && from < len(a.items) {
			return a.items[from], true, nil
		}
		if len(m.args) > 1 {
			return m.args[1], true, nil
		}
		return nil, true, raise(m.span, "IndexError", "index %d outside of array bounds", n)
	case "values_at":
		out := &array{}
		for _, x := range m.args {
			from, _, ok := indexSpan([]value{x}, len(a.items))
			if !ok {
				return nil, false, nil
			}
			out.items = append(out.items, itemAt(a.items, from))
		}
		return out, true, nil
	case "rotate":
		if len(a.items) == 0 {
			return &array{}, true, nil
		}
		if !isInt {
			n = 1
		}
		k := int(((n % int64(len(a.items))) + int64(len(a.items))) % int64(len(a.items)))
		return &array{items: slices.Concat(a.items[k:], a.items[:k])}, true, nil
	case "index", "find_index":
		if m.block != nil {
			return ev.enumerateChoice(m, a.items)
		}
		for i, x := range a.items {
			if eq, _ := ev.equal(x, m.arg(0)); eq {
				return int64(i), true, nil
			}
		}
		return nil, true, nil
	case "each_index":
		if m.block != nil {
			for i := range a.items {
				if _, err := ev.callBlock(m.block, int64(i)); err != nil {
					return nil, true, err
				}
			}
			return a, true, nil
		}
	case "none?":
		return ev.enumerate(m, a.items)
	case "sample", "shuffle":
		return &unknown{span: m.span, reason: "chooses by chance", many: m.name == "shuffle"}, true, nil
	case "product":
		return ev.product(m, a)
	}
	return nil, false, nil
}

// product pairs every entry with every entry of another list.
func (ev *evaluator) product(m *message, a *array) (value, bool, error) {
	b, ok := m.arg(0).(*array)
	if !ok || len(m.args) != 1 {
		return nil, false, nil
	}
	if err := ev.spend(len(a.items) * len(b.items)); err != nil {
		return nil, true, err
	}
	out := &array{}
	for _, x := range a.items {
		for _, y := range b.items {
			out.items = append(out.items, &array{items: []value{x, y}})
		}
	}
	return out, true, nil
}
