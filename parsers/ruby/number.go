package ruby

import (
	"math"
	"math/bits"
	"strconv"
)

// sendNumber calls a method of Integer or Float.
func (ev *Evaluator) sendNumber(m *Call) (Value, bool, error) {
	if len(m.Args) == 1 {
		switch m.Name {
		case "+", "-", "*", "/", "%", "**", "<", "<=", ">", ">=", "<=>", "modulo", "div":
			return ev.arithmetic(m)
		}
	}
	if len(m.Args) == 2 && (m.Name == "between?" || m.Name == "clamp") {
		return ev.between(m)
	}
	if n, ok := m.recv.(int64); ok {
		if v, done, err := ev.sendInteger(m, n); done || err != nil {
			return v, done, err
		}
	}
	f := asFloat(m.recv)
	switch m.Name {
	case "to_f":
		return f, true, nil
	case "to_i", "to_int", "floor", "ceil", "round", "truncate":
		if math.Abs(f) > 1e15 || len(m.Args) > 0 {
			return nil, false, nil
		}
		switch m.Name {
		case "floor":
			f = math.Floor(f)
		case "ceil":
			f = math.Ceil(f)
		case "round":
			f = math.Round(f)
		}
		return int64(f), true, nil
	case "abs":
		return math.Abs(f), true, nil
	case "-@":
		return -f, true, nil
	case "zero?":
		return f == 0, true, nil
	case "positive?":
		return f > 0, true, nil
	case "negative?":
		return f < 0, true, nil
	}
	return nil, false, nil
}

// between is between?(low, high) and clamp(low, high).
func (ev *Evaluator) between(m *Call) (Value, bool, error) {
	low, ok := ev.compare(m.recv, m.Args[0])
	high, ok2 := ev.compare(m.recv, m.Args[1])
	switch {
	case !ok || !ok2:
		return nil, false, nil
	case m.Name == "between?":
		return low >= 0 && high <= 0, true, nil
	case low < 0:
		return m.Args[0], true, nil
	case high > 0:
		return m.Args[1], true, nil
	}
	return m.recv, true, nil
}

func isNumber(v Value) bool {
	_, isFloat := v.(float64)
	return isFloat || isInt(v)
}

func asFloat(v Value) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// sendInteger calls the methods that only integers have, or have otherwise.
func (ev *Evaluator) sendInteger(m *Call, n int64) (Value, bool, error) {
	switch m.Name {
	case "times":
		return ev.countUp(m, 0, n-1)
	case "upto":
		if to, ok := m.Arg(0).(int64); ok {
			return ev.countUp(m, n, to)
		}
	case "downto":
		if to, ok := m.Arg(0).(int64); ok && to <= n {
			return ev.countSteps(m, n, to, -1)
		}
	case "step":
		to, ok := m.Arg(0).(int64)
		by, ok2 := m.Arg(1).(int64)
		if len(m.Args) == 1 {
			by, ok2 = 1, true
		}
		if ok && ok2 && by != 0 {
			return ev.countSteps(m, n, to, by)
		}
	case "to_i", "to_int", "ord":
		return n, true, nil
	case "floor", "ceil", "round", "truncate":
		digits, ok := m.Arg(0).(int64)
		return n, len(m.Args) == 0 || ok && digits >= 0, nil
	case "abs":
		return max(n, -n), true, nil
	case "-@":
		return -n, true, nil
	case "+@":
		return n, true, nil
	case "~":
		return ^n, true, nil
	case "succ", "next":
		return n + 1, true, nil
	case "pred":
		return n - 1, true, nil
	case "even?":
		return n%2 == 0, true, nil
	case "odd?":
		return n%2 != 0, true, nil
	case "to_s":
		if base, ok := m.Arg(0).(int64); ok && base >= 2 && base <= 36 {
			return &String{Text: strconv.FormatInt(n, int(base)), Line: int(m.line)}, true, nil
		}
	case "chr":
		if n >= 0 && n < 128 {
			return &String{Text: string(rune(n)), Line: int(m.line)}, true, nil
		}
	case "&", "|", "^", "<<", ">>":
		return bitwise(m, n)
	}
	return nil, false, nil
}

func bitwise(m *Call, n int64) (Value, bool, error) {
	k, ok := m.Arg(0).(int64)
	if !ok || (m.Name == "<<" || m.Name == ">>") && (k < 0 || k > 62) {
		return nil, false, nil
	}
	switch m.Name {
	case "&":
		return n & k, true, nil
	case "|":
		return n | k, true, nil
	case "^":
		return n ^ k, true, nil
	case ">>":
		return n >> k, true, nil
	}
	if bits.Len64(uint64(max(n, -n)))+int(k) > 62 {
		return nil, false, nil
	}
	return n << k, true, nil
}

// countUp runs the block for from, from+1 … to.
func (ev *Evaluator) countUp(m *Call, from, to int64) (Value, bool, error) {
	if to < from {
		return m.recv, true, nil
	}
	return ev.countSteps(m, from, to, 1)
}

// countSteps runs the block for from, from+by … to.
func (ev *Evaluator) countSteps(m *Call, from, to, by int64) (Value, bool, error) {
	var items []Value
	if (by > 0) != (from <= to) && from != to {
		return m.recv, true, nil
	}
	if n := (to - from) / by; n < 0 || n > int64(ev.limit) {
		return nil, true, errTooLong
	}
	for i := from; by > 0 && i <= to || by < 0 && i >= to; i += by {
		if err := ev.spend(1); err != nil {
			return nil, true, err
		}
		if m.block == nil {
			items = append(items, i)
			continue
		}
		if _, err := ev.callBlock(m.block, i); err != nil {
			return nil, true, err
		}
	}
	if m.block == nil {
		return &enumerator{items, "each"}, true, nil
	}
	return m.recv, true, nil
}

// arithmetic calculates; what overflows is not known.
func (ev *Evaluator) arithmetic(m *Call) (Value, bool, error) {
	if u, ok := isUnknown(m.Args[0]); ok {
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said}, true, nil
	}
	a, ok := m.recv.(int64)
	b, ok2 := m.Args[0].(int64)
	if ok && ok2 {
		return ev.integers(m, a, b)
	}
	y := asFloat(m.Args[0])
	if _, isNumber := m.Args[0].(float64); !ok2 && !isNumber {
		return nil, true, raise(m.span, "TypeError", "%s can't be coerced into %s", className(m.Args[0]), className(m.recv))
	}
	x := asFloat(m.recv)
	switch m.Name {
	case "+":
		return x + y, true, nil
	case "-":
		return x - y, true, nil
	case "*":
		return x * y, true, nil
	case "/":
		return x / y, true, nil
	case "**":
		return math.Pow(x, y), true, nil
	case "%", "modulo", "div":
		return nil, false, nil
	}
	c, _ := ev.compare(m.recv, m.Args[0])
	return compared(m.Name, c), true, nil
}

func (ev *Evaluator) integers(m *Call, a, b int64) (Value, bool, error) {
	const small = 1 << 31
	fits := a < small && a > -small && b < small && b > -small
	switch m.Name {
	case "+", "-", "*":
		if !fits {
			return &Unknown{span: m.span, Reason: "calculates with large numbers"}, true, nil
		}
		return map[string]int64{"+": a + b, "-": a - b, "*": a * b}[m.Name], true, nil
	case "/", "%", "modulo", "div":
		if b == 0 {
			return nil, true, raise(m.span, "ZeroDivisionError", "divided by 0")
		}
		quotient, rest := a/b, a%b
		if rest != 0 && (rest < 0) != (b < 0) {
			quotient, rest = quotient-1, rest+b
		}
		if m.Name == "/" || m.Name == "div" {
			return quotient, true, nil
		}
		return rest, true, nil
	case "**":
		if f := math.Pow(float64(a), float64(b)); b >= 0 && math.Abs(f) < 1<<52 {
			return int64(f), true, nil
		}
		return &Unknown{span: m.span, Reason: "calculates with large numbers"}, true, nil
	}
	c, _ := ev.compare(a, b)
	return compared(m.Name, c), true, nil
}
