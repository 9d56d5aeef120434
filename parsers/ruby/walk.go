package ruby

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// walk looks through values, which may hold each other many times over or
// themselves. What it still may look at is bounded.
type walk struct{ left int }

// spent counts a step and tells that no more may be taken.
func (w *walk) spent(depth int) bool {
	w.left--
	return w.left < 0 || depth > MaxDepth
}

// briefly is a walk for what is said in messages and for the keys of hashes.
func briefly() *walk { return &walk{left: 2000} }

// unknown is the first unknown within v, nil if all of it is known.
func (w *walk) unknown(v Value, depth int) *Unknown {
	if w.spent(depth) {
		return &Unknown{Reason: "is larger than is looked at"}
	}
	switch v := v.(type) {
	case *Unknown:
		return v
	case *String:
		return v.vague
	case *Array:
		return w.unknownAmong(v.Items, depth)
	case *Hash:
		if v.more != nil {
			return v.more
		}
		if u := w.unknownAmong(v.keys, depth); u != nil {
			return u
		}
		return w.unknownAmong(v.vals, depth)
	case *rangeValue:
		return w.unknownAmong([]Value{v.low, v.high}, depth)
	}
	return nil
}

func (w *walk) unknownAmong(items []Value, depth int) *Unknown {
	for _, x := range items {
		if u := w.unknown(x, depth+1); u != nil {
			return u
		}
	}
	return nil
}

// text is v.to_s; ok is false where it is not known.
func (w *walk) text(v Value) (s string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return formatFloat(v), true
	case Symbol:
		return string(v), true
	case *String:
		return v.Text, v.vague == nil
	case *Array, *Hash:
		return w.inspect(v, 0)
	case constant:
		return string(v), true
	case Object:
		if s, ok := v.(fmt.Stringer); ok {
			return s.String(), true
		}
	}
	return "", false
}

// inspect is v.inspect; ok is false where it is not known.
func (w *walk) inspect(v Value, depth int) (s string, ok bool) {
	if w.spent(depth) {
		return "", false
	}
	switch v := v.(type) {
	case nil:
		return "nil", true
	case *String:
		return inspectString(v.Text), v.vague == nil
	case Symbol:
		if plainSymbol(string(v)) {
			return ":" + string(v), true
		}
		return ":" + inspectString(string(v)), true
	case *Array:
		parts := make([]string, len(v.Items))
		for i, x := range v.Items {
			if parts[i], ok = w.inspect(x, depth+1); !ok {
				return "", false
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case *Hash:
		return w.inspectHash(v, depth)
	case bool, int64, float64, constant:
		return w.text(v)
	}
	return "", false
}

func (w *walk) inspectHash(h *Hash, depth int) (string, bool) {
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
func (w *walk) equal(a, b Value, depth int) (eq, known bool) {
	if w.spent(depth) {
		return false, false
	}
	if _, ok := a.(*Unknown); ok {
		return false, false
	}
	if _, ok := b.(*Unknown); ok {
		return false, false
	}
	switch x := a.(type) {
	case *String:
		y, ok := b.(*String)
		return ok && x.Text == y.Text, x.vague == nil && (!ok || y.vague == nil)
	case int64:
		if y, ok := b.(float64); ok {
			return float64(x) == y, true
		}
	case float64:
		if y, ok := b.(int64); ok {
			return x == float64(y), true
		}
	case *Array:
		y, ok := b.(*Array)
		if !ok || len(x.Items) != len(y.Items) {
			return false, w.unknown(x, depth) == nil && (!ok || w.unknown(y, depth) == nil)
		}
		for i := range x.Items {
			if eq, known := w.equal(x.Items[i], y.Items[i], depth+1); !eq || !known {
				return eq, known
			}
		}
		return true, true
	case *Hash:
		y, ok := b.(*Hash)
		if !ok {
			return false, true
		}
		return w.equalHash(x, y, depth)
	case Equaler:
		return x.Equal(b), true
	case *regexpValue:
		y, ok := b.(*regexpValue)
		return ok && *x == *y, true
	case *rangeValue, *proc, *enumerator, *FileName:
		return a == b, a == b
	}
	return a == b, true
}

func (w *walk) equalHash(x, y *Hash, depth int) (eq, known bool) {
	if w.unknown(x, depth) != nil || w.unknown(y, depth) != nil {
		return false, false
	}
	if len(x.keys) != len(y.keys) {
		return false, true
	}
	for i, k := range x.keys {
		v, ok := y.Get(k)
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
func (w *walk) compare(a, b Value, depth int) (c int, ok bool) {
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
	case *String:
		if y, ok := b.(*String); ok {
			return cmp.Compare(x.Text, y.Text), true
		}
	case Symbol:
		if y, ok := b.(Symbol); ok {
			return cmp.Compare(x, y), true
		}
	case *Array:
		y, ok := b.(*Array)
		if !ok {
			return 0, false
		}
		for i := range min(len(x.Items), len(y.Items)) {
			if c, ok := w.compare(x.Items[i], y.Items[i], depth+1); c != 0 || !ok {
				return c, ok
			}
		}
		return cmp.Compare(len(x.Items), len(y.Items)), true
	}
	return 0, false
}
