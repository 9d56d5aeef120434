package ruby

import (
	"math"
	"strings"
	"unicode/utf8"
)

// stringParts calls the methods that take a string apart. Each part is at the
// line where it stands.
func (ev *Evaluator) stringParts(m *Call, s *String) (Value, bool, error) {
	var parts []string
	switch m.Name {
	case "[]", "slice":
		return ev.stringIndex(m, s)
	case "split":
		return ev.split(m, s)
	case "lines", "each_line":
		parts = strings.SplitAfter(s.Text, "\n")
		if parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		if len(m.Args) > 0 {
			return nil, false, nil
		}
	case "chars", "each_char":
		parts = strings.Split(s.Text, "")
	case "bytes":
		return nil, false, nil
	case "scan":
		return ev.scan(m, s)
	case "partition", "rpartition":
		sep, ok := m.Arg(0).(*String)
		if !ok {
			return nil, false, nil
		}
		i := strings.Index(s.Text, sep.Text)
		if m.Name == "rpartition" {
			i = strings.LastIndex(s.Text, sep.Text)
		}
		switch {
		case i >= 0:
			parts = []string{s.Text[:i], sep.Text, s.Text[i+len(sep.Text):]}
		case m.Name == "partition":
			parts = []string{s.Text, "", ""}
		default:
			parts = []string{"", "", s.Text}
		}
	}
	a := &Array{Items: s.placed(parts)}
	if strings.HasPrefix(m.Name, "each_") && m.block != nil {
		return s, true, ev.each(m, a.Items, func(Value, Value) bool { return true })
	}
	return a, true, ev.spend(len(parts) / 4)
}

// placed makes strings of parts that follow each other in s.
func (s *String) placed(parts []string) []Value {
	out := make([]Value, len(parts))
	if !s.verbatim {
		for i, p := range parts {
			out[i] = s.text(p)
		}
		return out
	}
	at, line := 0, s.Line
	for i, p := range parts {
		if j := strings.Index(s.Text[at:], p); j >= 0 {
			line += strings.Count(s.Text[at:at+j], "\n")
			out[i] = &String{Text: p, Line: line}
			line += strings.Count(p, "\n")
			at += j + len(p)
			continue
		}
		out[i] = &String{Text: p, Line: line}
	}
	return out
}

// split is split without arguments, by a text or by a regexp.
func (ev *Evaluator) split(m *Call, s *String) (Value, bool, error) {
	limit := -1
	if n, ok := m.Arg(1).(int64); ok && n > 0 && n < 1<<31 {
		limit = int(n)
	} else if len(m.Args) > 1 {
		return nil, false, nil
	}
	var parts []string
	switch sep := m.Arg(0).(type) {
	case nil:
		if limit > 0 {
			return nil, false, nil
		}
		parts = strings.Fields(s.Text)
	case *String:
		if sep.Text == " " {
			if limit > 0 {
				return nil, false, nil
			}
			parts = strings.Fields(s.Text)
		} else {
			parts = strings.SplitN(s.Text, sep.Text, limit)
		}
	case *regexpValue:
		re, ok := sep.compile()
		if !ok || re.NumSubexp() > 0 {
			return nil, false, nil
		}
		places, ok, err := ev.everyMatch(re, s.Text, -1)
		if !ok || err != nil {
			return nil, false, err
		}
		parts = splitAt(places, s.Text, limit)
	default:
		return nil, false, nil
	}
	for limit < 0 && len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return &Array{Items: s.placed(parts)}, true, ev.spend(len(parts))
}

// splitAt splits at matches as Ruby does: an empty one at the start gives no part.
func splitAt(places [][]int, s string, limit int) []string {
	var parts []string
	from := 0
	for _, at := range places {
		if limit > 0 && len(parts) == limit-1 {
			break
		}
		if at[1] == 0 || at[0] == at[1] && (at[0] == from || at[0] == len(s)) {
			continue
		}
		parts = append(parts, s[from:at[0]])
		from = at[1]
	}
	return append(parts, s[from:])
}

// scan lists the matches of a regexp.
func (ev *Evaluator) scan(m *Call, s *String) (Value, bool, error) {
	re, ok := m.Arg(0).(*regexpValue)
	ev.forgetGroups()
	if !ok || m.block != nil {
		return nil, false, nil
	}
	compiled, ok := re.compile()
	if !ok {
		return nil, false, nil
	}
	places, ok, err := ev.everyMatch(compiled, s.Text, -1)
	if !ok || err != nil {
		return nil, false, err
	}
	out := &Array{}
	for _, place := range places {
		groups := groupValues(s, place)
		if len(groups) == 1 {
			out.Items = append(out.Items, groups[0])
			continue
		}
		out.Items = append(out.Items, &Array{Items: groups[1:]})
	}
	return out, true, ev.spend(len(s.Text) + len(out.Items))
}

// stringIndex is s[i], s[i, n], s[range], s["text"] and s[/re/, group].
func (ev *Evaluator) stringIndex(m *Call, s *String) (Value, bool, error) {
	switch x := m.Arg(0).(type) {
	case *String:
		if strings.Contains(s.Text, x.Text) {
			return s.text(x.Text), true, nil
		}
		return nil, true, nil
	case *regexpValue:
		re, ok := x.compile()
		if !ok {
			ev.forgetGroups()
			return nil, false, nil
		}
		match := re.FindStringSubmatchIndex(s.Text)
		ev.matched(s, match)
		group, _ := m.Arg(1).(int64)
		return itemAt(groupValues(s, match), int(min(group, math.MaxInt32))), len(m.Args) == 1 || isInt(m.Arg(1)), ev.spend(len(s.Text))
	}
	if err := ev.spend(len(s.Text) / 4); err != nil {
		return nil, true, err
	}
	runes := []rune(s.Text)
	from, n, ok := indexSpan(m.Args, len(runes))
	switch {
	case !ok || !utf8.ValidString(s.Text):
		return nil, false, nil
	case from < 0 || from > len(runes) || n < 0 && from == len(runes):
		return nil, true, nil
	case n < 0:
		n = 1
	}
	return s.text(string(runes[from:min(from+n, len(runes))])), true, nil
}

// stringSearch calls the methods that look for something.
func (ev *Evaluator) stringSearch(m *Call, s *String) (Value, bool, error) {
	if re, ok := m.Arg(0).(*regexpValue); ok {
		return ev.searchRegexp(m, s, re)
	}
	switch m.Name {
	case "start_with?", "end_with?":
		for _, a := range m.Args {
			t, ok := a.(*String)
			if !ok {
				return nil, false, nil
			}
			if m.Name == "start_with?" && strings.HasPrefix(s.Text, t.Text) || m.Name == "end_with?" && strings.HasSuffix(s.Text, t.Text) {
				return true, true, nil
			}
		}
		return false, true, nil
	}
	t, ok := m.Arg(0).(*String)
	if !ok {
		return nil, false, nil
	}
	switch m.Name {
	case "include?":
		return strings.Contains(s.Text, t.Text), true, nil
	case "index", "rindex":
		i := strings.Index(s.Text, t.Text)
		if m.Name == "rindex" {
			i = strings.LastIndex(s.Text, t.Text)
		}
		if i < 0 {
			return nil, true, nil
		}
		return int64(utf8.RuneCountInString(s.Text[:i])), len(m.Args) == 1, nil
	case "casecmp?":
		return strings.EqualFold(s.Text, t.Text), true, nil
	case "casecmp":
		return int64(strings.Compare(strings.ToLower(s.Text), strings.ToLower(t.Text))), true, nil
	}
	return nil, false, nil
}

func (ev *Evaluator) searchRegexp(m *Call, s *String, re *regexpValue) (Value, bool, error) {
	compiled, ok := re.compile()
	if !ok {
		ev.forgetGroups()
		return &Unknown{span: m.span, Reason: "matches a regexp that is not evaluated"}, true, nil
	}
	if err := ev.spend(len(s.Text)); err != nil {
		return nil, true, err
	}
	at := compiled.FindStringSubmatchIndex(s.Text)
	if m.Name != "match?" {
		ev.matched(s, at)
	}
	switch m.Name {
	case "match?":
		return at != nil, true, nil
	case "=~", "index":
		if at == nil {
			return nil, true, nil
		}
		return int64(utf8.RuneCountInString(s.Text[:at[0]])), true, nil
	case "start_with?":
		return at != nil && at[0] == 0, true, nil
	case "match":
		if at == nil {
			return nil, true, nil
		}
		return Frozen(groupValues(s, at)), true, nil
	}
	return nil, false, nil
}
