package ruby

// method reads def, with an end or as "def name(args) = value".
func (p *parser) method(start token) node {
	n := &defNode{}
	p.next()
	p.methodName(n)
	saved := *p
	p.vars, p.noDo, p.breaks, p.inDef, p.inClass, p.rescued = &scopeNames{}, false, false, true, false, false
	defer func() {
		p.vars, p.noDo, p.breaks, p.inDef = saved.vars, saved.noDo, saved.breaks, saved.inDef
		p.inClass, p.rescued = saved.inClass, saved.rescued
	}()
	opened := p.tok
	switch {
	case p.is(tokCallParen) || p.is(tokParen) || p.is(tokArgParen):
		p.next()
		n.params = p.paramList(tokRightParen)
		p.state, p.first = stBeg, true
		if p.at(0) == ' ' && p.endlessFollows() {
			p.state = stEndFn
		}
		p.expect(tokRightParen, "\")\"", opened)
	case !p.is(tokNewline) && !p.is(tokSemicolon) && !p.is(tokAssign):
		p.inKeywordParams = true
		n.params = p.paramList(tokNewline)
		p.inKeywordParams = false
		if !p.is(tokNewline) && !p.is(tokSemicolon) {
			p.unexpected("the end of the line")
		}
	}
	if p.accept(tokAssign) {
		n.body = p.statement()
		n.span = p.span(start)
		return n
	}
	n.body = p.bodyUntilEnd(start)
	n.span = p.span(start)
	return n
}

// endlessFollows tells that "=" stands after the parameters.
func (p *parser) endlessFollows() bool {
	i := p.pos
	for i < p.limit && p.src[i] == ' ' {
		i++
	}
	return i < p.limit && p.src[i] == '='
}

// methodName reads "name", "self.name" or "(expression).name".
func (p *parser) methodName(n *defNode) {
	first := p.tok
	switch {
	case methodName(first):
	case first.kind == tokIVar || first.kind == tokCVar || first.kind == tokGVar:
	case first.kind == tokCallParen || first.kind == tokParen || first.kind == tokArgParen:
		p.state = stBeg
		n.on = p.parenthesised(first)
	default:
		p.unexpected("a method's name")
		return
	}
	if n.on == nil {
		n.name = first.text
		p.next()
	}
	if n.on == nil && !p.is(tokDot) && !p.is(tokScope) {
		return
	}
	if n.on == nil {
		n.on = &varNode{p.span(first), first.text}
		if first.text == "self" {
			n.on = &selfNode{p.span(first)}
		}
	}
	if !p.is(tokDot) && !p.is(tokScope) {
		p.unexpected("\".\"")
		return
	}
	p.state = stName
	p.next()
	n.name = p.tok.text
	if !methodName(p.tok) {
		p.unexpected("a method's name")
		return
	}
	p.next()
}

// class reads class, class << x, and module. What it holds is parsed, not kept apart.
func (p *parser) class(start token) node {
	p.next()
	n := &classNode{}
	switch {
	case p.isOp("<<") && start.text == "class":
		p.next()
		p.condition()
		if !p.is(tokNewline) && !p.is(tokSemicolon) {
			p.unexpected("a new line")
		}
	default:
		n.name = p.className()
		if p.isOp("<") && start.text == "class" {
			p.state, p.first = stBeg, true
			p.next()
			p.condition()
			if !p.is(tokNewline) && !p.is(tokSemicolon) {
				p.unexpected("a new line")
			}
		}
	}
	if p.inDef && n.name != nil {
		p.reject(start, start.text+" defined within a method")
	}
	vars, noDo, breaks, inDef, inClass := p.vars, p.noDo, p.breaks, p.inDef, p.inClass
	p.vars, p.noDo, p.breaks, p.inDef, p.inClass = &scopeNames{}, false, false, false, n.name != nil
	n.body = p.bodyUntilEnd(start)
	p.vars, p.noDo, p.breaks, p.inDef, p.inClass = vars, noDo, breaks, inDef, inClass
	n.span = p.span(start)
	return n
}

// className reads A, ::A or A::B.
func (p *parser) className() node {
	n := p.postfix(p.primary(rankArg), rankArg)
	if _, ok := n.(*constNode); !ok && p.err == nil {
		p.rejectNode(n, "the name of a class or module must be a constant")
	}
	return n
}

// paramList reads the parameters of a method or block up to their end, which stays.
func (p *parser) paramList(end tokenKind) *params {
	ps := &params{}
	seen := make(map[string]bool)
	phase := 0
	p.enter()
	defer p.leave()
	p.lineBreak()
	for p.err == nil && !p.is(end) && !p.is(tokSemicolon) && !p.isKeyword("do") && !p.is(tokAssign) {
		q := p.param(end)
		if phase = q.phase(phase); phase < 0 {
			p.unexpected("parameters in their order")
		}
		p.declareParam(&q, seen)
		ps.list = append(ps.list, q)
		if !p.is(tokComma) {
			break
		}
		p.next()
		if p.is(end) && end != tokPipe {
			p.unexpected("a parameter")
		}
	}
	if end == tokPipe || end == tokRightParen {
		p.lineBreak()
	}
	if p.is(tokSemicolon) && (end == tokPipe || end == tokRightParen) {
		p.blockLocals(ps, end)
	}
	return ps
}

// blockLocals reads the names after ";" in a block's list.
func (p *parser) blockLocals(ps *params, end tokenKind) {
	p.next()
	for p.err == nil && !p.is(end) {
		p.lineBreak()
		if p.is(tokIdent) {
			p.vars.add(p.tok.text)
			ps.list = append(ps.list, param{kind: paramLocal, name: p.tok.text})
		} else {
			p.unexpected("a variable's name")
		}
		p.next()
		p.accept(tokComma)
		p.lineBreak()
	}
}

// declareParam makes a parameter a local variable.
func (p *parser) declareParam(q *param, seen map[string]bool) {
	if q.parts != nil {
		p.target(q.parts)
	}
	if q.name == "" {
		return
	}
	if seen[q.name] && q.name[0] != '_' {
		p.reject(p.tok, "the parameter \""+q.name+"\" is declared twice")
	}
	seen[q.name] = true
	p.vars.add(q.name)
}

// param reads one parameter.
func (p *parser) param(end tokenKind) param {
	start := p.tok
	switch start.kind {
	case tokSplat, tokDoubleSplat, tokAmper:
		return p.starParam(start)
	case tokOp:
		if start.text == "*" || start.text == "**" || start.text == "&" {
			return p.starParam(start)
		}
	case tokBeginRange, tokRange: // "..." passes everything on
		p.next()
		return param{kind: paramRest}
	case tokParen, tokCallParen, tokArgParen:
		p.next()
		t := p.targets(nil)
		p.expect(tokRightParen, "\")\"", start)
		return param{parts: t}
	case tokLabel:
		p.next()
		q := param{kind: paramKeyNeeded, name: start.text}
		if !p.is(tokComma) && !p.is(end) && !p.is(tokNewline) && !p.is(tokSemicolon) && !p.is(tokAssign) {
			p.vars.add(q.name)
			q.kind, q.def = paramKey, p.paramDefault(end)
		}
		return q
	}
	if start.kind != tokIdent {
		p.unexpected("a parameter")
		return param{}
	}
	p.vars.add(start.text)
	p.state = stEnd | stLabel
	p.next()
	q := param{name: start.text}
	if p.is(tokAssign) && (end == tokPipe || end == tokRightParen || end == tokBrace || end == tokNewline) {
		p.next()
		q.kind, q.def = paramOptional, p.paramDefault(end)
	}
	return q
}

// phase is how far a list of parameters has come with q: needed, optional,
// rest, needed again, keys, rest of the keys, block. It is -1 out of that order.
func (q *param) phase(before int) int {
	var earliest, latest int
	switch q.kind {
	case paramNeeded:
		if before == 0 {
			return 0
		}
		earliest, latest = 3, 3
	case paramOptional:
		earliest, latest = 1, 1
	case paramRest:
		earliest, latest = 2, 1
	case paramKey, paramKeyNeeded:
		earliest, latest = 4, 4
	case paramKeyRest:
		earliest, latest = 5, 4
	case paramBlock:
		earliest, latest = 6, 5
	}
	if before > latest {
		return -1
	}
	return earliest
}

// starParam reads *rest, **options and &block, named or not.
func (p *parser) starParam(start token) param {
	q := param{kind: paramRest}
	switch start.text {
	case "**":
		q.kind = paramKeyRest
	case "&":
		q.kind = paramBlock
	}
	p.next()
	if p.is(tokIdent) || q.kind == paramKeyRest && p.isKeyword("nil") {
		if p.is(tokIdent) {
			q.name = p.tok.text
		}
		p.state = stEnd | stLabel
		p.next()
	}
	return q
}

// paramDefault reads a default value, which in a block's list may not hold "|".
func (p *parser) paramDefault(end tokenKind) node {
	if end == tokPipe {
		return p.postfix(p.primary(rankArg), rankArg)
	}
	return p.valuedArg()
}
