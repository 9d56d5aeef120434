package role

import (
	"math"
	"strconv"
	"strings"
)

// value is a Ruby object: nil, bool, int64, float64, symbol, or one of the
// pointers below.
type value any

type (
	symbol string

	// str is a string, which Ruby may change in place.
	str struct {
		s      string
		line   int // where its text stands
		frozen bool
		vague  *unknown // it may have been changed
	}

	array struct {
		items  []value
		frozen bool
	}

	// hash keeps its pairs in their order.
	hash struct {
		keys, vals []value
		index      map[any]int // by hashKey, made when the hash grows
		missing    value       // what a missing key gives
		maker      *proc       // what makes the value of a missing key
		// more is set when the hash may hold keys that are not known.
		more   *unknown
		frozen bool
	}

	rangeValue struct {
		low, high value
		exclusive bool
	}

	// proc is a block, proc or lambda with the variables around it.
	proc struct {
		node   *blockNode
		frame  *frame
		lambda bool
		call   func(args []value) (value, error) // instead of node: &:name, method(:name)
	}

	regexpValue struct{ source, options string }

	// constant is a class, module or other object that only its name stands for.
	constant string

	// selfValue is the role that the file describes.
	selfValue struct{}

	// fileName is __FILE__, of which only the last part is known.
	fileName struct{ base string }

	// enumerator is a method that waits for its block, as "map" in "map.with_index".
	enumerator struct {
		items  []value
		method string
	}

	// unknown stands for what cannot be known without running the file.
	unknown struct {
		span
		reason string
		many   bool // in a list: any number of entries
		solid  bool // it is not nil: calling its methods does not raise
		// said: the place was reported already, where it arose.
		said bool
	}
)

func truthy(v value) bool { return v != nil && v != false }

func isUnknown(v value) (*unknown, bool) {
	u, ok := v.(*unknown)
	return u, ok
}

// findUnknown is the first unknown within v, nil if all of it is known.
func findUnknown(v value) *unknown { return findUnknownIn(v, 0) }

func findUnknownIn(v value, depth int) *unknown {
	if depth > maxDepth {
		return &unknown{reason: "is nested too deep"}
	}
	switch v := v.(type) {
	case *unknown:
		return v
	case *str:
		return v.vague
	case *array:
		for _, x := range v.items {
			if u := findUnknownIn(x, depth+1); u != nil {
				return u
			}
		}
	case *hash:
		if v.more != nil {
			return v.more
		}
		for i := range v.keys {
			if u := findUnknownIn(v.keys[i], depth+1); u != nil {
				return u
			}
			if u := findUnknownIn(v.vals[i], depth+1); u != nil {
				return u
			}
		}
	case *rangeValue:
		if u := findUnknownIn(v.low, depth+1); u != nil {
			return u
		}
		return findUnknownIn(v.high, depth+1)
	}
	return nil
}

// className is the name of v's class.
func className(v value) string {
	switch v := v.(type) {
	case nil:
		return "NilClass"
	case bool:
		if v {
			return "TrueClass"
		}
		return "FalseClass"
	case int64:
		return "Integer"
	case float64:
		return "Float"
	case symbol:
		return "Symbol"
	case *str, *fileName:
		return "String"
	case *array:
		return "Array"
	case *hash:
		return "Hash"
	case *rangeValue:
		return "Range"
	case *proc:
		return "Proc"
	case *regexpValue:
		return "Regexp"
	case constant:
		return "Class"
	case *runList:
		return "Chef::RunList"
	case Item:
		return "Chef::RunList::RunListItem"
	case selfValue:
		return "Chef::Role"
	case *enumerator:
		return "Enumerator"
	}
	return "Object"
}

// toS is v.to_s; ok is false where it is not known.
func toS(v value) (s string, ok bool) {
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
		return inspect(v, 0)
	case constant:
		return string(v), true
	case Item:
		return v.String(), true
	case *runList:
		return v.text(), true
	}
	return "", false
}

// formatFloat writes a float as Ruby does.
func formatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case math.IsNaN(f):
		return "NaN"
	case f != 0 && (math.Abs(f) >= 1e16 || math.Abs(f) < 1e-4):
		s := strconv.FormatFloat(f, 'e', -1, 64)
		mantissa, exponent, _ := strings.Cut(s, "e")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		return mantissa + "e" + exponent
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// inspect is v.inspect; ok is false where it is not known.
func inspect(v value, depth int) (s string, ok bool) {
	if depth > maxDepth {
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
			if parts[i], ok = inspect(x, depth+1); !ok {
				return "", false
			}
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case *hash:
		return inspectHash(v, depth)
	case bool, int64, float64, constant:
		return toS(v)
	}
	return "", false
}

func inspectHash(h *hash, depth int) (string, bool) {
	if h.more != nil {
		return "", false
	}
	parts := make([]string, len(h.keys))
	for i := range h.keys {
		k, ok := inspect(h.keys[i], depth+1)
		v, ok2 := inspect(h.vals[i], depth+1)
		if !ok || !ok2 {
			return "", false
		}
		parts[i] = k + "=>" + v
	}
	return "{" + strings.Join(parts, ", ") + "}", true
}

func inspectString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '#' && i+1 < len(s) && strings.IndexByte("{$@", s[i+1]) >= 0:
			b.WriteString("\\#")
		case strings.IndexByte("\n\t\r\x1b", c) >= 0:
			b.WriteString([]string{"\\n", "\\t", "\\r", "\\e"}[strings.IndexByte("\n\t\r\x1b", c)])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainSymbol tells a symbol that needs no quotes.
func plainSymbol(s string) bool {
	s = strings.TrimRight(s, "?!=")
	if s == "" || isDigit(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return true
}

// equal is a == b; known is false where it depends on what is not known.
func equal(a, b value) (eq, known bool) { return equalAt(a, b, 0) }

func equalAt(a, b value, depth int) (eq, known bool) {
	if depth > maxDepth {
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
			return false, findUnknown(x) == nil && (!ok || findUnknown(y) == nil)
		}
		for i := range x.items {
			if eq, known := equalAt(x.items[i], y.items[i], depth+1); !eq || !known {
				return eq, known
			}
		}
		return true, true
	case *hash:
		y, ok := b.(*hash)
		if !ok {
			return false, true
		}
		return equalHash(x, y, depth)
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

func equalHash(x, y *hash, depth int) (eq, known bool) {
	if findUnknown(x) != nil || findUnknown(y) != nil {
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
		if eq, known := equalAt(x.vals[i], v, depth+1); !eq || !known {
			return eq, known
		}
	}
	return true, true
}
