package ruby

// assigned reads "= value" or "+= value" after an operand.
func (p *parser) assigned(n node, r rank) node {
	if p.err != nil || !p.is(tokAssign) && !p.is(tokOpAssign) {
		return n
	}
	op := p.tok
	if !assignable(n) || isTargets(n) {
		if _, ok := n.(*targetsNode); ok && r == rankStmt {
			return n
		}
		p.unassignable(n)
		return n
	}
	p.target(n)
	p.next()
	val := p.assignedValue(op, r)
	if op.kind == tokOpAssign {
		return &opAssignNode{span: p.from(n), target: n, op: op.text, val: val}
	}
	return &assignNode{span: p.from(n), target: n, val: val}
}

func isTargets(n node) bool {
	_, ok := n.(*targetsNode)
	return ok
}

// unassignable says why "=" may not follow n.
func (p *parser) unassignable(n node) {
	switch n := n.(type) {
	case *literalNode:
		if n.val == nil || n.val == true || n.val == false {
			p.rejectNode(n, "cannot assign to "+p.src[n.pos:n.end])
			return
		}
	case *selfNode:
		p.rejectNode(n, "cannot change the value of self")
		return
	}
	p.unexpected("")
}

// assignedValue reads the right side. A whole statement may list several values.
func (p *parser) assignedValue(op token, r rank) node {
	start := p.tok
	if r == rankStmt && p.is(tokSplat) && op.kind == tokAssign {
		return p.values(nil, start)
	}
	inner := rankArg
	if r == rankValue || r == rankStmt {
		inner = rankValue
	}
	val := p.valued(p.arg(inner))
	if r == rankStmt && p.is(tokComma) && p.err == nil {
		return p.values(val, start)
	}
	if p.is(tokModifier) && p.tok.text == "rescue" {
		p.next()
		alt := p.rescueValue(val)
		return &beginNode{span: p.from(val), body: val, rescues: []*rescueNode{{span: alt.place(), body: alt}}}
	}
	return val
}

// rescueValue reads what an assignment takes when val raises.
func (p *parser) rescueValue(val node) node {
	if isCommand(val) {
		return p.expressionStatement()
	}
	return p.arg(rankArg)
}

// values reads "a, *b, c" on the right of an assignment.
func (p *parser) values(first node, start token) node {
	n := &arrayNode{}
	if first != nil {
		n.elems = append(n.elems, first)
		p.next()
	}
	for {
		from := p.tok
		if p.accept(tokSplat) {
			x := p.valuedArg()
			n.elems = append(n.elems, &splatNode{span: p.span(from), x: x})
		} else {
			n.elems = append(n.elems, p.valuedArg())
		}
		if p.err != nil || !p.accept(tokComma) {
			break
		}
	}
	n.span = p.span(start)
	return n
}

// assignable tells what may stand left of "=".
func assignable(n node) bool {
	switch n := n.(type) {
	case *localNode, *varNode, *constNode, *targetsNode:
		return true
	case *callNode:
		if n.name == "[]" && n.recv != nil {
			return n.block == nil
		}
		last := n.name[len(n.name)-1]
		return !n.parens && !n.command && n.block == nil && len(n.args) == 0 && isNameByte(last)
	}
	return false
}

// target declares the variable that n becomes by being assigned to.
func (p *parser) target(n node) {
	switch n := n.(type) {
	case *localNode:
		p.vars.add(n.name)
	case *callNode:
		if n.recv == nil {
			p.vars.add(n.name)
		}
	case *constNode:
		if p.inDef {
			p.rejectNode(n, "constant assigned within a method")
		}
	case *targetsNode:
		for _, e := range n.elems {
			p.target(e)
		}
	case *splatNode:
		if n.x != nil {
			p.target(n.x)
		}
	}
}

// multipleAssign reads "a, (b, *c), d = values" after its first target.
func (p *parser) multipleAssign(first node, start token) node {
	targets := p.targets(first)
	targets.span = p.span(start)
	return p.assignTargets(targets, start)
}

// assignTargets reads "= values" after a list of targets.
func (p *parser) assignTargets(targets node, start token) node {
	if p.is(tokRightParen) || p.err != nil {
		return targets // within parentheses, part of a larger list
	}
	if !p.is(tokAssign) {
		p.unexpected("\"=\"")
		return targets
	}
	p.target(targets)
	op := p.tok
	p.next()
	val := p.assignedValue(op, rankStmt)
	return &assignNode{span: p.span(start), target: targets, val: val}
}

// targets reads the rest of a list of targets; the comma after first is at hand.
func (p *parser) targets(first node) *targetsNode {
	n := &targetsNode{}
	if first != nil {
		n.elems = append(n.elems, first)
		p.next()
	}
	for p.err == nil && !p.is(tokAssign) && !p.is(tokRightParen) && !p.isKeyword("in") && !p.is(tokPipe) {
		start := p.tok
		if p.accept(tokSplat) {
			s := &splatNode{}
			if !p.is(tokComma) && !p.is(tokAssign) && !p.is(tokRightParen) && !p.isKeyword("in") {
				s.x = p.oneTarget()
			}
			s.span = p.span(start)
			n.elems = append(n.elems, s)
		} else {
			n.elems = append(n.elems, p.oneTarget())
		}
		if !p.accept(tokComma) {
			break
		}
	}
	return n
}

// oneTarget reads a single target.
func (p *parser) oneTarget() node {
	p.enter()
	defer p.leave()
	n := p.postfix(p.primary(rankArg), rankArg)
	if p.err == nil && !assignable(n) {
		p.unassignable(n)
	}
	return n
}

// namedGroups declares the variables that /(?<name>)/ =~ x assigns.
func (p *parser) namedGroups(left node) {
	re, ok := left.(*textNode)
	if !ok || re.kind != litRegexp || len(re.parts) != 1 {
		return
	}
	if s, ok := re.parts[0].(*strNode); ok {
		for _, m := range groupName.FindAllStringSubmatch(s.text, -1) {
			p.vars.add(m[1])
		}
	}
}
