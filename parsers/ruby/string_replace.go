package ruby

import (
	"strings"
	"unicode/utf8"
)

// stringReplace calls the methods that put something in place of something.
func (ev *Evaluator) stringReplace(m *Call, s *String) (Value, bool, error) {
	switch m.Name {
	case "sub", "gsub":
		return ev.substitute(m, s)
	case "center", "ljust", "rjust":
		return ev.pad(m, s)
	case "chomp":
		if len(m.Args) == 0 {
			return s.text(strings.TrimSuffix(strings.TrimSuffix(s.Text, "\n"), "\r")), true, nil
		}
		m = &Call{span: m.span, Name: "delete_suffix", Args: m.Args}
	case "squeeze":
		if len(m.Args) > 0 {
			return nil, false, nil
		}
		return s.text(squeeze(s.Text)), true, nil
	}
	t, ok := m.Arg(0).(*String)
	if !ok {
		return nil, false, nil
	}
	switch m.Name {
	case "delete_prefix":
		return s.text(strings.TrimPrefix(s.Text, t.Text)), true, nil
	case "delete_suffix":
		return s.text(strings.TrimSuffix(s.Text, t.Text)), true, nil
	case "delete":
		set, ok := charSet(t.Text)
		if !ok || len(m.Args) != 1 {
			return nil, false, nil
		}
		return s.text(strings.Map(func(r rune) rune {
			if strings.ContainsRune(set, r) {
				return -1
			}
			return r
		}, s.Text)), true, ev.spend(len(s.Text))
	case "tr":
		to, ok := m.Arg(1).(*String)
		if !ok {
			return nil, false, nil
		}
		return ev.translate(s, t.Text, to.Text)
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

func (ev *Evaluator) translate(s *String, from, to string) (Value, bool, error) {
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
	}, s.Text)
	return s.text(out), true, ev.spend(len(s.Text) * max(len(source), 1) / 16)
}

// pad is center, ljust and rjust.
func (ev *Evaluator) pad(m *Call, s *String) (Value, bool, error) {
	width, ok := m.Arg(0).(int64)
	with := " "
	if t, isText := m.Arg(1).(*String); isText {
		with = t.Text
	}
	n := width - int64(utf8.RuneCountInString(s.Text))
	if !ok || with == "" || utf8.RuneCountInString(with) != len(with) {
		return nil, false, nil
	}
	if n <= 0 {
		return s.text(s.Text), true, nil
	}
	if n > int64(ev.limit) {
		return nil, true, errTooLong
	}
	if err := ev.spend(int(n) / 16); err != nil {
		return nil, true, err
	}
	left, right := 0, int(n)
	switch m.Name {
	case "rjust":
		left, right = int(n), 0
	case "center":
		left, right = int(n)/2, int(n)-int(n)/2
	}
	fill := func(k int) string { return strings.Repeat(with, k/len(with)+1)[:k] }
	return s.text(fill(left) + s.Text + fill(right)), true, nil
}

// substitute is sub and gsub with a text or a block.
func (ev *Evaluator) substitute(m *Call, s *String) (Value, bool, error) {
	most := -1
	if m.Name == "sub" {
		most = 1
	}
	var places [][]int
	switch p := m.Arg(0).(type) {
	case *String:
		places = occurrences(s.Text, p.Text, most)
	case *regexpValue:
		re, ok := p.compile()
		ev.forgetGroups()
		if !ok {
			return &Unknown{span: m.span, Reason: "matches a regexp that is not evaluated"}, true, nil
		}
		var err error
		if places, ok, err = ev.everyMatch(re, s.Text, most); !ok || err != nil {
			return nil, false, err
		}
	default:
		return nil, false, nil
	}
	if err := ev.spend(len(s.Text) / 4); err != nil {
		return nil, true, err
	}
	var b strings.Builder
	at := 0
	for _, place := range places {
		b.WriteString(s.Text[at:place[0]])
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
	b.WriteString(s.Text[at:])
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
func (ev *Evaluator) replacement(m *Call, s *String, place []int) (string, bool, error) {
	matched := s.Text[place[0]:place[1]]
	if m.block != nil {
		if _, isRegexp := m.Arg(0).(*regexpValue); isRegexp {
			ev.matched(s, place)
		}
		v, err := ev.callBlock(m.block, s.text(matched))
		text, ok := ev.toS(v)
		return text, ok, err
	}
	switch r := m.Arg(1).(type) {
	case *Hash:
		v, _ := r.Get(&String{Text: matched})
		text, ok := ev.toS(v)
		return text, ok, nil
	case *String:
		if !strings.Contains(r.Text, "\\") {
			return r.Text, true, nil
		}
		return expand(r.Text, s.Text, place)
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
