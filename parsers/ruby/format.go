package ruby

import (
	"fmt"
	"strconv"
	"strings"
)

// format is Kernel#format.
func (ev *Evaluator) format(m *Call) (Value, error) {
	s, ok := m.Arg(0).(*String)
	if !ok {
		if u := ev.findUnknown(m.Arg(0)); u != nil {
			return ev.because(m.span, u), nil
		}
		return nil, raise(m.span, "TypeError", "no implicit conversion of %s into String", className(m.Arg(0)))
	}
	return ev.formatText(m, s.Text, m.Args[1:])
}

// maxWidth bounds the width that a format may ask for.
const maxWidth = 10_000

// directive is one "%-5.2d" of a format.
type directive struct {
	flags            string
	width, precision int // -1: not given
	name             string
	verb             byte
}

// formatText writes values into a format. What it cannot read is not known.
func (ev *Evaluator) formatText(m *Call, text string, args []Value) (Value, error) {
	if u := ev.findUnknown(&Array{Items: args}); u != nil {
		return ev.because(m.span, u), nil
	}
	vague := &Unknown{span: m.span, Reason: "uses a format that is not evaluated"}
	var b strings.Builder
	next := 0
	for i := 0; i < len(text); {
		if text[i] != '%' {
			b.WriteByte(text[i])
			i++
			continue
		}
		d, n, ok := parseDirective(text[i:])
		if !ok {
			return vague, nil
		}
		i += n
		if d.verb == '%' {
			b.WriteByte('%')
			continue
		}
		v, err := d.argument(m, args, &next)
		if _, isText := v.(*String); isText && strings.IndexByte("diuxXob", d.verb) >= 0 && err == nil {
			v, err = ev.number(&Call{span: m.span, Name: "Integer"}, v)
		}
		if err != nil {
			return nil, err
		}
		out, ok := d.write(&ev.walk, v)
		if !ok {
			return vague, nil
		}
		b.WriteString(out)
		if err := ev.spend(1 + len(out)/16); err != nil {
			return nil, err
		}
	}
	return &String{Text: b.String(), Line: int(m.line)}, nil
}

// parseDirective reads a directive at the start of s and its length.
func parseDirective(s string) (d directive, n int, ok bool) {
	d.width, d.precision = -1, -1
	n = 1
	for n < len(s) && strings.IndexByte("-+ 0#", s[n]) >= 0 {
		d.flags += s[n : n+1]
		n++
	}
	if n < len(s) && (s[n] == '<' || s[n] == '{') {
		end := strings.IndexByte(s[n:], map[byte]byte{'<': '>', '{': '}'}[s[n]])
		if end < 0 {
			return d, 0, false
		}
		d.name = s[n+1 : n+end]
		if s[n] == '{' {
			d.verb = 's'
			return d, n + end + 1, true
		}
		n += end + 1
		for n < len(s) && strings.IndexByte("-+ 0#", s[n]) >= 0 {
			d.flags += s[n : n+1]
			n++
		}
	}
	d.width, n = digitsAt(s, n)
	if n < len(s) && s[n] == '.' {
		d.precision, n = digitsAt(s, n+1)
		d.precision = max(d.precision, 0)
	}
	if n >= len(s) || d.width > maxWidth || d.precision > maxWidth {
		return d, 0, false
	}
	d.verb = s[n]
	return d, n + 1, true
}

// digitsAt reads a number at s[i:], -1 if there is none.
func digitsAt(s string, i int) (n, end int) {
	end = i
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	n, err := strconv.Atoi(s[i:end])
	if err != nil {
		n = -1
		if end > i {
			n = maxWidth + 1
		}
	}
	return n, end
}

// argument is the value that the directive writes.
func (d directive) argument(m *Call, args []Value, next *int) (Value, error) {
	if d.name != "" {
		h, ok := itemAt(args, 0).(*Hash)
		if !ok {
			return nil, raise(m.span, "ArgumentError", "one hash required")
		}
		v, ok := h.Get(Symbol(d.name))
		if !ok {
			return nil, raise(m.span, "KeyError", "key<%s> not found", d.name)
		}
		return v, nil
	}
	if *next >= len(args) {
		return nil, raise(m.span, "ArgumentError", "too few arguments")
	}
	*next++
	return args[*next-1], nil
}

// write gives the text for a value; ok is false for what is not evaluated.
func (d directive) write(w *walk, v Value) (string, bool) {
	spec := "%" + d.flags
	if d.verb == 's' || d.verb == 'p' {
		spec = strings.ReplaceAll(spec, "0", "") // texts are never filled up with zeros
	}
	if d.width >= 0 {
		spec += strconv.Itoa(d.width)
	}
	if d.precision >= 0 {
		spec += "." + strconv.Itoa(d.precision)
	}
	switch d.verb {
	case 's', 'p':
		text, ok := w.text(v)
		if d.verb == 'p' {
			text, ok = w.inspect(v, 0)
		}
		return fmt.Sprintf(spec+"s", text), ok
	case 'd', 'i', 'u', 'x', 'X', 'o', 'b':
		n, ok := v.(int64)
		if f, isFloat := v.(float64); isFloat {
			n, ok = int64(f), true
		}
		verb := string(d.verb)
		if d.verb == 'i' || d.verb == 'u' {
			verb = "d"
		}
		return fmt.Sprintf(spec+verb, n), ok && (n >= 0 || verb == "d")
	case 'f', 'e', 'g':
		_, isInt := v.(int64)
		_, isFloat := v.(float64)
		if d.verb == 'g' {
			return strconv.FormatFloat(asFloat(v), 'g', 6, 64), (isInt || isFloat) && len(spec) == 1
		}
		return fmt.Sprintf(spec+string(d.verb), asFloat(v)), isInt || isFloat
	case 'c':
		s, ok := v.(*String)
		if !ok {
			return "", false
		}
		return s.Text, d.width < 0
	}
	return "", false
}
