package ruby

// primary reads an operand without what may follow it.
func (p *parser) primary(r rank) node {
	start := p.tok
	switch start.kind {
	case tokString, tokHeredoc:
		return p.literalText()
	case tokNumber:
		p.next()
		return &literalNode{p.span(start), start.val}
	case tokChar:
		p.next()
		return p.adjacent(start, []node{&strNode{span: p.span(start), text: start.val.(string)}})
	case tokSymbol:
		p.next()
		return &literalNode{p.span(start), Symbol(start.text)}
	case tokIdent, tokFID, tokConst:
		return p.named(start, r)
	case tokIVar, tokCVar, tokGVar:
		p.next()
		return &varNode{p.span(start), start.text}
	case tokTopScope:
		return p.topConstant(start)
	case tokArray:
		p.next()
		elems := p.arguments(tokRightIndex, start)
		return &arrayNode{p.span(start), elems}
	case tokBrace:
		return p.hash(start)
	case tokParen, tokArgParen:
		return p.parenthesised(start)
	case tokLambda:
		return p.lambda(start)
	case tokKeyword:
		return p.keywordPrimary(start, r)
	}
	p.unexpected("")
	return &literalNode{span: p.span(start)}
}

// named reads a local variable, a constant or a call on self.
func (p *parser) named(start token, r rank) node {
	local := start.kind == tokIdent && p.vars.has(start.text)
	p.next()
	if p.is(tokCallParen) || r.commands() && p.argumentStarts() {
		return p.callRest(&callNode{name: start.text}, start, r)
	}
	switch {
	case local, p.vars.outer != nil && len(start.text) == 2 && start.text[0] == '_' && start.text[1] >= '1' && start.text[1] <= '9':
		return &localNode{p.span(start), start.text}
	case start.kind == tokConst:
		return &constNode{span: p.span(start), name: start.text}
	}
	return &callNode{span: p.span(start), name: start.text}
}

func (p *parser) topConstant(start token) node {
	p.next()
	name := p.tok
	if !p.is(tokConst) {
		p.unexpected("a constant")
	}
	p.next()
	return &constNode{span: p.span(start), top: true, name: name.text}
}

// parenthesised reads statements between parentheses.
func (p *parser) parenthesised(start token) node {
	noDo, kw := p.noDo, p.inKeywordParams
	p.noDo, p.inKeywordParams = false, false
	p.next()
	body := p.statements()
	p.noDo, p.inKeywordParams = noDo, kw
	p.expect(tokRightParen, "\")\"", start)
	if len(body.stmts) == 1 {
		if t, ok := body.stmts[0].(*targetsNode); ok {
			if !p.is(tokComma) && !p.is(tokAssign) && !p.isKeyword("in") && !p.is(tokRightParen) && !p.is(tokPipe) {
				p.unexpected("\"=\"")
			}
			return t
		}
	}
	body.span = p.span(start)
	return body
}

// hash reads a hash between braces.
func (p *parser) hash(start token) node {
	p.state, p.first = stBeg|stLabel, false
	p.next()
	elems := p.arguments(tokRightBrace, start)
	for i, e := range elems {
		if h, ok := e.(*hashNode); ok && !h.braces && i == 0 && len(elems) == 1 {
			return &hashNode{span: p.span(start), elems: h.elems, braces: true}
		}
		p.rejectNode(e, "expected \"=>\" after the key of a hash")
	}
	return &hashNode{span: p.span(start), braces: true}
}

// lambda reads -> (a) { }.
func (p *parser) lambda(start token) node {
	vars, kw, noDo := p.vars, p.inKeywordParams, p.noDo
	p.vars = &scopeNames{outer: vars}
	p.inKeywordParams = false
	p.next()
	b := &blockNode{lambda: true}
	switch {
	case p.is(tokCallParen) || p.is(tokParen) || p.is(tokArgParen):
		opened := p.tok
		p.next()
		b.params = p.paramList(tokRightParen)
		p.expect(tokRightParen, "\")\"", opened)
	case !p.is(tokBrace) && !p.isKeyword("do"):
		p.inKeywordParams, p.noDo = true, true
		b.params = p.paramList(tokBrace)
	}
	p.inKeywordParams, p.noDo = kw, noDo
	p.blockBody(b)
	p.vars = vars
	b.span = p.span(start)
	return b
}

// keywordPrimary reads an operand that begins with a keyword.
func (p *parser) keywordPrimary(start token, r rank) node {
	switch start.text {
	case "nil":
		p.next()
		return &literalNode{p.span(start), nil}
	case "true", "false":
		p.next()
		return &literalNode{p.span(start), start.text == "true"}
	case "self":
		p.next()
		return &selfNode{p.span(start)}
	case "__FILE__", "__ENCODING__":
		p.next()
		return &varNode{p.span(start), start.text}
	case "__LINE__":
		p.next()
		return &literalNode{p.span(start), int64(start.line)}
	case "not":
		return p.notParen(start)
	case "if", "unless":
		return p.ifElse(start)
	case "while", "until":
		return p.loop(start)
	case "for":
		return p.forIn(start)
	case "case":
		return p.caseWhen(start)
	case "begin":
		return p.beginEnd(start)
	case "def":
		return p.method(start)
	case "class", "module":
		return p.class(start)
	case "return", "break", "next", "redo", "retry":
		return p.jump(start, r)
	case "yield", "super":
		return p.yieldSuper(start, r)
	}
	p.unexpected("")
	return &literalNode{span: p.span(start)}
}

// notParen reads not(x).
func (p *parser) notParen(start token) node {
	p.next()
	opened := p.tok
	if !p.is(tokCallParen) {
		p.unexpected("\"(\"")
		return &literalNode{span: p.span(start)}
	}
	p.next()
	n := &notNode{x: &literalNode{}}
	if !p.is(tokRightParen) {
		n.x = p.valued(p.expression(rankExpr))
		p.lineBreak()
	}
	p.expect(tokRightParen, "\")\"", opened)
	n.span = p.span(start)
	return n
}

// jump reads return, break, next, redo and retry.
func (p *parser) jump(start token, r rank) node {
	n := &jumpNode{word: start.text}
	if start.text == "return" && p.inClass || start.text == "retry" && !p.rescued || !p.breaks && start.text != "retry" && start.text != "return" {
		p.strayed(start)
	}
	p.next()
	if r.wide() && start.text != "redo" && start.text != "retry" && (p.argumentStarts() || p.is(tokBrace)) {
		from := p.tok
		args := p.commandArguments(p.noDo)
		if len(args) == 1 {
			n.val = args[0]
		}
		if _, splat := n.val.(*splatNode); splat || len(args) > 1 {
			n.val = &arrayNode{p.span(from), args}
		}
	}
	n.span = p.span(start)
	return n
}

// strayed keeps the first jump that seems to have nothing to leave. The loop
// of "begin … end while x" is seen only after its body.
func (p *parser) strayed(jump token) {
	if p.stray.text == "" {
		p.stray = jump
	}
}

// yieldSuper reads yield and super with their arguments.
func (p *parser) yieldSuper(start token, r rank) node {
	p.next()
	var args []node
	switch {
	case p.is(tokCallParen):
		opened := p.tok
		p.next()
		args = p.arguments(tokRightParen, opened)
	case r.commands() && p.argumentStarts():
		args = p.commandArguments(true)
	}
	if start.text == "super" {
		return &superNode{p.span(start), args}
	}
	return &yieldNode{p.span(start), args}
}
