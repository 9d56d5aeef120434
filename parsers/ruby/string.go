package ruby

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// text makes a string at the place of another.
func (s *String) text(t string) Value { return &String{Text: t, Line: s.Line} }

// trimmable is what strip takes away.
const trimmable = " \t\n\v\f\r\x00"

// trimmed is the string without these characters at its ends, and its place.
func (s *String) trimmed(left, right string) Value {
	t := strings.TrimLeft(s.Text, left)
	out := &String{Text: strings.TrimRight(t, right), Line: s.Line, verbatim: s.verbatim}
	if s.verbatim {
		out.Line += strings.Count(s.Text[:len(s.Text)-len(t)], "\n")
	}
	return out
}

// sendString calls a method of String.
func (ev *Evaluator) sendString(m *Call, s *String) (Value, bool, error) {
	if err := ev.spend(len(s.Text) / 32); err != nil {
		return nil, true, err
	}
	if s.vague != nil && !harmless(m.Name) {
		return &Unknown{span: m.span, Reason: s.vague.Reason, said: s.vague.said}, true, nil
	}
	for _, a := range m.Args {
		if u := ev.findUnknown(a); u != nil && m.Name != "==" && m.Name != "!=" {
			return ev.stringUnknown(m, s, a), true, nil
		}
	}
	switch m.Name {
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
		if len(m.Args) > 0 {
			return nil, false, nil
		}
		return s, true, nil
	case "+@", "-@", "b", "encode", "force_encoding", "unicode_normalize", "scrub":
		return s.text(s.Text), true, nil
	}
	if base, ok := strings.CutSuffix(m.Name, "!"); ok && base != "" {
		return ev.stringBang(m, s, base)
	}
	return ev.stringPlain(m, s)
}

// stringUnknown is what a method gives whose argument is not known.
func (ev *Evaluator) stringUnknown(m *Call, s *String, arg Value) *Unknown {
	u := ev.because(m.span, arg)
	if matches(m.Name) {
		ev.forgetGroups()
	}
	switch {
	case m.Name == "+":
		ev.fillGap(u, s.Text, "")
	case changes(m.Name):
		u.choices = nil
		blur(s, u)
	default:
		u.choices = nil
	}
	return u
}

// stringPlain calls the methods that need no arguments.
func (ev *Evaluator) stringPlain(m *Call, s *String) (Value, bool, error) {
	if len(m.Args) > 0 {
		return nil, false, nil
	}
	switch m.Name {
	case "length", "size":
		return int64(utf8.RuneCountInString(s.Text)), true, nil
	case "bytesize":
		return int64(len(s.Text)), true, nil
	case "empty?":
		return s.Text == "", true, nil
	case "upcase":
		return s.text(strings.ReplaceAll(strings.ToUpper(s.Text), "ß", "SS")), true, nil
	case "downcase":
		return s.text(strings.ToLower(s.Text)), true, nil
	case "capitalize":
		_, n := utf8.DecodeRuneInString(s.Text)
		return s.text(strings.ToUpper(s.Text[:n]) + strings.ToLower(s.Text[n:])), true, nil
	case "swapcase":
		return s.text(strings.Map(swapCase, s.Text)), true, nil
	case "strip":
		return s.trimmed(trimmable, trimmable), true, nil
	case "lstrip":
		return s.trimmed(trimmable, ""), true, nil
	case "rstrip":
		return s.trimmed("", trimmable), true, nil
	case "chop":
		_, n := utf8.DecodeLastRuneInString(s.Text)
		if strings.HasSuffix(s.Text, "\r\n") {
			n = 2
		}
		return s.text(s.Text[:len(s.Text)-n]), true, nil
	case "reverse":
		runes := []rune(s.Text)
		for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
			runes[i], runes[j] = runes[j], runes[i]
		}
		return s.text(string(runes)), true, nil
	case "to_sym", "intern":
		return Symbol(s.Text), true, nil
	case "to_i":
		return leadingInt(s.Text), true, nil
	case "to_f":
		return leadingFloat(s.Text), true, nil
	case "ord":
		r, n := utf8.DecodeRuneInString(s.Text)
		return int64(r), n > 0, nil
	case "hex":
		n, err := strconv.ParseInt(strings.TrimPrefix(s.Text, "0x"), 16, 64)
		return n, err == nil, nil
	case "ascii_only?":
		return strings.IndexFunc(s.Text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0, true, nil
	case "valid_encoding?":
		return utf8.ValidString(s.Text), true, nil
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
func leadingInt(s string) Value {
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

func leadingFloat(s string) Value {
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
func (ev *Evaluator) stringBang(m *Call, s *String, base string) (Value, bool, error) {
	inner := *m
	inner.Name = base
	v, done, err := ev.sendString(&inner, s)
	if !done || err != nil {
		return v, done, err
	}
	out, ok := v.(*String)
	if !ok {
		return v, true, nil
	}
	before := s.Text
	if err := ev.rewrite(m, s, out.Text); err != nil || before == out.Text {
		return nil, true, err
	}
	return s, true, nil
}

// rewrite changes a string in place.
func (ev *Evaluator) rewrite(m *Call, s *String, text string) error {
	if err := thaw(m); err != nil {
		return err
	}
	if len(ev.doubts) > 0 {
		old, why := s.Text, ev.doubt()
		ev.trail = append(ev.trail, func() { s.Text, s.vague = old, why })
	}
	s.Text = text
	return ev.spend(len(text) / 16)
}

// maxRepeat bounds what a single "*" makes.
const maxRepeat = 1 << 20

// stringOperator is s + t, s * n, s % args and the comparisons.
func (ev *Evaluator) stringOperator(m *Call, s *String) (Value, bool, error) {
	switch m.Name {
	case "%":
		args := []Value{m.Arg(0)}
		if a, ok := m.Arg(0).(*Array); ok {
			args = a.Items
		}
		v, err := ev.formatText(m, s.Text, args)
		return v, true, err
	case "*":
		n, ok := m.Arg(0).(int64)
		if !ok || n < 0 {
			return nil, true, raise(m.span, "ArgumentError", "a string cannot be repeated by %s", className(m.Arg(0)))
		}
		if n > maxRepeat || int64(len(s.Text))*n > maxRepeat {
			v, err := ev.unread(m, "makes a longer text than is evaluated")
			return v, true, err
		}
		if err := ev.spend(len(s.Text) * int(n) / 16); err != nil {
			return nil, true, err
		}
		return s.text(strings.Repeat(s.Text, int(n))), true, nil
	case "=~":
		return ev.stringSearch(m, s)
	case "between?":
		if len(m.Args) == 2 {
			return ev.between(m)
		}
	}
	t, ok := m.Arg(0).(*String)
	switch {
	case !ok && m.Name == "<=>":
		return nil, true, nil
	case !ok:
		if _, isFile := m.Arg(0).(*FileName); isFile {
			return ev.because(m.span, m.Arg(0)), true, nil
		}
		return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(m.Arg(0)))
	case m.Name == "+":
		return s.text(s.Text + t.Text), true, ev.spend((len(s.Text) + len(t.Text)) / 16)
	}
	return compared(m.Name, strings.Compare(s.Text, t.Text)), true, nil
}

// compared is what an operator makes of the order of two values.
func compared(op string, c int) Value {
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
func (ev *Evaluator) insert(m *Call, s *String) (Value, bool, error) {
	at, ok := m.Arg(0).(int64)
	t, ok2 := m.Arg(1).(*String)
	runes := []rune(s.Text)
	if at < 0 {
		at += int64(len(runes)) + 1
	}
	if !ok || !ok2 || at < 0 || at > int64(len(runes)) {
		return nil, false, nil
	}
	return s, true, ev.rewrite(m, s, string(runes[:at])+t.Text+string(runes[at:]))
}

// changeString calls a method that changes the string in place.
func (ev *Evaluator) changeString(m *Call, s *String) (Value, bool, error) {
	if m.Name == "insert" {
		return ev.insert(m, s)
	}
	var add strings.Builder
	for _, a := range m.Args {
		switch t := a.(type) {
		case *String:
			add.WriteString(t.Text)
		case int64:
			if m.Name != "<<" && m.Name != "concat" || t < 0 || t > utf8.MaxRune {
				return nil, false, nil
			}
			add.WriteRune(rune(t))
		default:
			return nil, true, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(a))
		}
	}
	switch m.Name {
	case "<<", "concat":
		return s, true, ev.rewrite(m, s, s.Text+add.String())
	case "prepend":
		return s, true, ev.rewrite(m, s, add.String()+s.Text)
	case "replace", "clear":
		return s, true, ev.rewrite(m, s, add.String())
	}
	return nil, false, nil
}
