package ruby

import (
	"slices"
	"strconv"
)

// parser reads Ruby's grammar by recursive descent, one token ahead. After the
// first error the lexer gives only tokEOF, so that every rule ends by itself.
type parser struct {
	lexer
	tok     token
	lastEnd int // of the token before tok
	depth   int
	count   int // of tokens
	// noDo: "do" belongs to a loop or to a command further out.
	noDo bool
	// breaks: break, next and redo have something to leave.
	breaks  bool
	inDef   bool
	inClass bool // return has no method to leave
	rescued bool // retry has something to try again
	stray   token
	bound   []string // variables that patterns assign
}

const (
	// MaxDepth bounds how deep brackets, blocks and operators nest.
	MaxDepth = 500
	// maxGrammar bounds the rules of the grammar that are within each other:
	// one bracket is up to four of them.
	maxGrammar = 4 * MaxDepth
	// maxTokens bounds the memory that a file's syntax tree takes.
	maxTokens = 4_000_000
)

// rank says how much of an expression may stand here without parentheses.
type rank uint8

const (
	rankArg     rank = iota // operators
	rankCommand             // or a command call, "foo bar"
	rankValue               // or an assignment of a command call
	rankExpr                // or "! foo bar", "return foo"
	rankStmt                // or a multiple assignment
)

// commands tells that a command call may stand here.
func (r rank) commands() bool { return r != rankArg }

// wide tells that "! foo bar" and "return foo" may stand here.
func (r rank) wide() bool { return r >= rankExpr }

// parseRuby reads a whole program. Of a program with an error it returns the
// statements before the one that holds it.
func parseRuby(lx lexer) (*seqNode, *SyntaxError) {
	p := &parser{lexer: lx}
	p.vars = &scopeNames{}
	p.next()
	body := p.statements()
	if p.err == nil && p.tok.kind != tokEOF {
		p.unexpected("the end of the file")
	}
	if p.err == nil && p.stray.text != "" {
		p.reject(p.stray, "\""+p.stray.text+"\" has nothing to leave here")
	}
	return body, p.err
}

// next moves on to the next token.
func (p *parser) next() {
	p.lastEnd = p.pos
	p.tok = p.lexer.next()
	if p.count++; p.count > maxTokens && p.err == nil {
		p.reject(p.tok, "more than "+strconv.Itoa(maxTokens)+" words of Ruby, which is more than is read")
		p.err.Limit = true
	}
}

// unexpected reports the token at hand.
func (p *parser) unexpected(want string) {
	msg := "unexpected " + p.tok.describe()
	if want != "" {
		msg += ", expected " + want
	}
	p.reject(p.tok, msg)
}

// reject reports what is wrong at a token and ends the reading.
func (p *parser) reject(at token, msg string) {
	p.fail(at.pos, at.line, msg)
	p.tok.kind = tokEOF
}

// rejectNode reports what is wrong with a node and ends the reading.
func (p *parser) rejectNode(n node, msg string) {
	s := n.place()
	p.reject(token{pos: int(s.pos), line: int(s.line)}, msg)
}

func (p *parser) is(k tokenKind) bool { return p.tok.kind == k }

func (p *parser) isKeyword(word string) bool {
	return p.tok.kind == tokKeyword && p.tok.text == word
}

func (p *parser) isOp(text string) bool { return p.tok.kind == tokOp && p.tok.text == text }

// accept moves past a token of this kind, if one is here.
func (p *parser) accept(k tokenKind) bool {
	if p.tok.kind != k {
		return false
	}
	p.next()
	return true
}

func (p *parser) acceptKeyword(word string) bool {
	if !p.isKeyword(word) {
		return false
	}
	p.next()
	return true
}

// expect moves past the token that must stand here. opened is what it closes.
func (p *parser) expect(k tokenKind, want string, opened token) {
	if p.tok.kind != k {
		p.unexpectedClosing(want, opened)
		return
	}
	p.next()
}

// expectEnd moves past the "end" of a construct.
func (p *parser) expectEnd(opened token) {
	if !p.isKeyword("end") {
		p.unexpectedClosing("\"end\"", opened)
		return
	}
	p.next()
}

func (p *parser) unexpectedClosing(want string, opened token) {
	if opened.line != p.tok.line {
		want += " for " + opened.describe() + " of line " + strconv.Itoa(opened.line)
	}
	p.unexpected(want)
}

// span is from a token to the last one that was read.
func (p *parser) span(from token) span {
	return span{pos: int32(from.pos), end: int32(p.lastEnd), line: int32(from.line)}
}

// from is the span that begins where n does.
func (p *parser) from(n node) span {
	s := n.place()
	s.end = int32(p.lastEnd)
	return s
}

// enter counts a level of nesting and reports one too many.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxGrammar && p.err == nil {
		p.reject(p.tok, "nested deeper than "+strconv.Itoa(MaxDepth)+" levels, which is more than is read")
		p.err.Limit = true
	}
}

func (p *parser) leave() { p.depth-- }

// newlines skips newlines and semicolons.
func (p *parser) newlines() {
	for p.is(tokNewline) || p.is(tokSemicolon) {
		p.next()
	}
}

// closes tells that the token at hand ends a list of statements.
func (p *parser) closes() bool {
	switch p.tok.kind {
	case tokEOF, tokRightBrace, tokRightParen, tokRightIndex:
		return true
	case tokKeyword:
		switch p.tok.text {
		case "end", "else", "elsif", "when", "in", "rescue", "ensure":
			return true
		}
	}
	return false
}

// statements reads up to the token that closes the list.
func (p *parser) statements() *seqNode {
	p.enter()
	defer p.leave()
	start := p.tok
	seq := &seqNode{}
	for p.newlines(); !p.closes(); p.newlines() {
		n := p.statement()
		if p.err != nil {
			break
		}
		seq.stmts = append(seq.stmts, n)
		if !p.is(tokNewline) && !p.is(tokSemicolon) && !p.closes() {
			p.unexpected("the end of the statement")
		}
	}
	seq.span = p.span(start)
	return seq
}

// statement reads an expression with its modifiers.
func (p *parser) statement() node {
	n := p.expressionStatement()
	for p.is(tokModifier) {
		word := p.tok.text
		p.next()
		switch word {
		case "rescue":
			r := p.expressionStatement()
			n = &beginNode{span: p.from(n), body: n, rescues: []*rescueNode{{span: r.place(), body: r}}}
		case "if", "unless":
			c := p.condition()
			f := &ifNode{span: p.from(n), cond: c, then: n}
			if word == "unless" {
				f.then, f.alt = nil, n
			}
			n = f
		default:
			if p.stray.pos >= int(n.place().pos) && p.stray.text != "retry" {
				p.stray = token{}
			}
			b, isBegin := n.(*beginNode)
			c := p.condition()
			n = &loopNode{span: p.from(n), cond: c, body: n, negate: word == "until", atLeast: isBegin && b.rescues == nil}
		}
	}
	return n
}

// condition reads the expression that decides.
func (p *parser) condition() node {
	return p.valued(p.expression(rankExpr))
}

// expressionStatement reads a statement without its modifiers.
func (p *parser) expressionStatement() node {
	start := p.tok
	if p.is(tokKeyword) {
		switch p.tok.text {
		case "alias", "undef":
			return p.aliases()
		case "BEGIN", "END":
			p.next()
			opened := p.tok
			p.expect(tokBrace, "\"{\"", start)
			body := p.inBraces(opened)
			return &laterNode{span: p.span(start), first: start.text == "BEGIN", body: body}
		}
	}
	if p.is(tokSplat) {
		return p.multipleAssign(nil, start)
	}
	n := p.expression(rankStmt)
	if p.is(tokComma) && p.err == nil && assignable(n) {
		return p.multipleAssign(n, start)
	}
	if isTargets(n) && p.err == nil {
		return p.assignTargets(n, start)
	}
	return n
}

// inBraces reads statements up to "}", which opened belongs to.
func (p *parser) inBraces(opened token) node {
	body := p.statements()
	p.expect(tokRightBrace, "\"}\"", opened)
	return body
}

// aliases reads alias and undef, whose names are bare words, symbols or globals.
func (p *parser) aliases() node {
	start := p.tok
	n := &aliasNode{}
	more := true
	for more && p.err == nil {
		p.state = stName
		p.next()
		n.names = append(n.names, p.tok.text)
		switch p.tok.kind {
		case tokIdent, tokFID, tokConst, tokSymbol, tokOp, tokGVar, tokKeyword, tokBang, tokPipe, tokUnary:
		case tokString:
			p.literalText()
			more = p.is(tokComma)
			continue
		default:
			p.unexpected("a method's name")
			return n
		}
		if start.text == "alias" {
			if len(n.names) == 2 && (n.names[0][0] == '$') != p.is(tokGVar) {
				p.unexpected("a name of the same kind")
				return n
			}
			if more = len(n.names) == 1; more {
				continue
			}
		}
		p.state = stEnd
		p.next()
		more = start.text == "undef" && p.is(tokComma)
	}
	n.span = p.span(start)
	return n
}

// expression reads operands joined by and, or and not.
func (p *parser) expression(r rank) node {
	p.enter()
	defer p.leave()
	n := p.negation(r)
	for p.isKeyword("and") || p.isKeyword("or") {
		or := p.tok.text == "or"
		p.next()
		right := p.negation(rankExpr)
		n = &logicNode{span: p.from(n), or: or, left: p.valued(n), right: right}
	}
	return n
}

// negation reads "not x", and pattern matching on one line.
func (p *parser) negation(r rank) node {
	start := p.tok
	if p.isKeyword("not") && p.at(0) != '(' {
		p.enter()
		defer p.leave()
		p.next()
		p.lineBreak()
		x := p.valued(p.negation(rankExpr))
		return &notNode{span: p.span(start), x: x}
	}
	n := p.arg(r)
	if p.err != nil || isCommand(n) {
		return n
	}
	if p.is(tokArrow) {
		return p.match(start, n, true)
	}
	if p.isKeyword("in") {
		return p.match(start, n, false)
	}
	return n
}

// match reads the pattern of "x => pattern" or "x in pattern".
func (p *parser) match(start token, subject node, void bool) node {
	first := len(p.bound)
	p.next()
	p.topPattern()
	return &matchNode{span: p.span(start), subject: p.valued(subject), void: void, bound: slices.Clone(p.bound[first:])}
}
