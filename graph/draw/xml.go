package draw

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// pen writes XML into memory: no reflection, no template, one allocation that grows.
type pen struct{ out []byte }

// raw writes markup of our own.
func (p *pen) raw(s string) { p.out = append(p.out, s...) }

// num writes a length, rounded to a hundredth of a point.
func (p *pen) num(v float64) {
	v = math.Round(v*100) / 100
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0 // also turns -0 into 0
	}
	p.out = strconv.AppendFloat(p.out, v, 'f', -1, 64)
}

// attr writes ` name="value"` with the value escaped.
func (p *pen) attr(name, value string) {
	p.out = append(append(append(p.out, ' '), name...), '=', '"')
	p.escape(value)
	p.out = append(p.out, '"')
}

// size writes ` name="length"`.
func (p *pen) size(name string, v float64) {
	p.out = append(append(append(p.out, ' '), name...), '=', '"')
	p.num(v)
	p.out = append(p.out, '"')
}

// escape writes text so that it stands anywhere in a document, in an attribute
// too. What XML 1.0 cannot hold at all becomes U+FFFD.
func (p *pen) escape(s string) {
	for _, c := range clean(s) {
		switch c {
		case '&':
			p.raw("&amp;")
		case '<':
			p.raw("&lt;")
		case '>':
			p.raw("&gt;")
		case '"':
			p.raw("&quot;")
		case '\'':
			p.raw("&#39;")
		case '\t', '\n', '\r': // a parser turns them into spaces otherwise
			p.raw("&#" + strconv.Itoa(int(c)) + ";")
		default:
			p.out = utf8.AppendRune(p.out, c)
		}
	}
}

// element writes <name>text</name>.
func (p *pen) element(name, content string) {
	p.raw("<" + name + ">")
	p.escape(content)
	p.raw("</" + name + ">")
}
