package ruby

import (
	"errors"
	"fmt"
)

// Evaluator follows a file's statements as Ruby would, as far as they
// depend on nothing but the file itself. What they depend on beyond it becomes
// an unknown, and is reported where it matters.
type Evaluator struct {
	src    string
	body   *seqNode
	host   Host
	frozen bool // string literals may not be changed

	methods map[string]*defNode
	consts  map[string]Value
	classes map[string]bool // that the file defines
	globals map[string]Value
	groups  []Value // of the last match, nil when it is not known
	// open: something ran that may have defined any method or constant.
	open bool

	steps, limit, depth, calls int
	possible                   int   // choices that may yet be looked at
	at                         int32 // where the last call began
	walk                       walk
	// doubts are the conditions around this place that are not known.
	doubts []*Unknown
	tags   []Value // of the catches around
	// trail undoes what was done in doubt.
	trail []func()
	// touched tells at which depth of doubt an array's content was saved.
	touched map[*Array]int
	// left is a jump that was taken in doubt: what it would skip may run.
	left *leaving
	// risks counts the places that may raise, though it cannot be known.
	risks int

	unresolved []Unresolved
	cut        *Unresolved     // where it ended early
	said       map[int32]bool  // places that are reported
	texts      map[span]string // what source gave
}

// frame holds the local variables of a method, or of a block within one.
type frame struct {
	vars  map[string]Value
	outer *frame // of a block
	// call is the method's own: what return leaves and yield calls.
	call *invocation
}

// invocation is one call of a method that the file defines.
type invocation struct{ block *proc }

// Exception is one that Ruby would raise: it ends the evaluation.
type Exception struct {
	Class   string // "ArgumentError"
	Message string
	Line    int // from 1
}

// Error is the message and the class, "not a Hash (TypeError)".
func (r *Exception) Error() string { return r.Message + " (" + r.Class + ")" }

// jump is break, next, return and the like on their way out.
type jump struct {
	word string
	val  Value
	tag  Value       // of throw
	call *invocation // of return
	node *blockNode  // of break: the block it leaves, nil for a loop
}

func (j *jump) Error() string { return j.word }

// leaving is a jump that may have been taken.
type leaving struct {
	why  *Unknown
	jump *jump
}

var (
	// errTooLong ends an evaluation that takes too many steps.
	errTooLong = errors.New("takes too many steps to evaluate")
	errRedo    = errors.New("uses redo, which is not evaluated")
)

const (
	freeSteps    = 200_000
	maxEvalDepth = 5_000
)

// What looks through values takes from one budget for the whole file.

func (ev *Evaluator) findUnknown(v Value) *Unknown { return ev.walk.unknown(v, 0) }

func (ev *Evaluator) equal(a, b Value) (eq, known bool) { return ev.walk.equal(a, b, 0) }

func (ev *Evaluator) compare(a, b Value) (c int, ok bool) { return ev.walk.compare(a, b, 0) }

func (ev *Evaluator) toS(v Value) (s string, ok bool) { return ev.walk.text(v) }

func (ev *Evaluator) inspect(v Value) (s string, ok bool) { return ev.walk.inspect(v, 0) }

// spend counts work, so that no loop of a file runs on.
func (ev *Evaluator) spend(n int) error {
	ev.steps += n
	if ev.steps > ev.limit || ev.walk.left < 0 {
		return errTooLong
	}
	return nil
}

// raise is a Ruby exception at a place of the file.
func raise(at span, class, format string, args ...any) error {
	return &Exception{Class: class, Message: fmt.Sprintf(format, args...), Line: int(at.line)}
}

// eval gives the value of a node.
func (ev *Evaluator) eval(n node, f *frame) (Value, error) {
	if ev.steps++; ev.steps > ev.limit || ev.depth > maxEvalDepth || ev.walk.left < 0 {
		return nil, errTooLong
	}
	ev.depth++
	defer func() { ev.depth-- }()
	switch n := n.(type) {
	case nil:
		return nil, nil
	case *literalNode:
		return ev.literal(n), nil
	case *strNode:
		return &String{Text: n.text, Line: int(n.line), frozen: ev.frozen, verbatim: n.verbatim}, nil
	case *textNode:
		return ev.textValue(n, f)
	case *arrayNode:
		return ev.arrayValue(n, f)
	case *hashNode:
		return ev.hashValue(n, f)
	case *localNode:
		return f.lookup(n.name), nil
	case *varNode:
		return ev.variable(n), nil
	case *constNode:
		return ev.constantValue(n, f)
	case *selfNode:
		return ev.host.Self, nil
	case *callNode:
		return ev.call(n, f)
	case *assignNode:
		return ev.assignValue(n, f)
	case *opAssignNode:
		return ev.opAssign(n, f)
	case *seqNode:
		return ev.sequence(n.stmts, f)
	case *rangeNode:
		return ev.rangeValue(n, f)
	case *notNode:
		return ev.not(n, f)
	case *logicNode:
		return ev.logic(n, f)
	case *definedNode:
		return ev.definedValue(n), nil
	}
	return ev.evalFlow(n, f)
}

// evalFlow evaluates the nodes that decide what runs.
func (ev *Evaluator) evalFlow(n node, f *frame) (Value, error) {
	switch n := n.(type) {
	case *ifNode:
		return ev.ifValue(n, f)
	case *caseNode:
		return ev.caseValue(n, f)
	case *matchNode:
		return ev.matchValue(n, f)
	case *loopNode:
		return ev.loopValue(n, f)
	case *forNode:
		return ev.forValue(n, f)
	case *beginNode:
		return ev.beginValue(n, f)
	case *defNode:
		return ev.define(n), nil
	case *classNode:
		ev.defineClass(n)
		return nil, nil
	case *blockNode:
		return &proc{node: n, frame: f, lambda: n.lambda}, nil
	case *jumpNode:
		return ev.jumpValue(n, f)
	case *yieldNode:
		return ev.yieldValue(n, f)
	case *aliasNode:
		ev.alias(n)
		return nil, nil
	case *superNode:
		return ev.report(n.span, "calls super, which is not evaluated"), nil
	case *laterNode:
		return nil, nil // BEGIN ran before all else, END is not waited for
	case *targetsNode, *pairNode, *splatNode, *doubleSplatNode, *blockArgNode:
	}
	return nil, raise(n.place(), "SyntaxError", "unexpected expression")
}

// sequence evaluates statements in order and gives the value of the last.
func (ev *Evaluator) sequence(stmts []node, f *frame) (Value, error) {
	var last Value
	for i, s := range stmts {
		v, err := ev.eval(s, f)
		if err != nil {
			return nil, err
		}
		last = v
		if ev.left == nil || i+1 == len(stmts) {
			continue
		}
		why := ev.left.why
		value := *why
		value.choices = []Value{ev.left.jump.val}
		return &value, ev.inDoubt(why, func() error {
			v, err := ev.sequence(stmts[i+1:], f)
			value.choices = append(value.choices, v)
			return err
		})
	}
	return last, nil
}

func (ev *Evaluator) literal(n *literalNode) Value {
	if u, ok := n.val.(*Unknown); ok {
		return &Unknown{span: n.span, Reason: "is " + u.Reason}
	}
	return n.val
}

// list evaluates the entries of an array or an argument list, splats laid out.
func (ev *Evaluator) list(elems []node, f *frame) ([]Value, error) {
	out := make([]Value, 0, len(elems))
	for _, e := range elems {
		s, ok := e.(*splatNode)
		if !ok {
			v, err := ev.eval(e, f)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
			continue
		}
		v, err := ev.passed(s.x, "*", f)
		if err != nil {
			return nil, err
		}
		items, err := ev.spread(v, s.span)
		if err != nil {
			return nil, err
		}
		out = append(out, items...)
	}
	return out, nil
}

// passed is the operand of a splat; without one, what the method was given.
func (ev *Evaluator) passed(x node, anonymous string, f *frame) (Value, error) {
	if x == nil {
		return f.lookup(anonymous), nil
	}
	return ev.eval(x, f)
}

// spread is what *v adds to a list.
func (ev *Evaluator) spread(v Value, at span) ([]Value, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *Array:
		return v.Items, ev.spend(len(v.Items) / 8)
	case *Unknown:
		return []Value{v.spread(at)}, nil
	}
	if items, ok := ev.entries(v); ok {
		return items, nil
	}
	return []Value{v}, nil
}

func (ev *Evaluator) arrayValue(n *arrayNode, f *frame) (Value, error) {
	items, err := ev.list(n.elems, f)
	if err != nil {
		return nil, err
	}
	return &Array{Items: items}, nil
}

func (ev *Evaluator) hashValue(n *hashNode, f *frame) (Value, error) {
	h := &Hash{keys: make([]Value, 0, len(n.elems)), vals: make([]Value, 0, len(n.elems))}
	for _, e := range n.elems {
		switch e := e.(type) {
		case *pairNode:
			k, err := ev.eval(e.key, f)
			if err != nil {
				return nil, err
			}
			v, err := ev.eval(e.val, f)
			if err != nil {
				return nil, err
			}
			if u, ok := isUnknown(k); ok {
				h.more = u // it may be any key
			}
			h.Set(k, v)
		case *doubleSplatNode:
			v, err := ev.passed(e.x, "**", f)
			if v == nil && err == nil {
				continue // **nil
			}
			if err != nil {
				return nil, err
			}
			if err := ev.mergeInto(h, v, e.span); err != nil {
				return nil, err
			}
		}
	}
	return h, nil
}

// mergeInto adds the pairs of v to h.
func (ev *Evaluator) mergeInto(h *Hash, v Value, at span) error {
	switch v := v.(type) {
	case *Hash:
		for i, k := range v.keys {
			h.Set(k, v.vals[i])
		}
		if v.more != nil {
			h.more = v.more
		}
		return ev.spend(len(v.keys))
	case *Unknown:
		h.more = &Unknown{span: at, Reason: v.Reason, many: true, said: v.said}
		return nil
	}
	return raise(at, "TypeError", "no implicit conversion of %s into Hash", className(v))
}

func (ev *Evaluator) rangeValue(n *rangeNode, f *frame) (Value, error) {
	low, err := ev.eval(n.low, f)
	if err != nil {
		return nil, err
	}
	high, err := ev.eval(n.high, f)
	if err != nil {
		return nil, err
	}
	if _, ordered := ev.compare(low, high); !ordered && low != nil && high != nil && ev.findUnknown(low) == nil && ev.findUnknown(high) == nil {
		if eq, known := ev.equal(low, high); known && !eq {
			return nil, raise(n.span, "ArgumentError", "bad value for range")
		}
	}
	return &rangeValue{low, high, n.exclusive}, nil
}
