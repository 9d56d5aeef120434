package ruby

import "strings"

// literalText reads a string and those that stand beside it, a symbol in
// quotes, a regexp, a command, or a list of words.
func (p *parser) literalText() node {
	start := p.tok
	switch start.lit.kind {
	case litWords, litSymbols:
		return p.words()
	case litRegexp:
		return p.regexp()
	}
	parts, ok := p.parts()
	if !ok {
		return &strNode{span: p.span(start)}
	}
	if start.lit.label && p.at(0) == ':' && p.at(1) != ':' {
		p.pos++
		p.tok.kind, p.tok.text = tokLabel, "" // the caller sees a label that the node names
		p.state = stBeg | stLabel
		return p.text(start, parts)
	}
	p.state = stEnd
	p.next()
	if start.lit.kind == litSymbol || start.lit.kind == litCommand {
		return &textNode{span: p.span(start), kind: start.lit.kind, parts: parts}
	}
	return p.adjacent(start, parts)
}

// adjacent reads the strings that stand beside the first.
func (p *parser) adjacent(start token, parts []node) node {
	for p.err == nil && (p.is(tokString) || p.is(tokHeredoc)) && p.tok.lit.kind == litString {
		more, ok := p.parts()
		if !ok {
			break
		}
		parts = append(parts, more...)
		p.state = stEnd
		p.next()
	}
	return p.text(start, parts)
}

// text is the shortest node for the parts of a string.
func (p *parser) text(start token, parts []node) node {
	var plain strings.Builder
	for _, n := range parts {
		s, ok := n.(*strNode)
		if !ok {
			return &textNode{span: p.span(start), parts: parts}
		}
		if len(parts) == 1 {
			return &strNode{span: span{pos: int32(start.pos), end: s.end, line: s.line}, text: s.text, verbatim: s.verbatim}
		}
		plain.WriteString(s.text)
	}
	return &strNode{span: p.span(start), text: plain.String()}
}

// parts reads the content of the literal that the token at hand opens. The
// token stays; the lexer stands behind the literal's end.
func (p *parser) parts() ([]node, bool) {
	if p.is(tokHeredoc) {
		return p.heredocParts()
	}
	start := p.tok
	var parts []node
	for depth := 0; ; {
		at, line := p.pos, p.line
		text, end := p.scan(&start.lit, &depth)
		if text != "" || end == atClose && len(parts) == 0 {
			verbatim := strings.HasPrefix(p.src[at:], text)
			parts = append(parts, &strNode{span{int32(at), int32(p.pos), int32(line)}, text, verbatim})
		}
		if end == atClose {
			break
		}
		if end == atEOF {
			p.reject(start, "unterminated "+literalName(start.lit)+"; its end was not found before the end of the file")
			return nil, false
		}
		parts = append(parts, p.embedded(end))
	}
	if len(parts) == 1 {
		if s, ok := parts[0].(*strNode); ok {
			s.pos, s.line = int32(start.pos), int32(start.line)
		}
	}
	return parts, p.err == nil
}

func literalName(lit literal) string {
	switch lit.kind {
	case litRegexp:
		return "regexp"
	case litWords, litSymbols:
		return "list"
	case litSymbol:
		return "symbol"
	}
	return "string"
}

// embedded reads the code of "#{…}" or the variable of "#@x".
func (p *parser) embedded(end contentEnd) node {
	if end == atVariable {
		start := token{pos: p.pos, line: p.line}
		p.variable(&start, p.at(0))
		return &varNode{span{int32(start.pos), int32(p.pos), int32(start.line)}, start.text}
	}
	saved, kw, noDo := p.tok, p.inKeywordParams, p.noDo
	p.inKeywordParams, p.noDo = false, false
	p.state, p.first = stBeg, true
	p.next()
	body := p.statements()
	if !p.is(tokRightBrace) {
		p.unexpectedClosing("\"}\"", saved)
	}
	if p.err == nil {
		p.tok = saved
	}
	p.inKeywordParams, p.noDo = kw, noDo
	return body
}

// words reads %w, %W, %i and %I.
func (p *parser) words() node {
	start := p.tok
	n := &arrayNode{}
	p.wordSpace()
	var word []node
	at, line, depth := p.pos, p.line, 0
	flush := func() {
		if len(word) > 0 {
			n.elems = append(n.elems, p.word(start.lit.kind, word, at, line))
		}
		word = nil
	}
	for p.err == nil {
		from, fromLine := p.pos, p.line
		text, end := p.scan(&start.lit, &depth)
		if text != "" {
			word = append(word, &strNode{span: span{int32(from), int32(from + len(text)), int32(fromLine)}, text: text})
		}
		switch end {
		case atEOF:
			p.reject(start, "unterminated list; its end was not found before the end of the file")
			return n
		case atCode, atVariable:
			word = append(word, p.embedded(end))
			continue
		}
		flush()
		if end == atClose {
			break
		}
		at, line = p.pos, p.line
	}
	p.state = stEnd
	p.next()
	n.span = p.span(start)
	return n
}

// word is one entry of a list of words.
func (p *parser) word(kind literalKind, parts []node, at, line int) node {
	where := span{int32(at), parts[len(parts)-1].place().end, int32(line)}
	s, plain := parts[0].(*strNode)
	switch {
	case len(parts) > 1 || !plain:
		n := &textNode{span: where, parts: parts}
		if kind == litSymbols {
			n.kind = litSymbol
		}
		return n
	case kind == litSymbols:
		return &literalNode{where, Symbol(s.text)}
	}
	return s
}

// regexp reads a regexp with its options.
func (p *parser) regexp() node {
	start := p.tok
	parts, ok := p.parts()
	if !ok {
		return &strNode{span: p.span(start)}
	}
	from := p.pos
	for p.at(0) >= 'a' && p.at(0) <= 'z' {
		if strings.IndexByte("imxounse", p.at(0)) < 0 {
			p.reject(start, "unknown regexp option \""+string(p.at(0))+"\"")
			return &strNode{span: p.span(start)}
		}
		p.pos++
	}
	n := &textNode{kind: litRegexp, parts: parts, options: p.src[from:p.pos]}
	if s, plain := parts[0].(*strNode); plain && len(parts) == 1 {
		if wrong := regexpFault(s.text, strings.Contains(n.options, "x")); wrong != "" {
			p.reject(start, wrong)
		}
	}
	p.state = stEnd
	p.next()
	n.span = p.span(start)
	return n
}

// regexpFault finds the faults of a regexp that Ruby sees while it parses.
func regexpFault(re string, extended bool) string {
	depth, class, repeatable := 0, 0, false
	for i := 0; i < len(re); i++ {
		switch c := re[i]; {
		case c == '\\':
			i++
			repeatable = true
		case class > 0 && c == '[':
			class++
		case class > 0 && c == ']':
			class--
		case class > 0:
		case extended && c == '#':
			i += lineLen(re[i:])
		case c == '[':
			class, repeatable = 1, true
			if strings.HasPrefix(re[i+1:], "^") {
				i++
			}
			if strings.HasPrefix(re[i+1:], "]") {
				i++
			}
		case c == '(':
			depth++
			repeatable = false
			switch {
			case strings.HasPrefix(re[i+1:], "?#"):
				i += max(strings.IndexByte(re[i:], ')')-1, 0)
			case strings.HasPrefix(re[i+1:], "?"):
				if i+2 >= len(re) || strings.IndexByte(":=!<>~'(imxadu-^|", re[i+2]) < 0 {
					return "regexp with an undefined group option"
				}
				i++
			}
		case c == ')':
			if depth--; depth < 0 {
				return "regexp with unmatched \")\""
			}
			repeatable = true
		case c == '*' || c == '+' || c == '?':
			if !repeatable {
				return "regexp repeats nothing with \"" + string(c) + "\""
			}
		case c == '|':
			repeatable = false
		default:
			repeatable = true
		}
	}
	switch {
	case class > 0:
		return "regexp with \"[\" without \"]\""
	case depth > 0:
		return "regexp with \"(\" without \")\""
	}
	return ""
}
