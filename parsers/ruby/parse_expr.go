package ruby

// Precedences of the binary operators; a higher one binds tighter.
const (
	precRange = iota + 1
	precOr
	precAnd
	precEqual
	precLess
	precBitOr
	precBitAnd
	precShift
	precAdd
	precMul
	precMinus // the sign of an operand
	precPow
)

// precedence is that of the operator at hand, 0 if it is none.
func (p *parser) precedence() int {
	switch p.tok.kind {
	case tokRange:
		return precRange
	case tokPipe:
		return precBitOr
	case tokOp:
	default:
		return 0
	}
	switch p.tok.text {
	case "||":
		return precOr
	case "&&":
		return precAnd
	case "<=>", "==", "===", "!=", "=~", "!~":
		return precEqual
	case "<", "<=", ">", ">=":
		return precLess
	case "^":
		return precBitOr
	case "&":
		return precBitAnd
	case "<<", ">>":
		return precShift
	case "+", "-":
		return precAdd
	case "*", "/", "%":
		return precMul
	case "**":
		return precPow
	}
	return 0
}

// arg reads an expression with operators, assignments and the ternary.
func (p *parser) arg(r rank) node {
	p.enter()
	defer p.leave()
	n := p.binary(precRange, r)
	if !p.is(tokQuestion) || p.err != nil {
		return n
	}
	p.next()
	p.lineBreak()
	then := p.arg(rankArg)
	p.lineBreak()
	switch {
	case p.is(tokLabel) && p.tok.text == "": // x ? "a": b
		p.next()
	case p.is(tokColon):
		p.next()
	default:
		p.unexpected("\":\" of the condition")
	}
	p.lineBreak()
	alt := p.arg(rankArg)
	return &ifNode{span: p.from(n), cond: p.valued(n), then: then, alt: alt}
}

func (p *parser) valuedArg() node { return p.valued(p.arg(rankArg)) }

// lineBreak passes over a newline where the grammar allows one.
func (p *parser) lineBreak() { p.accept(tokNewline) }

// binary climbs the precedences of binary operators, from least on.
func (p *parser) binary(least int, r rank) node {
	p.enter()
	defer p.leave()
	return p.operators(p.unary(r), least)
}

// operators reads operators of least precedence and their right sides after n.
func (p *parser) operators(n node, least int) node {
	for p.err == nil {
		prec := p.precedence()
		if prec < least || prec == 0 || isCommand(n) {
			return n
		}
		op := p.tok.text
		p.next()
		right := node(nil)
		switch {
		case prec == precRange && !p.operandStarts():
		case prec == precOr || prec == precAnd:
			right = p.binary(prec+1, rankArg)
		case prec == precPow:
			right = p.valued(p.binary(precMinus, rankArg))
		default:
			right = p.valued(p.binary(prec+1, rankArg))
		}
		n = p.join(op, p.valued(n), right)
		if (prec == precEqual || prec == precRange) && p.precedence() == prec {
			p.unexpected("the end of the expression")
		}
	}
	return n
}

// join makes the node of a binary operator.
func (p *parser) join(op string, left, right node) node {
	at := p.from(left)
	switch op {
	case "&&", "||":
		return &logicNode{span: at, or: op == "||", left: left, right: right}
	case "..", "...":
		return &rangeNode{span: at, low: left, high: right, exclusive: op == "..."}
	case "!=":
		return &notNode{span: at, x: &callNode{span: at, recv: left, name: "==", args: []node{right}, infix: true}, infix: true}
	case "=~":
		p.namedGroups(left)
	}
	return &callNode{span: at, recv: left, name: op, args: []node{right}, infix: true}
}

// unary reads an operand with its signs.
func (p *parser) unary(r rank) node {
	p.enter()
	defer p.leave()
	start := p.tok
	switch start.kind {
	case tokBang:
		p.next()
		inner := rankArg
		if r.wide() {
			inner = rankExpr
		}
		x := p.valued(p.unary(inner))
		return &notNode{span: p.span(start), x: x}
	case tokUnary:
		p.next()
		least := precMinus
		if start.text != "-" {
			least = precPow + 1
		}
		name := start.text
		if name != "~" {
			name += "@"
		}
		x := p.valued(p.binary(least, rankArg))
		return &callNode{span: p.span(start), recv: x, name: name, infix: true}
	case tokUnaryNum:
		return p.negative(start)
	case tokBeginRange:
		p.next()
		high := p.valued(p.binary(precRange+1, rankArg))
		return &rangeNode{span: p.span(start), high: high, exclusive: start.text == "..."}
	case tokKeyword:
		if start.text == "defined?" {
			return p.defined(start)
		}
	}
	return p.assigned(p.postfix(p.primary(r), r), r)
}

// negative reads a number with its sign; the sign of "-2 ** 2" comes last.
func (p *parser) negative(start token) node {
	p.next()
	number := p.tok
	x := p.primary(rankArg)
	if p.isOp("**") {
		pow := p.operators(x, precPow)
		return &callNode{span: p.span(start), recv: pow, name: "-@", infix: true}
	}
	val := number.val
	switch v := val.(type) {
	case int64:
		val = -v
	case float64:
		val = -v
	}
	return p.assigned(p.postfix(&literalNode{p.span(start), val}, rankArg), rankArg)
}

func (p *parser) defined(start token) node {
	p.next()
	if p.is(tokCallParen) {
		opened := p.tok
		p.next()
		p.lineBreak()
		x := p.expression(rankExpr)
		p.lineBreak()
		p.expect(tokRightParen, "\")\"", opened)
		return p.postfix(&definedNode{p.span(start), x}, rankArg)
	}
	x := p.unary(rankArg)
	return &definedNode{p.span(start), x}
}

// valued reports an expression that leaves instead of having a value.
func (p *parser) valued(n node) node {
	if p.err == nil {
		if v := void(n, 0); v != nil {
			p.rejectNode(v, "this has no value to be used")
		}
	}
	return n
}

// void finds what keeps an expression from having a value, nil if it has one.
func void(n node, depth int) node {
	if depth > MaxDepth {
		return nil
	}
	switch n := n.(type) {
	case *jumpNode:
		return n
	case *matchNode:
		if n.void {
			return n
		}
	case *seqNode:
		if len(n.stmts) > 0 {
			return void(n.stmts[len(n.stmts)-1], depth+1)
		}
	case *beginNode:
		if n.rescues == nil && n.finally == nil {
			return void(n.body, depth+1)
		}
	case *ifNode:
		if n.then == nil || n.alt == nil || void(n.then, depth+1) == nil {
			return nil
		}
		return void(n.alt, depth+1)
	case *logicNode:
		return void(n.left, depth+1)
	}
	return nil
}

// operandStarts tells that the token at hand can begin an expression.
func (p *parser) operandStarts() bool {
	switch p.tok.kind {
	case tokBrace, tokParen:
		return true
	case tokKeyword:
		return !p.closes() && p.tok.text != "then" && p.tok.text != "do" && p.tok.text != "and" && p.tok.text != "or"
	case tokSplat, tokDoubleSplat, tokAmper, tokLabel:
		return false
	}
	return p.argumentStarts()
}

// argumentStarts tells that the token at hand can begin the arguments of a
// command, as in "run_list x".
func (p *parser) argumentStarts() bool {
	switch p.tok.kind {
	case tokIdent, tokFID, tokConst, tokIVar, tokCVar, tokGVar, tokLabel, tokNumber, tokSymbol, tokChar,
		tokString, tokHeredoc, tokUnary, tokUnaryNum, tokBang, tokSplat, tokDoubleSplat, tokAmper,
		tokLambda, tokBeginRange, tokTopScope, tokArgParen, tokParen, tokArray:
		return true
	case tokKeyword:
		switch p.tok.text {
		case "nil", "true", "false", "self", "not", "defined?", "__FILE__", "__LINE__", "__ENCODING__",
			"super", "yield", "case", "begin", "def", "class", "module", "for", "if", "unless", "while", "until":
			return true
		}
	}
	return false
}
