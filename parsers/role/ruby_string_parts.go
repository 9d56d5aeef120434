package role

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// stringParts calls the methods that take a string apart. Each part is at the
// line where it stands.
func (ev *evaluator) stringParts(m *message, s *str) (value, bool, error) {
	var parts []string
	switch m.name {
	case "[]", "slice":
		return ev.stringIndex(m, s)
	case "split":
		return ev.split(m, s)
	case "lines", "each_line":
		parts = strings.SplitAfter(s.s, "\n")
		if parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		if len(m.args) > 0 {
			return nil, false, nil
		}
	case "chars", "each_char":
		parts = strings.Split(s.s, "")
	case "bytes":
		return nil, false, nil
	case "scan":
		return ev.scan(m, s)
	case "partition", "rpartition":
		sep, ok := m.arg(0).(*str)
		if !ok {
			return nil, false, nil
		}
		i := strings.Index(s.s, sep.s)
		if m.name == "rpartition" {
			i = strings.LastIndex(s.s, sep.s)
		}
		switch {
		case i >= 0:
			parts = []string{s.s[:i], sep.s, s.s[i+len(sep.s):]}
		case m.name == "partition":
			parts = []string{s.s, "", ""}
		default:
			parts = []string{"", "", s.s}
		}
	}
	a := &array{items: s.placed(parts)}
	if strings.HasPrefix(m.name, "each_") && m.block != nil {
		return s, true, ev.each(m, a.items, func(value, value) bool { return true })
	}
	return a, true, ev.spend(len(parts) / 4)
}

// placed makes strings of parts that follow each other in s.
func (s *str) placed(parts []string) []value {
	out := make([]value, len(parts))
	if !s.verbatim {
		for i, p := range parts {
			out[i] = s.text(p)
		}
		return out
	}
	at, line := 0, s.line
	for i, p := range parts {
		if j := strings.Index(s.s[at:], p); j >= 0 {
			line += strings.Count(s.s[at:at+j], "\n")
			out[i] = &str{s: p, line: line}
			line += strings.Count(p, "\n")
			at += j + len(p)
			continue
		}
		out[i] = &str{s: p, line: line}
	}
	return out
}

// split is split without arguments, by a text or by a regexp.
func (ev *evaluator) split(m *message, s *str) (value, bool, error) {
	limit := -1
	if n, ok := m.arg(1).(int64); ok && n > 0 && n < 1<<31 {
		limit = int(n)
	} else if len(m.args) > 1 {
		return nil, false, nil
	}
	var parts []string
	switch sep := m.arg(0).(type) {
	case nil:
		if limit > 0 {
			return nil, false, nil
		}
		parts = strings.Fields(s.s)
	case *str:
		if sep.s == " " {
			if limit > 0 {
				return nil, false, nil
			}
			parts = strings.Fields(s.s)
		} else {
			parts = strings.SplitN(s.s, sep.s, limit)
		}
	case *regexpValue:
		re, ok := sep.compile()
		if !ok || re.NumSubexp() > 0 {
			return nil, false, nil
		}
		parts = splitRegexp(re, s.s, limit)
	default:
		return nil, false, nil
	}
	for limit < 0 && len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return &array{items: s.placed(parts)}, true, ev.spend(len(parts))
}

// splitRegexp splits as Ruby does: an empty match at the start gives no part.
func splitRegexp(re *regexp.Regexp, s string, limit int) []string {
	var parts []string
	from := 0
	for _, at := range re.FindAllStringIndex(s, -1) {
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
func (ev *evaluator) scan(m *message, s *str) (value, bool, error) {
	re, ok := m.arg(0).(*regexpValue)
	if !ok || m.block != nil {
		return nil, false, nil
	}
	compiled, ok := re.compile()
	if !ok {
		return nil, false, nil
	}
	out := &array{}
	for _, match := range compiled.FindAllStringSubmatch(s.s, -1) {
		if compiled.NumSubexp() == 0 {
			out.items = append(out.items, s.text(match[0]))
			continue
		}
		row := &array{}
		for _, g := range match[1:] {
			row.items = append(row.items, s.text(g))
		}
		out.items = append(out.items, row)
	}
	return out, true, ev.spend(len(s.s) + len(out.items))
}

// stringIndex is s[i], s[i, n], s[range], s["text"] and s[/re/, group].
func (ev *evaluator) stringIndex(m *message, s *str) (value, bool, error) {
	switch x := m.arg(0).(type) {
	case *str:
		if strings.Contains(s.s, x.s) {
			return s.text(x.s), true, nil
		}
		return nil, true, nil
	case *regexpValue:
		re, ok := x.compile()
		if !ok {
			return nil, false, nil
		}
		match := re.FindStringSubmatch(s.s)
		group, _ := m.arg(1).(int64)
		if match == nil || group < 0 || int(group) >= len(match) {
			return nil, true, nil
		}
		return s.text(match[group]), true, ev.spend(len(s.s))
	}
	if err := ev.spend(len(s.s) / 4); err != nil {
		return nil, true, err
	}
	runes := []rune(s.s)
	from, n, ok := indexSpan(m.args, len(runes))
	switch {
	case !ok || !utf8.ValidString(s.s):
		return nil, false, nil
	case from < 0 || from > len(runes) || n < 0 && from == len(runes):
		return nil, true, nil
	case n < 0:
		n = 1
	}
	return s.text(string(runes[from:min(from+n, len(runes))])), true, nil
}

// stringSearch calls the methods that look for something.
func (ev *evaluator) stringSearch(m *message, s *str) (value, bool, error) {
	if re, ok := m.arg(0).(*regexpValue); ok {
		return ev.searchRegexp(m, s, re)
	}
	switch m.name {
	case "start_with?", "end_with?":
		for _, a := range m.args {
			t, ok := a.(*str)
			if !ok {
				return nil, false, nil
			}
			if m.name == "start_with?" && strings.HasPrefix(s.s, t.s) || m.name == "end_with?" && strings.HasSuffix(s.s, t.s) {
				return true, true, nil
			}
		}
		return false, true, nil
	}
	t, ok := m.arg(0).(*str)
	if !ok {
		return nil, false, nil
	}
	switch m.name {
	case "include?":
		return strings.Contains(s.s, t.s), true, nil
	case "index", "rindex":
		i := strings.Index(s.s, t.s)
		if m.name == "rindex" {
			i = strings.LastIndex(s.s, t.s)
		}
		if i < 0 {
			return nil, true, nil
		}
		return int64(utf8.RuneCountInString(s.s[:i])), len(m.args) == 1, nil
	case "casecmp?":
		return strings.EqualFold(s.s, t.s), true, nil
	case "casecmp":
		return int64(strings.Compare(strings.ToLower(s.s), strings.ToLower(t.s))), true, nil
	}
	return nil, false, nil
}

func (ev *evaluator) searchRegexp(m *message, s *str, re *regexpValue) (value, bool, error) {
	compiled, ok := re.compile()
	if !ok {
		return &unknown{span: m.span, reason: "matches a regexp that is not evaluated"}, true, nil
	}
	if err := ev.spend(len(s.s)); err != nil {
		return nil, true, err
	}
	at := compiled.FindStringIndex(s.s)
	switch m.name {
	case "match?":
		return at != nil, true, nil
	case "=~", "index":
		if at == nil {
			return nil, true, nil
		}
		return int64(utf8.RuneCountInString(s.s[:at[0]])), true, nil
	case "start_with?":
		return at != nil && at[0] == 0, true, nil
	case "match":
		if at == nil {
			return nil, true, nil
		}
		groups := &array{frozen: true}
		for _, g := range compiled.FindStringSubmatch(s.s) {
			groups.items = append(groups.items, s.text(g))
		}
		return groups, true, nil
	}
	return nil, false, nil
}
