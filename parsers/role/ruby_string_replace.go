package role

import (
	"strings"
	"unicode/utf8"
)

// stringReplace calls the methods that put something in place of something.
func (ev *evaluator) stringReplace(m *message, s *str) (value, bool, error) {
	switch m.name {
	case "sub", "gsub":
		return ev.substitute(m, s)
	case "center", "ljust", "rjust":
		return ev.pad(m, s)
	case "chomp":
		if len(m.args) == 0 {
			return s.text(strings.TrimSuffix(strings.TrimSuffix(s.s, "\n"), "\r")), true, nil
		}
		m = &message{span: m.span, name: "delete_suffix", args: m.args}
	case "squeeze":
		if len(m.args) > 0 {
			return nil, false, nil
		}
		return s.text(squeeze(s.s)), true, nil
	}
	t, ok := m.arg(0).(*str)
	if !ok {
		return nil, false, nil
	}
	switch m.name {
	case "delete_prefix":
		return s.text(strings.TrimPrefix(s.s, t.s)), true, nil
	case "delete_suffix":
		return s.text(strings.TrimSuffix(s.s, t.s)), true, nil
	case "delete":
		set, ok := charSet(t.s)
		if !ok || len(m.args) != 1 {
			return nil, false, nil
		}
		return s.text(strings.Map(func(r rune) rune {
			if strings.ContainsRune(set, r) {
				return -1
			}
			return r
		}, s.s)), true, ev.spend(len(s.s))
	case "tr":
		to, ok := m.arg(1).(*str)
		if !ok {
			return nil, false, nil
		}
		return ev.translate(s, t.s, to.s)
	}
	return nil, false, nil
}

func squeeze(s string) string {
	last := rune(-1)
	return strings.Map(func(r rune) rune {
		if r == last {
			return -1
		}
		last = r
		return r
	}, s)
}

// charSet lays out "a-z" as tr and delete have it; "^" and "\" are not read.
func charSet(s string) (string, bool) {
	runes := []rune(s)
	if len(runes) > 1 && runes[0] == '^' || strings.Contains(s, "\\") {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(runes); i++ {
		if i+2 < len(runes) && runes[i+1] == '-' && runes[i] <= runes[i+2] && runes[i+2]-runes[i] < 256 {
			for r := runes[i]; r <= runes[i+2]; r++ {
				b.WriteRune(r)
			}
			i += 2
			continue
		}
		b.WriteRune(runes[i])
	}
	return b.String(), true
}

func (ev *evaluator) translate(s *str, from, to string) (value, bool, error) {
	a, ok := charSet(from)
	b, ok2 := charSet(to)
	if !ok || !ok2 {
		return nil, false, nil
	}
	source, target := []rune(a), []rune(b)
	out := strings.Map(func(r rune) rune {
		for i, x := range source {
			if x != r {
				continue
			}
			if len(target) == 0 {
				return -1
			}
			return target[min(i, len(target)-1)]
		}
		return r
	}, s.s)
	return s.text(out), true, ev.spend(len(s.s) * max(len(source), 1) / 16)
}

// pad is center, ljust and rjust.
func (ev *evaluator) pad(m *message, s *str) (value, bool, error) {
	width, ok := m.arg(0).(int64)
	with := " "
	if t, isText := m.arg(1).(*str); isText {
		with = t.s
	}
	n := width - int64(utf8.RuneCountInString(s.s))
	if !ok || with == "" || utf8.RuneCountInString(with) != len(with) {
		return nil, false, nil
	}
	if n <= 0 {
		return s.text(s.s), true, nil
	}
	if n > int64(ev.limit) {
		return nil, true, errTooLong
	}
	if err := ev.spend(int(n) / 16); err != nil {
		return nil, true, err
	}
	left, right := 0, int(n)
	switch m.name {
	case "rjust":
		left, right = int(n), 0
	case "center":
		left, right = int(n)/2, int(n)-int(n)/2
	}
	fill := func(k int) string { return strings.Repeat(with, k/len(with)+1)[:k] }
	return s.text(fill(left) + s.s + fill(right)), true, nil
}

// substitute is sub and gsub with a text or a block.
func (ev *evaluator) substitute(m *message, s *str) (value, bool, error) {
	most := -1
	if m.name == "sub" {
		most = 1
	}
	var places [][]int
	switch p := m.arg(0).(type) {
	case *str:
		places = occurrences(s.s, p.s, most)
	case *regexpValue:
		re, ok := p.compile()
		if !ok {
			return &unknown{span: m.span, reason: "matches a regexp that is not evaluated"}, true, nil
		}
		places = re.FindAllStringSubmatchIndex(s.s, most)
	default:
		return nil, false, nil
	}
	if err := ev.spend(len(s.s) / 4); err != nil {
		return nil, true, err
	}
	var b strings.Builder
	at := 0
	for _, place := range places {
		b.WriteString(s.s[at:place[0]])
		at = place[1]
		text, ok, err := ev.replacement(m, s, place)
		if err != nil || !ok {
			return nil, false, err
		}
		b.WriteString(text)
		if err := ev.spend(1 + len(text)/16); err != nil {
			return nil, true, err
		}
	}
	b.WriteString(s.s[at:])
	return s.text(b.String()), true, nil
}

// occurrences are the places of a text, at most so many.
func occurrences(s, part string, most int) [][]int {
	var out [][]int
	for at := 0; part != "" && len(out) != most; {
		i := strings.Index(s[at:], part)
		if i < 0 {
			break
		}
		out = append(out, []int{at + i, at + i + len(part)})
		at += i + len(part)
	}
	return out
}

// replacement is what stands for a match: a text with \1 in it, the value of a
// hash, or what the block gives.
func (ev *evaluator) replacement(m *message, s *str, place []int) (string, bool, error) {
	matched := s.s[place[0]:place[1]]
	if m.block != nil {
		v, err := ev.callBlock(m.block, s.text(matched))
		text, ok := ev.toS(v)
		return text, ok, err
	}
	switch r := m.arg(1).(type) {
	case *hash:
		v, _ := r.get(&str{s: matched})
		text, ok := ev.toS(v)
		return text, ok, nil
	case *str:
		if !strings.Contains(r.s, "\\") {
			return r.s, true, nil
		}
		return expand(r.s, s.s, place)
	}
	return "", false, nil
}

// expand puts groups in place of \0 to \9.
func expand(template, s string, place []int) (string, bool, error) {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		c := template[i]
		if c != '\\' || i+1 == len(template) {
			b.WriteByte(c)
			continue
		}
		i++
		switch d := template[i]; {
		case isDigit(d) || d == '&':
			g := 0
			if isDigit(d) {
				g = int(d - '0')
			}
			if 2*g+1 < len(place) && place[2*g] >= 0 {
				b.WriteString(s[place[2*g]:place[2*g+1]])
			}
		case d == '\\':
			b.WriteByte('\\')
		default:
			return "", false, nil
		}
	}
	return b.String(), true, nil
}
