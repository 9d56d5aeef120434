package ruby

import (
	"math"
	"slices"
	"strings"
)

// sendArray calls a method of Array.
func (ev *Evaluator) sendArray(m *Call, a *Array) (Value, bool, error) {
	switch m.Name {
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
		depth := MaxDepth
		if n, ok := m.Arg(0).(int64); ok && n >= 0 && n < MaxDepth {
			depth = int(n)
		}
		out, err := ev.flatten(nil, a.Items, depth)
		return &Array{Items: out}, true, err
	case "compact":
		return &Array{Items: slices.DeleteFunc(slices.Clone(a.Items), func(v Value) bool { return v == nil })}, true, nil
	case "length", "size":
		return ev.count(&Call{span: m.span, recv: a}, a.Items), true, nil
	case "empty?":
		if n, ok := ev.count(&Call{span: m.span, recv: a}, a.Items).(int64); ok {
			return n == 0, true, nil
		}
		return ev.vagueEmpty(m, a), true, nil
	case "last":
		return ev.last(m, a)
	case "join":
		return ev.join(m, a)
	case "reverse":
		return &Array{Items: reversed(a.Items)}, true, nil
	case "to_s", "inspect":
		return nil, false, nil
	case "fetch", "values_at", "rotate", "index", "find_index", "each_index", "product", "transpose", "sample", "shuffle", "assoc", "none?":
		return ev.arrayMore(m, a)
	}
	return ev.enumerate(m, a.Items)
}

// vagueEmpty is empty? of a list with unknown entries: one known entry is enough.
func (ev *Evaluator) vagueEmpty(m *Call, a *Array) Value {
	for _, x := range a.Items {
		if u, ok := x.(*Unknown); !ok || !u.many {
			return false
		}
	}
	return ev.known(m, nil, false)
}

// flatten lays nested lists out.
func (ev *Evaluator) flatten(out, items []Value, depth int) ([]Value, error) {
	if err := ev.spend(1 + len(items)/8); err != nil {
		return nil, err
	}
	for _, x := range items {
		a, ok := x.(*Array)
		if !ok || depth == 0 {
			out = append(out, x)
			continue
		}
		var err error
		if out, err = ev.flatten(out, a.Items, depth-1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// arrayIndex is a[i], a[i, n], a[range] and dig.
func (ev *Evaluator) arrayIndex(m *Call, a *Array) (Value, bool, error) {
	if u := ev.findUnknown(&Array{Items: m.Args}); u != nil {
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said}, true, nil
	}
	if vague := vagueAt(a.Items); vague >= 0 {
		if i, ok := m.Arg(0).(int64); !ok || i < 0 || int(min(i, math.MaxInt32)) >= vague || len(m.Args) > 1 {
			u := a.Items[vague].(*Unknown)
			return &Unknown{span: m.span, Reason: u.Reason, said: u.said}, true, nil
		}
	}
	if m.Name == "dig" && len(m.Args) > 1 {
		inner := &Call{span: m.span, recv: a, Name: "[]", Args: m.Args[:1], frame: m.frame}
		v, done, err := ev.arrayIndex(inner, a)
		if err != nil || !done || v == nil {
			return nil, done, err
		}
		v, err = ev.send(&Call{span: m.span, recv: v, Name: "dig", Args: m.Args[1:], frame: m.frame})
		return v, true, err
	}
	from, n, ok := indexSpan(m.Args, len(a.Items))
	if !ok {
		return nil, false, nil
	}
	if n < 0 {
		return itemAt(a.Items, from), true, nil
	}
	if from < 0 || from > len(a.Items) {
		return nil, true, nil
	}
	return &Array{Items: slice(a.Items, from, from+n)}, true, nil
}

// indexSpan turns the arguments of an index into a start and a count; the count of
// a single place is -1.
func indexSpan(args []Value, size int) (from, n int, ok bool) {
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
func (ev *Evaluator) arrayOperator(m *Call, a *Array) (Value, bool, error) {
	if u, ok := isUnknown(m.Arg(0)); ok {
		switch m.Name {
		case "+", "|", "union":
			return &Array{Items: append(slices.Clip(a.Items), u.spread(u.span))}, true, nil
		}
		return &Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}, true, nil
	}
	if m.Name == "*" {
		return ev.arrayTimes(m, a)
	}
	var b *Array
	switch x := m.Arg(0).(type) {
	case *Array:
		b = x
	default:
		return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into Array", className(x))
	}
	if err := ev.spend((len(a.Items) + len(b.Items)) / 4); err != nil {
		return nil, true, err
	}
	switch m.Name {
	case "+":
		return &Array{Items: append(slices.Clip(a.Items), b.Items...)}, true, nil
	case "<=>":
		if c, ok := ev.compare(a, b); ok {
			return int64(c), true, nil
		}
		return nil, true, nil
	}
	return ev.arraySet(m, a, b)
}

// arraySet treats lists as sets.
func (ev *Evaluator) arraySet(m *Call, a, b *Array) (Value, bool, error) {
	if m.Name == "|" || m.Name == "union" {
		h := &Hash{}
		for _, x := range append(slices.Clip(a.Items), b.Items...) {
			h.Set(x, nil)
		}
		return &Array{Items: h.keys}, true, nil
	}
	if u := ev.findUnknown(&Array{Items: []Value{a, b}}); u != nil {
		return &Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}, true, nil
	}
	other := &Hash{}
	for _, x := range b.Items {
		other.Set(x, nil)
	}
	keep := m.Name == "&" || m.Name == "intersection"
	out := &Array{}
	for _, x := range a.Items {
		if (other.find(x) >= 0) == keep {
			out.Items = append(out.Items, x)
		}
	}
	if keep {
		v, err := groupBy(&Call{Name: "uniq"}, out.Items, out.Items)
		return v, true, err
	}
	return out, true, nil
}

// arrayTimes is list * 3, or list * "," for a join.
func (ev *Evaluator) arrayTimes(m *Call, a *Array) (Value, bool, error) {
	n, ok := m.Arg(0).(int64)
	if !ok {
		return ev.join(m, a)
	}
	if n < 0 {
		return nil, true, raise(m.span, "ArgumentError", "argument must not be negative")
	}
	if n > maxRepeat || int64(len(a.Items))*n > maxRepeat {
		v, err := ev.unread(m, "makes a longer list than is evaluated")
		return v, true, err
	}
	if err := ev.spend(len(a.Items) * int(n)); err != nil {
		return nil, true, err
	}
	return &Array{Items: slices.Repeat(a.Items, int(n))}, true, nil
}

func (ev *Evaluator) last(m *Call, a *Array) (Value, bool, error) {
	inner := *m
	inner.Name = "first"
	v, done, err := ev.first(&inner, reversed(a.Items))
	if tail, ok := v.(*Array); ok && len(m.Args) > 0 && done {
		slices.Reverse(tail.Items)
	}
	return v, done, err
}

// join writes the entries one after the other.
func (ev *Evaluator) join(m *Call, a *Array) (Value, bool, error) {
	sep := ""
	switch s := m.Arg(0).(type) {
	case nil:
	case *String:
		sep = s.Text
	case *Unknown:
		return &Unknown{span: m.span, Reason: s.Reason, said: s.said}, true, nil
	default:
		return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(s))
	}
	flat, err := ev.flatten(nil, a.Items, MaxDepth)
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
	return &String{Text: b.String(), Line: int(m.line)}, true, nil
}

func (ev *Evaluator) arrayMore(m *Call, a *Array) (Value, bool, error) {
	if u := ev.findUnknown(&Array{Items: []Value{a, &Array{Items: m.Args}}}); u != nil {
		return &Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}, true, nil
	}
	n, isInt := m.Arg(0).(int64)
	switch m.Name {
	case "fetch":
		if !isInt || m.block != nil {
			return nil, false, nil
		}
		from, _, _ := indexSpan(m.Args[:1], len(a.Items))
		if from >= 0 && from < len(a.Items) {
			return a.Items[from], true, nil
		}
		if len(m.Args) > 1 {
			return m.Args[1], true, nil
		}
		return nil, true, raise(m.span, "IndexError", "index %d outside of array bounds", n)
	case "values_at":
		out := &Array{}
		for _, x := range m.Args {
			from, _, ok := indexSpan([]Value{x}, len(a.Items))
			if !ok {
				return nil, false, nil
			}
			out.Items = append(out.Items, itemAt(a.Items, from))
		}
		return out, true, nil
	case "rotate":
		if len(a.Items) == 0 {
			return &Array{}, true, nil
		}
		if !isInt {
			n = 1
		}
		k := int(((n % int64(len(a.Items))) + int64(len(a.Items))) % int64(len(a.Items)))
		return &Array{Items: slices.Concat(a.Items[k:], a.Items[:k])}, true, nil
	case "index", "find_index":
		if m.block != nil {
			return ev.enumerateChoice(m, a.Items)
		}
		for i, x := range a.Items {
			if eq, _ := ev.equal(x, m.Arg(0)); eq {
				return int64(i), true, nil
			}
		}
		return nil, true, nil
	case "each_index":
		if m.block != nil {
			for i := range a.Items {
				if _, err := ev.callBlock(m.block, int64(i)); err != nil {
					return nil, true, err
				}
			}
			return a, true, nil
		}
	case "none?":
		return ev.enumerate(m, a.Items)
	case "sample", "shuffle":
		return &Unknown{span: m.span, Reason: "chooses by chance", many: m.Name == "shuffle"}, true, nil
	case "product":
		return ev.product(m, a)
	}
	return nil, false, nil
}

// product pairs every entry with every entry of another list.
func (ev *Evaluator) product(m *Call, a *Array) (Value, bool, error) {
	b, ok := m.Arg(0).(*Array)
	if !ok || len(m.Args) != 1 {
		return nil, false, nil
	}
	if err := ev.spend(len(a.Items) * len(b.Items)); err != nil {
		return nil, true, err
	}
	out := &Array{}
	for _, x := range a.Items {
		for _, y := range b.Items {
			out.Items = append(out.Items, &Array{Items: []Value{x, y}})
		}
	}
	return out, true, nil
}
