package ruby

import (
	"regexp"
	"strings"
)

// groupName finds the named groups of a Ruby regexp.
var groupName = regexp.MustCompile(`\(\?<([a-z_]\w*)>`)

// maxRegexp bounds the size of a regexp that is compiled.
const maxRegexp = 1000

// maxSearched bounds, in bytes, the text in which all matches of a regexp are
// looked for: each match may look at all that follows it.
const maxSearched = 8 << 10

// everyMatch is where a regexp matches in s, at most so many times. ok is false
// for a text that is too long.
func (ev *Evaluator) everyMatch(re *regexp.Regexp, s string, most int) (places [][]int, ok bool, err error) {
	if len(s) > maxSearched {
		return nil, false, nil
	}
	places = re.FindAllStringSubmatchIndex(s, most)
	return places, true, ev.spend(len(s)/4 + len(places)*len(s)/32)
}

// compile makes a Go regexp of a Ruby one, if both match alike.
func (r *regexpValue) compile() (re *regexp.Regexp, ok bool) {
	if len(r.source) > maxRegexp || strings.Contains(r.options, "x") {
		return nil, false
	}
	flags := "m" // Ruby's ^ and $ are those of lines
	if strings.Contains(r.options, "i") {
		flags += "i"
	}
	if strings.Contains(r.options, "m") {
		flags += "s"
	}
	var b strings.Builder
	b.WriteString("(?" + flags + ")")
	for i := 0; i < len(r.source); i++ {
		c := r.source[i]
		if c == '(' && strings.HasPrefix(r.source[i:], "(?") {
			switch {
			case strings.HasPrefix(r.source[i:], "(?:"):
			case strings.HasPrefix(r.source[i:], "(?<") && groupName.MatchString(r.source[i:min(i+64, len(r.source))]):
				b.WriteString("(?P")
				i++
				continue
			default:
				return nil, false
			}
		}
		if c != '\\' || i+1 == len(r.source) {
			b.WriteByte(c)
			continue
		}
		i++
		switch d := r.source[i]; {
		case d == 'h':
			b.WriteString("[0-9a-fA-F]")
		case d == '/':
			b.WriteByte('/')
		case strings.IndexByte("AzdDwWsSbBntrf", d) >= 0 || !isNameByte(d):
			b.WriteByte('\\')
			b.WriteByte(d)
		default:
			return nil, false
		}
	}
	re, err := regexp.Compile(b.String())
	return re, err == nil
}

// sendRegexp calls a method of Regexp.
func (ev *Evaluator) sendRegexp(m *Call, r *regexpValue) (Value, bool, error) {
	switch m.Name {
	case "=~", "match", "match?", "===":
		if m.Arg(0) == nil {
			ev.matched(nil, nil)
			if m.Name == "=~" || m.Name == "match" {
				return nil, true, nil
			}
			return false, true, nil
		}
		s, ok := m.Arg(0).(*String)
		if !ok {
			ev.forgetGroups()
			return ev.known(m, nil, false), true, nil
		}
		inner := *m
		if m.Name == "===" {
			inner.Name = "match?"
		}
		return ev.searchRegexp(&inner, s, r)
	case "source":
		return &String{Text: r.source, Line: int(m.line)}, true, nil
	}
	return nil, false, nil
}
