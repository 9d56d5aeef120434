package ruby

import "slices"

// caseIn reads the clauses of case/in. Patterns are parsed but not kept:
// what they match is not evaluated.
func (p *parser) caseIn(start token, subject node) node {
	n := &matchNode{subject: subject}
	first := len(p.bound)
	for p.isKeyword("in") {
		kw := p.inKeywordParams
		p.inKeywordParams = true
		p.state, p.first = stBeg|stLabel, false
		p.next()
		p.topPattern()
		p.inKeywordParams = kw
		if p.is(tokModifier) && (p.tok.text == "if" || p.tok.text == "unless") {
			p.next()
			p.condition()
		}
		p.then()
		n.bodies = append(n.bodies, p.statements())
	}
	if p.acceptKeyword("else") {
		n.bodies = append(n.bodies, p.statements())
	}
	p.expectEnd(start)
	n.span, n.bound = p.span(start), slices.Clone(p.bound[first:])
	return n
}

// topPattern reads a pattern that needs no brackets around its list.
func (p *parser) topPattern() {
	p.patternList(tokNewline)
}

// patternList reads patterns separated by commas up to their end, which stays.
func (p *parser) patternList(end tokenKind) {
	p.enter()
	defer p.leave()
	for p.err == nil {
		p.patternItem(end)
		if !p.is(tokComma) {
			return
		}
		p.next()
		if p.is(end) || p.is(tokNewline) || p.isKeyword("then") {
			return
		}
	}
}

// patternItem reads one entry of a list: a pattern, *rest, **rest or key: pattern.
func (p *parser) patternItem(end tokenKind) {
	switch p.tok.kind {
	case tokSplat, tokDoubleSplat:
		p.next()
		if p.is(tokIdent) || p.isKeyword("nil") {
			p.bindPattern()
		} else if p.isOp("*") {
			p.next()
		}
	case tokLabel:
		p.bindName()
		p.next()
		p.labelledPattern(end)
	default:
		n := p.pattern()
		if p.is(tokLabel) && p.tok.text == "" && n {
			p.next()
			p.labelledPattern(end)
		}
	}
}

// labelledPattern reads the pattern of a key, if there is one.
func (p *parser) labelledPattern(end tokenKind) {
	if p.is(tokComma) || p.is(end) || p.is(tokNewline) || p.is(tokSemicolon) || p.is(tokModifier) ||
		p.isKeyword("then") || p.closes() {
		return
	}
	p.pattern()
}

// bindPattern takes the name that a pattern assigns.
func (p *parser) bindPattern() {
	if p.is(tokIdent) {
		p.bindName()
		p.state = stEnd | stLabel
	}
	p.next()
}

func (p *parser) bindName() {
	p.vars.add(p.tok.text)
	p.bound = append(p.bound, p.tok.text)
}

// pattern reads alternatives and "=> name". It tells whether a string label may have been read.
func (p *parser) pattern() bool {
	p.enter()
	defer p.leave()
	label := p.primaryPattern()
	for p.err == nil && p.is(tokPipe) {
		p.next()
		p.primaryPattern()
	}
	for p.err == nil && p.is(tokArrow) {
		p.next()
		if !p.is(tokIdent) {
			p.unexpected("a variable's name")
		}
		p.bindPattern()
	}
	return label
}

// primaryPattern reads a pattern without alternatives.
func (p *parser) primaryPattern() bool {
	start := p.tok
	switch start.kind {
	case tokArray, tokIndex:
		p.bracketPattern(tokRightIndex, "\"]\"")
	case tokBrace:
		p.state, p.first = stBeg|stLabel, false
		p.bracketPattern(tokRightBrace, "\"}\"")
	case tokParen, tokArgParen, tokCallParen:
		p.bracketPattern(tokRightParen, "\")\"")
	case tokOp, tokUnary:
		if start.text != "^" {
			p.unexpected("a pattern")
			return false
		}
		p.pinned()
	case tokIdent:
		p.bindPattern()
	case tokConst, tokTopScope:
		p.constPattern()
	default:
		return p.valuePattern(start)
	}
	return false
}

// valuePattern reads a literal or a range of literals.
func (p *parser) valuePattern(start token) bool {
	if !p.accept(tokBeginRange) {
		p.literalPattern()
		if p.is(tokLabel) || !p.accept(tokRange) || !p.operandStarts() {
			return start.kind == tokString
		}
	}
	p.literalPattern()
	return false
}

// literalPattern reads a literal.
func (p *parser) literalPattern() {
	switch p.tok.kind {
	case tokNumber, tokString, tokHeredoc, tokChar, tokSymbol, tokLambda:
		p.primary(rankArg)
		return
	case tokUnaryNum:
		p.next()
		p.primary(rankArg)
		return
	case tokKeyword:
		switch p.tok.text {
		case "nil", "true", "false", "self", "__FILE__", "__LINE__", "__ENCODING__":
			p.primary(rankArg)
			return
		}
	}
	p.unexpected("a pattern")
}

// pinned reads ^variable and ^(expression).
func (p *parser) pinned() {
	p.next()
	switch p.tok.kind {
	case tokIdent, tokIVar, tokGVar, tokCVar:
		p.next()
	case tokParen, tokCallParen, tokArgParen:
		opened := p.tok
		p.next()
		p.expression(rankExpr)
		p.lineBreak()
		p.expect(tokRightParen, "\")\"", opened)
	default:
		p.unexpected("a variable's name")
	}
}

// bracketPattern reads a list of patterns between brackets.
func (p *parser) bracketPattern(end tokenKind, want string) {
	opened := p.tok
	kw := p.inKeywordParams
	p.inKeywordParams = false
	p.next()
	p.lineBreak()
	if !p.is(end) {
		p.patternList(end)
	}
	p.lineBreak()
	p.inKeywordParams = kw
	p.expect(end, want, opened)
}

// constPattern reads A::B, A::B(…), A::B[…] and A..B.
func (p *parser) constPattern() {
	if p.is(tokTopScope) {
		p.next()
	}
	for {
		if !p.is(tokConst) {
			p.unexpected("a constant")
			return
		}
		p.next()
		if !p.accept(tokScope) {
			break
		}
	}
	switch p.tok.kind {
	case tokCallParen:
		p.bracketPattern(tokRightParen, "\")\"")
	case tokIndex:
		p.bracketPattern(tokRightIndex, "\"]\"")
	case tokRange:
		p.next()
		if p.operandStarts() {
			p.binary(precRange+1, rankArg)
		}
	}
}
