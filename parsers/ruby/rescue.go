package ruby

import (
	"errors"
	"slices"
)

// ancestors lists the exception classes above each that the evaluator raises.
var ancestors = map[string][]string{
	"ArgumentError":                      {"StandardError", "Exception"},
	"FrozenError":                        {"RuntimeError", "StandardError", "Exception"},
	"IndexError":                         {"StandardError", "Exception"},
	"KeyError":                           {"IndexError", "StandardError", "Exception"},
	"LocalJumpError":                     {"StandardError", "Exception"},
	"NameError":                          {"StandardError", "Exception"},
	"NoMethodError":                      {"NameError", "StandardError", "Exception"},
	"RangeError":                         {"StandardError", "Exception"},
	"RuntimeError":                       {"StandardError", "Exception"},
	"StandardError":                      {"Exception"},
	"SystemExit":                         {"Exception"},
	"StopIteration":                      {"IndexError", "StandardError", "Exception"},
	"TypeError":                          {"StandardError", "Exception"},
	"UncaughtThrowError":                 {"ArgumentError", "StandardError", "Exception"},
	"ZeroDivisionError":                  {"StandardError", "Exception"},
	"Chef::Exceptions::ValidationFailed": {"ArgumentError", "StandardError", "Exception"},
	"Chef::Exceptions::InvalidEnvironmentRunListSpecification": {"ArgumentError", "StandardError", "Exception"},
}

// beginValue evaluates begin with its rescue, else and ensure clauses.
func (ev *Evaluator) beginValue(n *beginNode, f *frame) (Value, error) {
	v, err := ev.beginBody(n, f)
	for isRetry(err) {
		if err = ev.spend(1); err == nil {
			v, err = ev.beginBody(n, f)
		}
	}
	if n.finally != nil {
		if _, after := ev.eval(n.finally, f); after != nil {
			return nil, after
		}
	}
	return v, err
}

func isRetry(err error) bool {
	j, ok := errors.AsType[*jump](err)
	return ok && j.word == "retry"
}

func (ev *Evaluator) beginBody(n *beginNode, f *frame) (Value, error) {
	if n.rescues == nil {
		return ev.eval(n.body, f)
	}
	risks := ev.risks
	v, err := ev.riskyBody(n.body, f)
	if r, ok := errors.AsType[*Exception](err); ok {
		return ev.rescue(n, r, f)
	}
	if err != nil {
		return nil, err
	}
	if n.alt != nil {
		if v, err = ev.eval(n.alt, f); err != nil {
			return nil, err
		}
	}
	if ev.risks == risks {
		return v, nil
	}
	why := &Unknown{span: n.span, Reason: "may or may not be rescued", said: true}
	for _, r := range n.rescues {
		why.cond = span{pos: r.pos, end: max(r.pos, r.body.place().pos), line: r.line}
		err := ev.inDoubt(why, func() error {
			if r.into != nil {
				if err := ev.assign(r.into, why, f); err != nil {
					return err
				}
			}
			_, err := ev.eval(r.body, f)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return why, nil
}

// riskyBody evaluates statements of which the later ones run only if the
// earlier do not raise.
func (ev *Evaluator) riskyBody(body node, f *frame) (Value, error) {
	seq, ok := body.(*seqNode)
	if !ok {
		return ev.eval(body, f)
	}
	risks := ev.risks
	var last Value
	for i, s := range seq.stmts {
		v, err := ev.eval(s, f)
		if err != nil {
			return nil, err
		}
		last = v
		if ev.risks == risks || i+1 == len(seq.stmts) {
			continue
		}
		why := &Unknown{span: s.place(), Reason: "follows what may raise and is rescued"}
		return why, ev.inDoubt(why, func() error {
			_, err := ev.sequence(seq.stmts[i+1:], f)
			return err
		})
	}
	return last, nil
}

// rescue runs the clause that takes the exception.
func (ev *Evaluator) rescue(n *beginNode, r *Exception, f *frame) (Value, error) {
	for _, clause := range n.rescues {
		classes, err := ev.list(clause.classes, f)
		if err != nil {
			return nil, err
		}
		if !takes(classes, r.Class) {
			continue
		}
		if clause.into != nil {
			if err := ev.assign(clause.into, &Unknown{span: clause.span, Reason: "is an exception"}, f); err != nil {
				return nil, err
			}
		}
		return ev.eval(clause.body, f)
	}
	return nil, r
}

// takes tells whether a rescue clause takes exceptions of a class.
func takes(classes []Value, class string) bool {
	if len(classes) == 0 {
		classes = []Value{constant("StandardError")}
	}
	for _, c := range classes {
		name, ok := c.(constant)
		if !ok {
			continue
		}
		if string(name) == class {
			return true
		}
		above, known := ancestors[class]
		if !known {
			above = []string{"StandardError", "Exception"}
		}
		if slices.Contains(above, string(name)) {
			return true
		}
	}
	return false
}
