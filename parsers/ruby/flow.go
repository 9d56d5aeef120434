package ruby

import "errors"

func (ev *Evaluator) not(n *notNode, f *frame) (Value, error) {
	v, err := ev.eval(n.x, f)
	if err != nil {
		return nil, err
	}
	if u, ok := isUnknown(v); ok {
		return &Unknown{span: n.span, Reason: u.Reason, said: u.said}, nil
	}
	return !truthy(v), nil
}

func (ev *Evaluator) logic(n *logicNode, f *frame) (Value, error) {
	left, err := ev.eval(n.left, f)
	if err != nil {
		return nil, err
	}
	if u, ok := isUnknown(left); ok {
		result := &Unknown{span: n.span, Reason: u.Reason, said: u.said, cond: n.left.place()}
		if n.or {
			result.choices = []Value{u}
		}
		err := ev.inDoubt(u.decides(n.left), func() error {
			v, err := ev.eval(n.right, f)
			result.choices = append(result.choices, v)
			return err
		})
		return result, err
	}
	if truthy(left) == n.or {
		return left, nil
	}
	return ev.eval(n.right, f)
}

func (ev *Evaluator) ifValue(n *ifNode, f *frame) (Value, error) {
	cond, err := ev.eval(n.cond, f)
	if err != nil {
		return nil, err
	}
	if u, ok := isUnknown(cond); ok {
		return ev.either(n.span, u.decides(n.cond), f, n.then, n.alt)
	}
	if truthy(cond) {
		return ev.eval(n.then, f)
	}
	return ev.eval(n.alt, f)
}

// either evaluates branches of which it is not known which one runs. The value
// is known only if all agree.
func (ev *Evaluator) either(at span, why *Unknown, f *frame, branches ...node) (Value, error) {
	why = &Unknown{span: at, Reason: "depends on a condition that " + why.Reason, said: why.said, cond: why.cond}
	var first Value
	var values []Value
	same := true
	for i, b := range branches {
		err := ev.inDoubt(why, func() error {
			v, err := ev.eval(b, f)
			if err != nil {
				same = false
				return err
			}
			if values = append(values, v); i == 0 {
				first = v
			} else if eq, known := ev.equal(first, v); !eq || !known {
				same = false
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if same {
		return first, nil
	}
	return &Unknown{span: at, Reason: why.Reason, said: why.said, cond: why.cond, choices: values}, nil
}

func (ev *Evaluator) caseValue(n *caseNode, f *frame) (Value, error) {
	subject, err := ev.eval(n.subject, f)
	if err != nil {
		return nil, err
	}
	for i, w := range n.whens {
		values, err := ev.list(w.values, f)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			matched, known := ev.caseMatches(v, subject, n.subject != nil)
			if !known {
				why := ev.findUnknown(&Array{Items: []Value{subject, v}})
				if why == nil {
					why = &Unknown{Reason: "compares values that are not known"}
				}
				var branches []node
				for _, rest := range n.whens[i:] {
					branches = append(branches, rest.body)
				}
				if n.subject != nil {
					return ev.either(n.span, why.decides(n.subject), f, append(branches, n.alt)...)
				}
				return ev.either(n.span, why.decides(w.values[0]), f, append(branches, n.alt)...)
			}
			if matched {
				return ev.eval(w.body, f)
			}
		}
	}
	return ev.eval(n.alt, f)
}

// caseMatches is pattern === subject.
func (ev *Evaluator) caseMatches(pattern, subject Value, hasSubject bool) (matched, known bool) {
	if !hasSubject {
		_, vague := isUnknown(pattern)
		return truthy(pattern), !vague
	}
	switch p := pattern.(type) {
	case constant:
		if _, vague := isUnknown(subject); vague {
			return false, false
		}
		return kindOf(subject, string(p)), true
	case *regexpValue:
		s, ok := subject.(*String)
		if sym, isSymbol := subject.(Symbol); isSymbol {
			s, ok = &String{Text: string(sym)}, true
		}
		if !ok {
			ev.forgetGroups()
			_, vague := isUnknown(subject)
			return false, !vague
		}
		re, ok := p.compile()
		if !ok {
			ev.forgetGroups()
			return false, false
		}
		ev.steps += len(s.Text) // what is too much ends the next step
		places := re.FindStringSubmatchIndex(s.Text)
		ev.matched(s, places)
		return places != nil, true
	case *rangeValue:
		return p.covers(ev, subject)
	case *proc:
		return false, false
	}
	return ev.equal(pattern, subject)
}

// matchValue evaluates case/in, whose patterns are not read: every body may run.
func (ev *Evaluator) matchValue(n *matchNode, f *frame) (Value, error) {
	if _, err := ev.eval(n.subject, f); err != nil {
		return nil, err
	}
	why := &Unknown{span: n.span, Reason: "uses pattern matching, which is not evaluated"}
	for _, name := range n.bound {
		ev.setLocal(f, name, why)
	}
	if len(n.bodies) == 0 {
		ev.risks++
		ev.report(n.span, why.Reason)
		return why, nil
	}
	return ev.either(n.span, why.decides(n.subject), f, n.bodies...)
}

// loopValue evaluates while and until.
func (ev *Evaluator) loopValue(n *loopNode, f *frame) (Value, error) {
	for first := true; ; first = false {
		if !first || !n.atLeast {
			cond, err := ev.eval(n.cond, f)
			if err != nil {
				return nil, err
			}
			if u, ok := isUnknown(cond); ok {
				err := ev.inDoubt(u.decides(n.cond), func() error {
					_, err := ev.eval(n.body, f)
					return err
				})
				ev.arrive("break", nil)
				return nil, err
			}
			if truthy(cond) == n.negate {
				ev.arrive("break", nil)
				return nil, nil
			}
		}
		if v, stop, err := loopEnd(ev.evalBody(n.body, f)); stop || err != nil {
			return v, err
		}
	}
}

// evalBody evaluates a loop's body once and counts it.
func (ev *Evaluator) evalBody(body node, f *frame) (Value, error) {
	if err := ev.spend(1); err != nil {
		return nil, err
	}
	if ev.left != nil && ev.left.jump.node == nil && ev.left.jump.word == "break" {
		why := ev.left.why
		return why, ev.inDoubt(why, func() error {
			_, err := ev.eval(body, f)
			return err
		})
	}
	v, err := ev.eval(body, f)
	ev.arrive("next", nil)
	return v, err
}

// arrive forgets a jump that may have been taken, at the place it leads to.
func (ev *Evaluator) arrive(word string, node *blockNode) {
	if ev.left != nil && ev.left.jump.word == word && (word != "break" || ev.left.jump.node == node) {
		ev.left = nil
	}
}

// loopEnd tells what break and next do to a loop.
func loopEnd(v Value, err error) (result Value, stop bool, _ error) {
	j, ok := errors.AsType[*jump](err)
	switch {
	case err == nil || ok && j.word == "next":
		return v, false, nil
	case ok && j.word == "break" && j.node == nil:
		return j.val, true, nil
	}
	return nil, true, err
}

func (ev *Evaluator) forValue(n *forNode, f *frame) (Value, error) {
	over, err := ev.eval(n.over, f)
	if err != nil {
		return nil, err
	}
	if u, ok := isUnknown(over); ok {
		ev.risks++
		ev.report(n.over.place(), u.Reason)
		return u, ev.inDoubt(u.decides(n.over), func() error {
			if err := ev.assign(n.target, u, f); err != nil {
				return err
			}
			_, err := ev.eval(n.body, f)
			return err
		})
	}
	items, ok := ev.entries(over)
	if !ok {
		return nil, raise(n.span, "NoMethodError", "undefined method `each' for %s", Noun(over))
	}
	defer ev.arrive("break", nil)
	for _, x := range items {
		if err := ev.assign(n.target, x, f); err != nil {
			return nil, err
		}
		if v, stop, err := loopEnd(ev.evalBody(n.body, f)); stop || err != nil {
			return v, err
		}
	}
	return over, nil
}

// jumpValue evaluates break, next, return, redo and retry.
func (ev *Evaluator) jumpValue(n *jumpNode, f *frame) (Value, error) {
	v, err := ev.eval(n.val, f)
	if err != nil {
		return nil, err
	}
	j := &jump{word: n.word, val: v, call: f.call}
	if n.word == "redo" {
		return nil, errRedo
	}
	return nil, j
}

// definedValue is what defined?(x) says, where that is plain.
func (ev *Evaluator) definedValue(n *definedNode) Value {
	switch x := n.x.(type) {
	case *localNode:
		return &String{Text: "local-variable"}
	case *selfNode:
		return &String{Text: "self"}
	case *assignNode, *opAssignNode:
		return &String{Text: "assignment"}
	case *seqNode:
		if len(x.stmts) == 1 {
			return ev.definedValue(&definedNode{n.span, x.stmts[0]})
		}
	case *varNode:
		if _, ok := ev.globals[x.name]; ok {
			return &String{Text: "expression"}
		}
		if x.name[0] == '@' {
			return nil
		}
	case *callNode:
		if x.recv == nil && len(x.args) == 0 {
			if ev.methods[x.name] != nil || ev.responds(x.name) {
				return &String{Text: "method"}
			}
			if !ev.open && !kernelMethod(x.name) {
				return nil
			}
		}
	case *constNode:
		if _, ok := ev.consts[x.name]; ok && x.scope == nil {
			return &String{Text: "constant"}
		}
	}
	return &Unknown{span: n.span, Reason: "asks what is defined"}
}
