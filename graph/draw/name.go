package draw

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/converged/converged/graph"
)

// clean is s without what XML 1.0 and C strings cannot carry: bytes that are not
// UTF-8, control characters and non-characters become U+FFFD.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\t' || c == '\n' || c == '\r':
			return c
		case unicode.IsControl(c), c&0xFFFE == 0xFFFE, c >= 0xFDD0 && c <= 0xFDEF:
			return utf8.RuneError
		}
		return c
	}, s)
}

// printable is s as one line to look at: what has no shape of its own or turns
// the direction of its surroundings becomes U+FFFD. Never empty.
func printable(s string) string {
	s = strings.Map(func(c rune) rune {
		if c == ' ' || unicode.IsGraphic(c) && !unicode.Is(unicode.Zs, c) {
			return c
		}
		return utf8.RuneError
	}, clean(s))
	if strings.TrimSpace(s) == "" {
		return strconv.Quote(s)
	}
	return s
}

// names gives every node its name as clean makes it, and no two the same one: two
// that differ only in what cannot be carried are told apart by a number.
func names(g *graph.Graph, clean func(string) string) map[string]string {
	named := make(map[string]string, len(g.Nodes))
	taken := make(map[string]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		if c := clean(n.ID); c == n.ID { // the honest names first
			named[n.ID], taken[c] = c, true
		}
	}
	tried := map[string]int{} // the last number given, so that many alike cost no more
	for _, n := range g.Nodes {
		if _, ok := named[n.ID]; ok {
			continue
		}
		c := clean(n.ID)
		for same := c; taken[c]; {
			tried[same] = max(tried[same], 1) + 1
			c = same + " (" + strconv.Itoa(tried[same]) + ")"
		}
		named[n.ID], taken[c] = c, true
	}
	return named
}

// label is what stands in the node's box, before it is cut.
func label(n graph.Node) string {
	name := printable(n.Name)
	if n.Version != "" {
		name = printable(n.Name + "@" + n.Version)
	}
	if n.Members > 0 {
		name += " (" + strconv.Itoa(n.Members) + ")"
	}
	return signed(n.Change, name)
}

// cut is s, or its beginning and end around an ellipsis so that it is no wider
// than room points.
func (r *ruler) cut(s string, room, size float64, bold bool) string {
	f, room := r.face(bold), room/size
	wide, runes := 0.0, []rune(s)
	for _, c := range runes {
		wide += f.glyph(c).advance
	}
	if wide <= room {
		return s
	}
	const ellipsis = '…'
	room -= f.glyph(ellipsis).advance
	head, tail := 0, len(runes)
	for used := 0.0; head < tail; { // one from the front, one from the back
		used += f.glyph(runes[head]).advance
		if used > room {
			break
		}
		head++
		if used += f.glyph(runes[tail-1]).advance; used > room {
			break
		}
		tail--
	}
	return string(runes[:head]) + string(ellipsis) + string(runes[tail:])
}

// environments is a list of environments as an edge shows it: "prod, staging +3".
// It ends after as many names as room points hold, but shows at least one.
func (r *ruler) environments(list []string, room, size float64) string {
	shown := ""
	for i, env := range list {
		next, more := printable(env), others(len(list)-i-1)
		if i == 0 {
			next = r.cut(next, room-r.width(more, size, false), size, false)
		} else {
			next = shown + ", " + next
		}
		if i > 0 && r.width(next+more, size, false) > room {
			return shown + others(len(list)-i)
		}
		shown = next
	}
	return shown
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return " +" + strconv.Itoa(n)
}
