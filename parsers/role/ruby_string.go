package role

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// text makes a string at the place of another.
func (s *str) text(t string) value { return &str{s: t, line: s.line} }

// trimmable is what strip takes away.
const trimmable = " \t\n\v\f\r\x00"

// trimmed is the string without these characters at its ends, and its place.
func (s *str) trimmed(left, right string) value {
	t := strings.TrimLeft(s.s, left)
	out := &str{s: strings.TrimRight(t, right), line: s.line, verbatim: s.verbatim}
	if s.verbatim {
		out.line += strings.Count(s.s[:len(s.s)-len(t)], "\n")
	}
	return out
}

// sendString calls a method of String.
func (ev *evaluator) sendString(m *message, s *str) (value, bool, error) {
	if err := ev.spend(len(s.s) / 32); err != nil {
		return nil, true, err
	}
	if s.vague != nil && !harmless(m.name) {
		return &unknown{span: m.span, reason: s.vague.reason, said: s.vague.said}, true, nil
	}
	for _, a := range m.args {
		if u := ev.findUnknown(a); u != nil && m.name != "==" && m.name != "!=" {
			return ev.because(m.span, a), true, nil
		}
	}
	switch m.name {
	case "+", "*", "%", "<=>", "<", ">", "<=", ">=", "=~", "between?":
		return ev.stringOperator(m, s)
	case "<<", "concat", "prepend", "replace", "insert", "clear", "[]=":
		return ev.changeString(m, s)
	case "[]", "slice", "split", "lines", "chars", "each_line", "each_char", "bytes", "scan", "partition", "rpartition":
		return ev.stringParts(m, s)
	case "sub", "gsub", "tr", "delete", "squeeze", "center", "ljust", "rjust", "delete_prefix", "delete_suffix", "chomp", "tr_s":
		return ev.stringReplace(m, s)
	case "start_with?", "end_with?", "include?", "match?", "match", "index", "rindex", "count", "casecmp", "casecmp?":
		return ev.stringSearch(m, s)
	case "to_s", "to_str":
		if len(m.args) > 0 {
			return nil, false, nil
		}
		return s, true, nil
	case "+@", "-@", "b", "encode", "force_encoding", "unicode_normalize", "scrub":
		return s.text(s.s), true, nil
	}
	if base, ok := strings.CutSuffix(m.name, "!"); ok && base != "" {
		return ev.stringBang(m, s, base)
	}
	return ev.stringPlain(m, s)
}

// stringPlain calls the methods that need no arguments.
func (ev *evaluator) stringPlain(m *message, s *str) (value, bool, error) {
	if len(m.args) > 0 {
		return nil, false, nil
	}
	switch m.name {
	case "length", "size":
		return int64(utf8.RuneCountInString(s.s)), true, nil
	case "bytesize":
		return int64(len(s.s)), true, nil
	case "empty?":
		return s.s == "", true, nil
	case "upcase":
		return s.text(strings.ReplaceAll(strings.ToUpper(s.s), "ß", "SS")), true, nil
	case "downcase":
		return s.text(strings.ToLower(s.s)), true, nil
	case "capitalize":
		_, n := utf8.DecodeRuneInString(s.s)
		return s.text(strings.ToUpper(s.s[:n]) + strings.ToLower(s.s[n:])), true, nil
	case "swapcase":
		return s.text(strings.Map(swapCase, s.s)), true, nil
	case "strip":
		return s.trimmed(trimmable, trimmable), true, nil
	case "lstrip":
		return s.trimmed(trimmable, ""), true, nil
	case "rstrip":
		return s.trimmed("", trimmable), true, nil
	case "chop":
		_, n := utf8.DecodeLastRuneInString(s.s)
		if strings.HasSuffix(s.s, "\r\n") {
			n = 2
		}
		return s.text(s.s[:len(s.s)-n]), true, nil
	case "reverse":
		runes := []rune(s.s)
		for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
			runes[i], runes[j] = runes[j], runes[i]
		}
		return s.text(string(runes)), true, nil
	case "to_sym", "intern":
		return symbol(s.s), true, nil
	case "to_i":
		return leadingInt(s.s), true, nil
	case "to_f":
		return leadingFloat(s.s), true, nil
	case "ord":
		r, n := utf8.DecodeRuneInString(s.s)
		return int64(r), n > 0, nil
	case "hex":
		n, err := strconv.ParseInt(strings.TrimPrefix(s.s, "0x"), 16, 64)
		return n, err == nil, nil
	case "ascii_only?":
		return strings.IndexFunc(s.s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0, true, nil
	case "valid_encoding?":
		return utf8.ValidString(s.s), true, nil
	}
	return nil, false, nil
}

func swapCase(r rune) rune {
	if up := []rune(strings.ToUpper(string(r))); len(up) == 1 && up[0] != r {
		return up[0]
	}
	if low := []rune(strings.ToLower(string(r))); len(low) == 1 {
		return low[0]
	}
	return r
}

// leadingInt is the number that a text begins with, 0 without.
func leadingInt(s string) value {
	s = strings.ReplaceAll(strings.TrimLeft(s, " \t\n"), "_", "")
	end := 0
	for end < len(s) && (isDigit(s[end]) || end == 0 && (s[0] == '-' || s[0] == '+')) {
		end++
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	if err != nil {
		return int64(0)
	}
	return n
}

func leadingFloat(s string) value {
	s = strings.TrimLeft(s, " \t\n")
	for end := len(s); end > 0; end-- {
		if end > 40 {
			end = 40
		}
		if f, err := strconv.ParseFloat(s[:end], 64); err == nil {
			return f
		}
	}
	return 0.0
}

// stringBang calls a method such as "upcase!": the string becomes what the
// plain method gives, the result is nil if nothing changed.
func (ev *evaluator) stringBang(m *message, s *str, base string) (value, bool, error) {
	inner := *m
	inner.name = base
	v, done, err := ev.sendString(&inner, s)
	if !done || err != nil {
		return v, done, err
	}
	out, ok := v.(*str)
	if !ok {
		return v, true, nil
	}
	before := s.s
	if err := ev.rewrite(m, s, out.s); err != nil || before == out.s {
		return nil, true, err
	}
	return s, true, nil
}

// rewrite changes a string in place.
func (ev *evaluator) rewrite(m *message, s *str, text string) error {
	if err := thaw(m); err != nil {
		return err
	}
	if len(ev.doubts) > 0 {
		old, why := s.s, ev.doubt()
		ev.trail = append(ev.trail, func() { s.s, s.vague = old, why })
	}
	s.s = text
	return ev.spend(len(text) / 16)
}

// maxRepeat bounds what a single "*" makes.
const maxRepeat = 1 << 20

// stringOperator is s + t, s * n, s % args and the comparisons.
func (ev *evaluator) stringOperator(m *message, s *str) (value, bool, error) {
	switch m.name {
	case "%":
		args := []value{m.arg(0)}
		if a, ok := m.arg(0).(*array); ok {
			args = a.items
		}
		v, err := ev.formatText(m, s.s, args)
		return v, true, err
	case "*":
		n, ok := m.arg(0).(int64)
		if !ok || n < 0 {
			return nil, true, raise(m.span, "ArgumentError", "a string cannot be repeated by %s", className(m.arg(0)))
		}
		if n > maxRepeat || int64(len(s.s))*n > maxRepeat {
			v, err := ev.unread(m, "makes a longer text than is evaluated")
			return v, true, err
		}
		if err := ev.spend(len(s.s) * int(n) / 16); err != nil {
			return nil, true, err
		}
		return s.text(strings.Repeat(s.s, int(n))), true, nil
	case "=~":
		return ev.stringSearch(m, s)
	case "between?":
		if len(m.args) == 2 {
			return ev.between(m)
		}
	}
	t, ok := m.arg(0).(*str)
	switch {
	case !ok && m.name == "<=>":
		return nil, true, nil
	case !ok:
		if _, isFile := m.arg(0).(*fileName); isFile {
			return ev.because(m.span, m.arg(0)), true, nil
		}
		return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(m.arg(0)))
	case m.name == "+":
		return s.text(s.s + t.s), true, ev.spend((len(s.s) + len(t.s)) / 16)
	}
	return compared(m.name, strings.Compare(s.s, t.s)), true, nil
}

// compared is what an operator makes of the order of two values.
func compared(op string, c int) value {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	}
	return int64(c)
}

// insert is insert(place, text).
func (ev *evaluator) insert(m *message, s *str) (value, bool, error) {
	at, ok := m.arg(0).(int64)
	t, ok2 := m.arg(1).(*str)
	runes := []rune(s.s)
	if at < 0 {
		at += int64(len(runes)) + 1
	}
	if !ok || !ok2 || at < 0 || at > int64(len(runes)) {
		return nil, false, nil
	}
	return s, true, ev.rewrite(m, s, string(runes[:at])+t.s+string(runes[at:]))
}

// changeString calls a method that changes the string in place.
func (ev *evaluator) changeString(m *message, s *str) (value, bool, error) {
	if m.name == "insert" {
		return ev.insert(m, s)
	}
	var add strings.Builder
	for _, a := range m.args {
		switch t := a.(type) {
		case *str:
			add.WriteString(t.s)
		case int64:
			if m.name != "<<" && m.name != "concat" || t < 0 || t > utf8.MaxRune {
				return nil, false, nil
			}
			add.WriteRune(rune(t))
		default:
			return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(a))
		}
	}
	switch m.name {
	case "<<", "concat":
		return s, true, ev.rewrite(m, s, s.s+add.String())
	case "prepend":
		return s, true, ev.rewrite(m, s, add.String()+s.s)
	case "replace", "clear":
		return s, true, ev.rewrite(m, s, add.String())
	}
	return nil, false, nil
}
