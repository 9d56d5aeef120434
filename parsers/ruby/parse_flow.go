package ruby

// bodyUntilEnd reads statements with rescue, else and ensure up to "end".
func (p *parser) bodyUntilEnd(opened token) node {
	n := p.bodyStatement(opened)
	p.expectEnd(opened)
	return n
}

// bodyStatement reads statements with their rescue, else and ensure clauses.
func (p *parser) bodyStatement(opened token) node {
	body := p.statements()
	if !p.isKeyword("rescue") && !p.isKeyword("ensure") && !p.isKeyword("else") {
		return body
	}
	n := &beginNode{body: body}
	rescued := p.rescued
	for p.isKeyword("rescue") {
		p.rescued = true
		n.rescues = append(n.rescues, p.rescueClause())
	}
	p.rescued = rescued
	if p.isKeyword("else") {
		if n.rescues == nil {
			p.unexpectedClosing("\"end\"", opened)
		}
		p.next()
		n.alt = p.statements()
	}
	if p.acceptKeyword("ensure") {
		n.finally = p.statements()
	}
	n.span = p.from(body)
	return n
}

func (p *parser) rescueClause() *rescueNode {
	start := p.tok
	n := &rescueNode{}
	p.next()
	for p.err == nil && !p.is(tokNewline) && !p.is(tokSemicolon) && !p.is(tokArrow) && !p.isKeyword("then") {
		from := p.tok
		if p.accept(tokSplat) {
			x := p.valuedArg()
			n.classes = append(n.classes, &splatNode{span: p.span(from), x: x})
		} else {
			n.classes = append(n.classes, p.valuedArg())
		}
		if !p.accept(tokComma) {
			break
		}
	}
	if p.accept(tokArrow) {
		n.into = p.oneTarget()
		p.target(n.into)
	}
	p.then()
	n.body = p.statements()
	n.span = p.span(start)
	return n
}

// then reads what separates a condition from its body.
func (p *parser) then() {
	got := false
	for p.is(tokNewline) || p.is(tokSemicolon) {
		p.next()
		got = true
	}
	if !p.acceptKeyword("then") && !got {
		p.unexpected("\"then\" or a new line")
	}
}

// beginEnd reads begin … end.
func (p *parser) beginEnd(start token) node {
	noDo := p.noDo
	p.noDo = false
	p.next()
	body := p.bodyUntilEnd(start)
	p.noDo = noDo
	if b, ok := body.(*beginNode); ok {
		b.span = p.span(start)
		return b
	}
	return &beginNode{span: p.span(start), body: body}
}

// ifElse reads if and unless with their branches.
func (p *parser) ifElse(start token) node {
	noDo := p.noDo
	p.noDo = false
	p.next()
	n := &ifNode{cond: p.condition()}
	p.then()
	n.then = p.statements()
	switch {
	case p.isKeyword("elsif") && start.text != "unless":
		p.enter()
		elsif := p.tok
		elsif.text = "elsif"
		n.alt = p.ifElse(elsif)
		p.leave()
	case p.isKeyword("else"):
		p.next()
		n.alt = p.statements()
	}
	p.noDo = noDo
	if start.text == "unless" {
		n.then, n.alt = n.alt, n.then
	}
	if start.text != "elsif" {
		p.expectEnd(start)
	}
	n.span = p.span(start)
	return n
}

// doOrLine reads what separates a loop's head from its body.
func (p *parser) doOrLine() {
	if p.acceptKeyword("do") {
		return
	}
	if !p.is(tokNewline) && !p.is(tokSemicolon) {
		p.unexpected("\"do\" or a new line")
	}
	p.newlines()
}

// loop reads while and until.
func (p *parser) loop(start token) node {
	p.next()
	n := &loopNode{negate: start.text == "until"}
	n.cond, n.body = p.repeated(start)
	n.span = p.span(start)
	return n
}

// repeated reads what a loop looks at and what it repeats, up to its end. The do
// between the two is the loop's own.
func (p *parser) repeated(start token) (over node, body *seqNode) {
	noDo, breaks := p.noDo, p.breaks
	p.noDo = true
	over = p.condition()
	p.noDo, p.breaks = false, true
	p.doOrLine()
	body = p.statements()
	p.noDo, p.breaks = noDo, breaks
	p.expectEnd(start)
	return over, body
}

// forIn reads for a, b in list.
func (p *parser) forIn(start token) node {
	p.next()
	n := &forNode{}
	first := node(nil)
	if !p.is(tokSplat) {
		first = p.oneTarget()
		n.target = first
	}
	if first == nil || p.is(tokComma) {
		n.target = p.targets(first)
	}
	p.target(n.target)
	if !p.acceptKeyword("in") {
		p.unexpected("\"in\"")
	}
	n.over, n.body = p.repeated(start)
	n.span = p.span(start)
	return n
}

// caseWhen reads case with when or in.
func (p *parser) caseWhen(start token) node {
	noDo := p.noDo
	p.noDo = false
	defer func() { p.noDo = noDo }()
	p.next()
	n := &caseNode{}
	if !p.is(tokNewline) && !p.is(tokSemicolon) && !p.isKeyword("when") {
		n.subject = p.condition()
	}
	p.newlines()
	if p.isKeyword("in") && n.subject != nil {
		return p.caseIn(start, n.subject)
	}
	if !p.isKeyword("when") {
		p.unexpected("\"when\"")
	}
	for p.isKeyword("when") {
		n.whens = append(n.whens, p.whenClause())
	}
	if p.acceptKeyword("else") {
		n.alt = p.statements()
	}
	p.expectEnd(start)
	n.span = p.span(start)
	return n
}

func (p *parser) whenClause() *whenNode {
	start := p.tok
	p.next()
	n := &whenNode{}
	for p.err == nil {
		from := p.tok
		if p.accept(tokSplat) {
			x := p.valuedArg()
			n.values = append(n.values, &splatNode{span: p.span(from), x: x})
		} else {
			n.values = append(n.values, p.valuedArg())
		}
		if !p.accept(tokComma) {
			break
		}
	}
	p.then()
	n.body = p.statements()
	n.span = p.span(start)
	return n
}
