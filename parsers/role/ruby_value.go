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
		// verbatim: each newline in the text is one in the file.
		verbatim bool
		vague    *unknown // it may have been changed
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

// formatFloat writes a float as Ruby does.
func formatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case math.IsNaN(f):
		return "NaN"
	case f != 0 && (math.Abs(f) >= 1e15 || math.Abs(f) < 1e-4):
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
