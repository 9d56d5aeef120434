package ruby

import "strings"

// heredocParts reads the body of a heredoc from the lines below and comes back
// to the place behind its identifier.
func (p *parser) heredocParts() ([]node, bool) {
	start := p.tok
	back, backLine := p.pos, p.line
	if p.bodyEnd > 0 {
		p.pos, p.line, p.bodyEnd = p.bodyEnd, p.bodyLine, 0
	} else {
		p.pos = min(p.pos+lineLen(p.src[p.pos:p.limit])+1, p.limit)
		p.line++
	}
	dotAt := p.dotAt
	h := heredoc{p: p, start: start, lit: start.lit, indent: -1}
	found := h.read()
	if p.err != nil {
		return nil, false
	}
	if !found {
		p.reject(start, "heredoc without its end; \""+start.lit.id+"\" was not found before the end of the file")
		return nil, false
	}
	p.bodyEnd, p.bodyLine = p.pos, p.line
	p.pos, p.line, p.dotAt = back, backLine, dotAt
	if start.lit.squiggly {
		h.dedent()
	}
	return h.nodes(), true
}

// heredoc gathers the lines of a heredoc's body.
type heredoc struct {
	p      *parser
	start  token
	lit    literal
	parts  []heredocPart
	indent int // the least indentation of its lines, -1 before the first
}

// heredocPart is a piece of text within one line, or code.
type heredocPart struct {
	node      *strNode
	code      node
	lineStart bool
	blanks    int // white space that the source shows at the line's start
}

// read takes lines until the one that holds the identifier.
func (h *heredoc) read() bool {
	p := h.p
	lineStart := true
	for p.err == nil {
		if lineStart && h.atEnd() {
			return true
		}
		if p.pos >= p.limit {
			return false
		}
		at, line := p.pos, p.line
		var text string
		var end contentEnd
		if h.lit.interpolate {
			depth := 0
			text, end = p.scan(&h.lit, &depth)
		} else {
			text, end = h.rawLine()
		}
		if end == atEOF {
			return false
		}
		if text != "" {
			h.add(text, at, line, lineStart)
		}
		lineStart = end == atNewline
		if !lineStart {
			h.parts = append(h.parts, heredocPart{code: p.embedded(end)})
		}
	}
	return false
}

// rawLine reads a line as it stands.
func (h *heredoc) rawLine() (string, contentEnd) {
	p := h.p
	n := lineLen(p.src[p.pos:p.limit])
	line := p.src[p.pos : p.pos+n]
	if p.pos+n >= p.limit {
		return "", atEOF
	}
	p.pos += n + 1
	p.line++
	return strings.TrimSuffix(line, "\r") + "\n", atNewline
}

// atEnd passes over the line if it is the one that ends the heredoc.
func (h *heredoc) atEnd() bool {
	p := h.p
	if p.pos >= p.limit {
		return false
	}
	n := lineLen(p.src[p.pos:p.limit])
	line := strings.TrimSuffix(p.src[p.pos:p.pos+n], "\r")
	if h.lit.indented {
		line = strings.TrimLeft(line, " \t\f\v\r")
	}
	if line != h.lit.id {
		return false
	}
	p.pos += n
	if p.pos < p.limit {
		p.pos++
		p.line++
	}
	return true
}

// add keeps a piece of text and measures its indentation.
func (h *heredoc) add(text string, at, line int, lineStart bool) {
	part := heredocPart{node: &strNode{span: span{int32(at), int32(h.p.pos), int32(line)}, text: text}, lineStart: lineStart}
	if lineStart && h.lit.squiggly {
		raw := h.p.src[at:min(at+lineLen(h.p.src[at:]), h.p.limit)]
		for part.blanks < len(raw) && (raw[part.blanks] == ' ' || raw[part.blanks] == '\t') {
			part.blanks++
		}
		if strings.TrimLeft(raw, " \t\r") != "" {
			width, _ := indentation(raw[:part.blanks], -1)
			if h.indent < 0 || width < h.indent {
				h.indent = width
			}
		}
	}
	h.parts = append(h.parts, part)
}

// indentation measures white space in columns with tabs to eights, and counts
// the bytes that fit into limit columns.
func indentation(blanks string, limit int) (width, bytes int) {
	for i := range len(blanks) {
		next := width + 1
		if blanks[i] == '\t' {
			next = (width/8 + 1) * 8
		}
		if limit >= 0 && next > limit {
			return width, i
		}
		width = next
	}
	return width, len(blanks)
}

// dedent takes the common indentation away.
func (h *heredoc) dedent() {
	for _, part := range h.parts {
		if !part.lineStart || part.node == nil || h.indent <= 0 {
			continue
		}
		blanks := part.node.text[:min(part.blanks, len(part.node.text))]
		_, n := indentation(blanks, h.indent)
		part.node.text = part.node.text[n:]
	}
}

// nodes joins neighbouring pieces of text.
func (h *heredoc) nodes() []node {
	var out []node
	var text strings.Builder
	var first *strNode
	flush := func() {
		if first != nil {
			whole := &strNode{span: first.span, text: text.String()}
			whole.verbatim = strings.Count(whole.text, "\n") == h.p.bodyLine-1-int(first.line)
			out = append(out, whole)
		}
		first = nil
		text.Reset()
	}
	for _, part := range h.parts {
		if part.code != nil {
			flush()
			out = append(out, part.code)
			continue
		}
		if first == nil {
			first = part.node
		}
		text.WriteString(part.node.text)
	}
	if flush(); len(out) == 0 {
		return []node{&strNode{span: h.p.span(h.start)}}
	}
	return out
}
