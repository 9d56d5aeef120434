package role

import (
	"cmp"
	"strconv"
	"strings"
)

// walk looks through values, which may hold each other many times over or
// themselves. What it still may look at is bounded.
type walk struct{ left int }

// spent counts a step and tells that no more may be taken.
func (w *walk) spent(depth int) bool {
	w.left--
	return w.left < 0 || depth > maxDepth
}

// briefly is a walk for what is said in messages and for the keys of hashes.
func briefly() *walk { return &walk{left: 2000} }

// unknown is the first unknown within v, nil if all of it is known.
func (w *walk) unknown(v value, depth int) *unknown {
	if w.spent(depth) {
		return &unknown{reason: "is larger than is looked at"}
	}
	switch v := v.(type) {
	case *unknown:
		return v
	case *str:
		return v.vague
	case *array:
		return w.unknownAmong(v.items, depth)
	case *hash:
		if v.more != nil {
			return v.more
		}
		if u := w.unknownAmong(v.keys, depth); u != nil {
			return u
		}
		return w.unknownAmong(v.vals, depth)
	case *rangeValue:
		return w.unknownAmong([]value{v.low, v.high}, depth)
	}
	return nil
}

func (w *walk) unknownAmong(items []value, depth int) *unknown {
	for _, x := range items {
		if u := w.unknown(x, depth+1); u != nil {
			return u
		}
	}
	return nil
}

// text is v.to_s; ok is false where it is not known.
func (w *walk) text(v value) (s string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return formatFloat(v), true
	case symbol:
		return string(v), true
	case *str:
		return v.s, v.vague == nil
	case *array, *hash:
		return w.inspect(v, 0)
	case constant:
		return string(v), true
	case Item:
		return v.String(), true
	case *runList:
		return v.text(), true
	}
	return "", false
}

// inspect is v.inspect; ok is false where it is not known.
func (w *walk) inspect(v value, depth int) (s string, ok bool) {
	if w.spent(depth) {
		return "", false
	}
	switch v := v.(type) {
	case nil:
		return "nil", true
	case *str:
		return inspectString(v.s), v.vague == nil
	case symbol:
		if plainSymbol(string(v)) {
			return ":" + string(v), true
		}
		return ":" + inspectString(string(v)), true
	case *array:
		parts := make([]string, len(v.items))
		for i, x := range v.items {
			if parts[i], ok = w.inspect(x, depth+1); !ok {
				return "", false
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case *hash:
		return w.inspectHash(v, depth)
	case bool, int64, float64, constant:
		return w.text(v)
	}
	return "", false
}

func (w *walk) inspectHash(h *hash, depth int) (string, bool) {
	if h.more != nil {
		return "", false
	}
	parts := make([]string, len(h.keys))
	for i := range h.keys {
		k, ok := w.inspect(h.keys[i], depth+1)
		v, ok2 := w.inspect(h.vals[i], depth+1)
		if !ok || !ok2 {
			return "", false
		}
		parts[i] = k + "=>" + v
	}
	return "{" + strings.Join(parts, ", ") + "}", true
}

// equal is a == b; known is false where it depends on what is not known.
func (w *walk) equal(a, b value, depth int) (eq, known bool) {
	if w.spent(depth) {
		return false, false
	}
	if _, ok := a.(*unknown); ok {
		return false, false
	}
	if _, ok := b.(*unknown); ok {
		return false, false
	}
	switch x := a.(type) {
	case *str:
		y, ok := b.(*str)
		return ok && x.s == y.s, x.vague == nil && (!ok || y.vague == nil)
	case int64:
		if y, ok := b.(float64); ok {
			return float64(x) == y, true
		}
	case float64:
		if y, ok := b.(int64); ok {
			return x == float64(y), true
		}
	case *array:
		y, ok := b.(*array)
		if !ok || len(x.items) != len(y.items) {
			return false, w.unknown(x, depth) == nil && (!ok || w.unknown(y, depth) == nil)
		}
		for i := range x.items {
			if eq, known := w.equal(x.items[i], y.items[i], depth+1); !eq || !known {
				return eq, known
			}
		}
		return true, true
	case *hash:
		y, ok := b.(*hash)
		if !ok {
			return false, true
		}
		return w.equalHash(x, y, depth)
	case Item:
		if y, ok := b.(*str); ok {
			return x.String() == y.s, true
		}
		y, ok := b.(Item)
		return ok && x.same(y), true
	case *regexpValue:
		y, ok := b.(*regexpValue)
		return ok && *x == *y, true
	case *rangeValue, *proc, *enumerator, *fileName:
		return a == b, a == b
	}
	return a == b, true
}

func (w *walk) equalHash(x, y *hash, depth int) (eq, known bool) {
	if w.unknown(x, depth) != nil || w.unknown(y, depth) != nil {
		return false, false
	}
	if len(x.keys) != len(y.keys) {
		return false, true
	}
	for i, k := range x.keys {
		v, ok := y.get(k)
		if !ok {
			return false, true
		}
		if eq, known := w.equal(x.vals[i], v, depth+1); !eq || !known {
			return eq, known
		}
	}
	return true, true
}

// compare is a <=> b; ok is false where there is no order.
func (w *walk) compare(a, b value, depth int) (c int, ok bool) {
	if w.spent(depth) {
		return 0, false
	}
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y), true
		}
		if y, ok := b.(float64); ok {
			return cmp.Compare(float64(x), y), true
		}
	case float64:
		if y, ok := b.(float64); ok {
			return cmp.Compare(x, y), true
		}
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, float64(y)), true
		}
	case *str:
		if y, ok := b.(*str); ok {
			return cmp.Compare(x.s, y.s), true
		}
	case symbol:
		if y, ok := b.(symbol); ok {
			return cmp.Compare(x, y), true
		}
	case *array:
		y, ok := b.(*array)
		if !ok {
			return 0, false
		}
		for i := range min(len(x.items), len(y.items)) {
			if c, ok := w.compare(x.items[i], y.items[i], depth+1); c != 0 || !ok {
				return c, ok
			}
		}
		return cmp.Compare(len(x.items), len(y.items)), true
	}
	return 0, false
}
