package ruby

// postfix reads what follows an operand: method calls, indexes, blocks.
func (p *parser) postfix(n node, r rank) node {
	for p.err == nil {
		switch p.tok.kind {
		case tokDot, tokSafeDot:
			n = p.dotCall(n, r)
		case tokScope:
			n = p.scoped(n, r)
		case tokIndex:
			if isCommand(n) {
				return n
			}
			n = p.index(n)
		case tokBrace:
			c := blockTaker(n)
			if c == nil || isCommand(n) {
				return n
			}
			p.attach(c)
			n = c
		case tokKeyword:
			c := blockTaker(n)
			if p.tok.text != "do" || p.noDo || c == nil {
				return n
			}
			p.attach(c)
			n = c
		default:
			return n
		}
	}
	return n
}

// isCommand tells a call whose arguments stand without parentheses.
func isCommand(n node) bool {
	c, ok := n.(*callNode)
	return ok && c.command
}

// blockTaker is the call that a block after n belongs to, nil if there is none.
func blockTaker(n node) *callNode {
	switch n := n.(type) {
	case *callNode:
		if n.block == nil && !n.infix {
			return n
		}
	case *localNode:
		return &callNode{span: n.span, name: n.name}
	case *constNode:
		if n.scope == nil && !n.top {
			return &callNode{span: n.span, name: n.name}
		}
	case *superNode:
		return &callNode{span: n.span, name: "super", args: n.args, parens: true}
	}
	return nil
}

// methodName tells whether a token after a dot or def is a method's name.
func methodName(t token) bool {
	switch t.kind {
	case tokIdent, tokFID, tokConst, tokKeyword, tokBang, tokPipe, tokUnary:
		return true
	case tokOp:
		return t.text != "&&" && t.text != "||"
	}
	return false
}

// attach reads the block at hand into a call.
func (p *parser) attach(c *callNode) {
	if n := len(c.args); n > 0 {
		if b, ok := c.args[n-1].(*blockArgNode); ok {
			p.rejectNode(b, "both a block argument and a block are given")
			return
		}
	}
	start := p.tok
	vars := p.vars
	p.vars = &scopeNames{outer: vars}
	b := &blockNode{}
	p.blockBody(b)
	p.vars = vars
	b.span = p.span(start)
	c.block = b
	c.span = p.from(c)
}

// blockBody reads { |params| … } or do |params| … end.
func (p *parser) blockBody(b *blockNode) {
	start := p.tok
	noDo, breaks, kw, inClass := p.noDo, p.breaks, p.inKeywordParams, p.inClass
	p.noDo, p.breaks, p.inKeywordParams, p.inClass = false, true, false, false
	defer func() { p.noDo, p.breaks, p.inKeywordParams, p.inClass = noDo, breaks, kw, inClass }()
	braces := p.is(tokBrace)
	if !braces && !p.isKeyword("do") {
		p.unexpected("a block")
		return
	}
	p.state, p.first = stBeg, true
	p.next()
	if p.is(tokPipe) && !b.lambda {
		p.next()
		b.params = p.paramList(tokPipe)
		p.first = true
		p.state = stBeg
		p.expect(tokPipe, "\"|\"", start)
	}
	if braces {
		b.body = p.inBraces(start)
		return
	}
	b.body = p.bodyUntilEnd(start)
}

// dotCall reads ".name", ".name(args)", ".name args" and ".(args)".
func (p *parser) dotCall(recv node, r rank) node {
	safe := p.is(tokSafeDot)
	p.next()
	c := &callNode{recv: p.valued(recv), safe: safe}
	name := p.tok
	switch {
	case methodName(name):
		c.name = name.text
		p.next()
	case name.kind == tokCallParen || name.kind == tokParen || name.kind == tokArgParen:
		c.name = "call"
	default:
		p.unexpected("a method's name")
		return c
	}
	return p.callRest(c, name, r)
}

// scoped reads "::Const" and "::method".
func (p *parser) scoped(recv node, r rank) node {
	p.next()
	name := p.tok
	switch name.kind {
	case tokConst:
		p.next()
		if !p.is(tokCallParen) && (!r.commands() || !p.argumentStarts()) {
			return &constNode{span: p.from(recv), scope: p.valued(recv), name: name.text}
		}
		return p.callRest(&callNode{recv: p.valued(recv), name: name.text}, name, r)
	case tokIdent, tokFID, tokOp, tokCallParen, tokParen:
		c := &callNode{recv: p.valued(recv), name: name.text}
		if name.kind == tokCallParen || name.kind == tokParen {
			c.name = "call"
		} else {
			p.next()
		}
		return p.callRest(c, name, r)
	}
	p.unexpected("a constant or a method's name")
	return recv
}

// callRest reads the arguments after a method's name.
func (p *parser) callRest(c *callNode, start token, r rank) node {
	opened := p.tok
	switch {
	case p.is(tokCallParen) || c.name == "call" && start.kind != tokIdent && (p.is(tokParen) || p.is(tokArgParen)):
		c.parens = true
		p.next()
		c.args = p.arguments(tokRightParen, opened)
	case r.commands() && p.argumentStarts():
		c.command = true
		c.args = p.commandArguments(true)
	}
	c.span = p.span(start)
	if c.recv != nil {
		c.span = p.from(c.recv)
	}
	return c
}

// index reads "[args]" after what it indexes.
func (p *parser) index(recv node) node {
	opened := p.tok
	p.next()
	args := p.arguments(tokRightIndex, opened)
	return &callNode{span: p.from(recv), recv: p.valued(recv), name: "[]", args: args}
}

// arguments reads a list up to its closing bracket and moves past that.
func (p *parser) arguments(end tokenKind, opened token) []node {
	noDo, kw := p.noDo, p.inKeywordParams
	p.noDo, p.inKeywordParams = false, false
	p.enter()
	defer p.leave()
	l := argList{p: p, end: end, opened: opened.kind}
	p.lineBreak()
	for p.err == nil && !p.is(end) {
		l.one()
		if !p.is(tokComma) || l.commandOnly {
			break
		}
		if l.block != nil {
			p.unexpected("the end of the arguments")
		}
		p.next()
	}
	p.lineBreak()
	p.noDo, p.inKeywordParams = noDo, kw
	p.expect(end, closing(end), opened)
	return l.done()
}

// closing names what may follow an argument before this bracket.
func closing(end tokenKind) string {
	switch end {
	case tokRightParen:
		return "\",\" or \")\""
	case tokRightIndex:
		return "\",\" or \"]\""
	}
	return "\",\" or \"}\""
}

// commandArguments reads a list that no bracket encloses. With noDo, a block
// that follows belongs to the command and not to its last argument.
func (p *parser) commandArguments(noDo bool) []node {
	noDo, p.noDo = p.noDo, noDo
	p.enter()
	defer p.leave()
	l := argList{p: p, end: tokNewline}
	for p.err == nil {
		l.one()
		if !p.is(tokComma) || l.commandOnly {
			break
		}
		if l.block != nil {
			p.unexpected("the end of the arguments")
		}
		p.next()
	}
	p.noDo = noDo
	return l.done()
}

// argList gathers arguments; pairs without braces become one hash at the end.
type argList struct {
	p           *parser
	end         tokenKind
	opened      tokenKind
	args        []node
	pairs       *hashNode
	block       node
	commandOnly bool // "foo bar 1": no argument may follow a command
}

func (l *argList) done() []node {
	if l.pairs != nil {
		l.args = append(l.args, l.pairs)
	}
	if l.block != nil {
		l.args = append(l.args, l.block)
	}
	return l.args
}

// one reads an argument.
func (l *argList) one() {
	p := l.p
	start := p.tok
	switch {
	case p.is(tokLabel):
		p.next()
		l.pair(&literalNode{p.span(start), Symbol(start.text)}, start)
		return
	case p.is(tokDoubleSplat):
		p.next()
		x := p.optionalArg()
		l.addPair(&doubleSplatNode{p.span(start), x})
		return
	case p.is(tokAmper) && l.opened != tokBrace && l.opened != tokArray:
		p.next()
		x := p.optionalArg()
		l.block = &blockArgNode{p.span(start), x}
		return
	}
	if p.is(tokBeginRange) && p.tok.text == "..." && p.inDef && l.end == tokRightParen && p.at(0) == ')' {
		p.next()
		l.args = append(l.args, &splatNode{span: p.span(start), all: true})
		return
	}
	if p.is(tokSplat) && l.end != tokRightBrace {
		p.next()
		x := p.optionalArg()
		l.args = append(l.args, &splatNode{span: p.span(start), x: x})
		return
	}
	n := l.plain()
	switch {
	case p.err != nil:
	case p.is(tokLabel) && p.tok.text == "": // "a": 1
		p.next()
		l.pair(symbolOf(n), start)
	case p.is(tokArrow):
		p.next()
		l.pair(n, start)
	case l.pairs != nil || l.end == tokRightBrace:
		p.unexpected("\"=>\"")
	default:
		l.args = append(l.args, n)
	}
}

// plain reads an argument that is an expression; the first may be a command.
func (l *argList) plain() node {
	p := l.p
	r := rankArg
	if len(l.args) == 0 && l.pairs == nil && (l.end == tokRightParen || l.end == tokNewline || l.opened == tokIndex) {
		r = rankCommand
	}
	n := p.valued(p.arg(r))
	l.commandOnly = r.commands() && isCommand(n)
	return n
}

// pair reads the value that belongs to a key. "a:" alone means the variable or method a.
func (l *argList) pair(key node, start token) {
	p := l.p
	lit, isLabel := key.(*literalNode)
	if isLabel && start.kind == tokLabel && !p.operandStarts() {
		name := string(lit.val.(Symbol))
		var val node = &callNode{span: lit.span, name: name}
		if p.vars.has(name) {
			val = &localNode{lit.span, name}
		}
		l.addPair(&pairNode{p.span(start), key, val})
		return
	}
	val := p.valuedArg()
	l.addPair(&pairNode{p.span(start), key, val})
}

func (l *argList) addPair(n node) {
	if l.pairs == nil {
		l.pairs = &hashNode{span: n.place()}
	}
	l.pairs.elems = append(l.pairs.elems, n)
	l.pairs.end = n.place().end
}

// optionalArg reads the operand of * ** or &, which may be missing.
func (p *parser) optionalArg() node {
	if p.inDef && (p.is(tokComma) || p.is(tokRightParen) || p.is(tokRightIndex)) {
		return nil
	}
	return p.valuedArg()
}

// symbolOf is the key that "a": stands for.
func symbolOf(n node) node {
	switch n := n.(type) {
	case *strNode:
		return &literalNode{n.span, Symbol(n.text)}
	case *textNode:
		n.kind = litSymbol
	}
	return n
}
