package ruby

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

type (
	// Symbol is a Ruby symbol, without its colon.
	Symbol string

	// String is a string, which Ruby may change in place.
	String struct {
		Text   string
		Line   int // where its text stands; 0 when it is not known
		frozen bool
		// verbatim: each newline in the text is one in the file.
		verbatim bool
		vague    *Unknown // it may have been changed
	}

	// Array is an array. An Unknown among the Items may stand for any number of them.
	Array struct {
		Items  []Value
		frozen bool
	}

	// Hash keeps its pairs in their order.
	Hash struct {
		keys, vals []Value
		index      map[any]int // by hashKey, made when the hash grows
		missing    Value       // what a missing key gives
		maker      *proc       // what makes the value of a missing key
		// more is set when the hash may hold keys that are not known.
		more   *Unknown
		frozen bool
	}

	// FileName is __FILE__, of which only the last part is known.
	FileName struct{ Base string }

	// Unknown stands for what cannot be known without running the file.
	Unknown struct {
		span
		Reason string // "reads the environment variable X"
		many   bool   // in a list: any number of entries
		solid  bool   // it is not nil: calling its methods does not raise
		// said: the place was reported already, where it arose.
		said bool
		cond span // the condition that makes it unknown, where that is not the place itself
		// choices are values that it may be, as far as the file names them.
		choices []Value
		of      *Unknown // the doubt in which what it stands for was changed
	}

	rangeValue struct {
		low, high Value
		exclusive bool
	}

	// proc is a block, proc or lambda with the variables around it.
	proc struct {
		node   *blockNode
		frame  *frame
		lambda bool
		call   func(args []Value) (Value, error) // instead of node: &:name, method(:name)
	}

	regexpValue struct{ source, options string }

	// constant is a class, module or other object that only its name stands for.
	constant string

	// enumerator is a method that waits for its block, as "map" in "map.with_index".
	enumerator struct {
		items  []Value
		method string
	}
)

func truthy(v Value) bool { return v != nil && v != false }

func isUnknown(v Value) (*Unknown, bool) {
	u, ok := v.(*Unknown)
	return u, ok
}

// Noun names what v is in a message: "a Hash", "an Integer".
func Noun(v Value) string { return article(className(v)) }

// Name is the text of a string or symbol.
func Name(v Value) (string, bool) {
	switch v := v.(type) {
	case *String:
		return v.Text, true
	case Symbol:
		return string(v), true
	}
	return "", false
}

// Frozen is an array that the file may not change.
func Frozen(items []Value) *Array { return &Array{Items: items, frozen: true} }

// className is the name of v's class.
func className(v Value) string {
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
	case Symbol:
		return "Symbol"
	case *String, *FileName:
		return "String"
	case *Array:
		return "Array"
	case *Hash:
		return "Hash"
	case *rangeValue:
		return "Range"
	case *proc:
		return "Proc"
	case *regexpValue:
		return "Regexp"
	case constant:
		return "Class"
	case *enumerator:
		return "Enumerator"
	case Object:
		return v.Class()
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
		case strings.IndexByte("\n\t\r\x1b\a\b\v\f", c) >= 0:
			b.WriteString([]string{"\\n", "\\t", "\\r", "\\e", "\\a", "\\b", "\\v", "\\f"}[strings.IndexByte("\n\t\r\x1b\a\b\v\f", c)])
		case c < ' ':
			fmt.Fprintf(&b, "\\u%04X", c)
		case c == 0x7f:
			b.WriteString("\\x7F")
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainSymbol tells a symbol that needs no quotes.
func plainSymbol(s string) bool {
	if slices.Contains(symbolOperators, s) {
		return true
	}
	if n := len(s) - 1; n > 0 && strings.IndexByte("?!=", s[n]) >= 0 {
		s = s[:n]
	} else {
		s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "$"), "@"), "@")
	}
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
