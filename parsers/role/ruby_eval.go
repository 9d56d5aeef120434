package role

import (
	"errors"
	"fmt"
)

// evaluator follows a role file's statements as Ruby would, as far as they
// depend on nothing but the file itself. What they depend on beyond it becomes
// an unknown, and is reported where it matters.
type evaluator struct {
	src    string
	base   string // the file's base name
	role   *roleObject
	frozen bool // string literals may not be changed

	methods map[string]*defNode
	consts  map[string]value
	globals map[string]value
	// open: something ran that may have defined any method or constant.
	open bool

	steps, limit, depth, calls int
	at                         int32 // where the last call began
	walk                       walk
	// doubts are the conditions around this place that are not known.
	doubts []*unknown
	tags   []value // of the catches around
	// trail undoes what was done in doubt.
	trail []func()
	// touched tells at which depth of doubt an array's content was saved.
	touched map[*array]int
	// left is a jump that was taken in doubt: what it would skip may run.
	left *leaving
	// risks counts the places that may raise, though it cannot be known.
	risks int

	unresolved []Unresolved
	said       map[int32]bool // places that are reported
}

// frame holds the local variables of a method, or of a block within one.
type frame struct {
	vars  map[string]value
	outer *frame // of a block
	// call is the method's own: what return leaves and yield calls.
	call *invocation
}

// invocation is one call of a method that the file defines.
type invocation struct{ block *proc }

// raised is a Ruby exception.
type raised struct {
	class, msg string
	line       int
}

func (r *raised) Error() string { return r.msg + " (" + r.class + ")" }

// jump is break, next, return and the like on their way out.
type jump struct {
	word string
	val  value
	tag  value       // of throw
	call *invocation // of return
	node *blockNode  // of break: the block it leaves, nil for a loop
}

func (j *jump) Error() string { return j.word }

// leaving is a jump that may have been taken.
type leaving struct {
	why  *unknown
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

func (ev *evaluator) findUnknown(v value) *unknown { return ev.walk.unknown(v, 0) }

func (ev *evaluator) equal(a, b value) (eq, known bool) { return ev.walk.equal(a, b, 0) }

func (ev *evaluator) compare(a, b value) (c int, ok bool) { return ev.walk.compare(a, b, 0) }

func (ev *evaluator) toS(v value) (s string, ok bool) { return ev.walk.text(v) }

func (ev *evaluator) inspect(v value) (s string, ok bool) { return ev.walk.inspect(v, 0) }

// spend counts work, so that no loop of a file runs on.
func (ev *evaluator) spend(n int) error {
	ev.steps += n
	if ev.steps > ev.limit || ev.walk.left < 0 {
		return errTooLong
	}
	return nil
}

// raise is a Ruby exception at a place of the file.
func raise(at span, class, format string, args ...any) error {
	return &raised{class: class, msg: fmt.Sprintf(format, args...), line: int(at.line)}
}

// eval gives the value of a node.
func (ev *evaluator) eval(n node, f *frame) (value, error) {
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
		return &str{s: n.text, line: int(n.line), frozen: ev.frozen, verbatim: n.verbatim}, nil
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
		return selfValue{}, nil
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
func (ev *evaluator) evalFlow(n node, f *frame) (value, error) {
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
func (ev *evaluator) sequence(stmts []node, f *frame) (value, error) {
	var last value
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
		return why, ev.inDoubt(why, func() error {
			_, err := ev.sequence(stmts[i+1:], f)
			return err
		})
	}
	return last, nil
}

func (ev *evaluator) literal(n *literalNode) value {
	if u, ok := n.val.(*unknown); ok {
		return &unknown{span: n.span, reason: "is " + u.reason}
	}
	return n.val
}

// textValue joins the parts of a string and makes what the literal says of them.
func (ev *evaluator) textValue(n *textNode, f *frame) (value, error) {
	var buf []byte
	var missing *unknown
	for _, part := range n.parts {
		v, err := ev.eval(part, f)
		if err != nil {
			return nil, err
		}
		s, ok := ev.toS(v)
		if !ok && missing == nil {
			missing = ev.because(n.span, v)
		}
		if err := ev.spend(len(s) / 16); err != nil {
			return nil, err
		}
		buf = append(buf, s...)
	}
	switch {
	case n.kind == litCommand:
		ev.risks++
		return ev.report(n.span, "runs a command"), nil
	case missing != nil:
		return missing, nil
	case n.kind == litSymbol:
		return symbol(buf), nil
	case n.kind == litRegexp:
		return &regexpValue{string(buf), n.options}, nil
	}
	return &str{s: string(buf), line: int(n.line)}, nil
}

// because is an unknown at a place, for the reason that v is not known.
func (ev *evaluator) because(at span, v value) *unknown {
	if u := ev.findUnknown(v); u != nil {
		return &unknown{span: at, reason: u.reason, said: u.said && u.line == at.line}
	}
	return &unknown{span: at, reason: "uses " + article(className(v)) + ", whose text is not known"}
}

func article(noun string) string {
	if noun != "" && (noun[0] == 'A' || noun[0] == 'E' || noun[0] == 'I' || noun[0] == 'O') {
		return "an " + noun
	}
	return "a " + noun
}

// list evaluates the entries of an array or an argument list, splats laid out.
func (ev *evaluator) list(elems []node, f *frame) ([]value, error) {
	out := make([]value, 0, len(elems))
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
		v, err := ev.eval(s.x, f)
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

// spread is what *v adds to a list.
func (ev *evaluator) spread(v value, at span) ([]value, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *array:
		return v.items, ev.spend(len(v.items) / 8)
	case *unknown:
		return []value{&unknown{span: at, reason: v.reason, many: true, said: v.said}}, nil
	}
	if items, ok := ev.entries(v); ok {
		return items, nil
	}
	return []value{v}, nil
}

func (ev *evaluator) arrayValue(n *arrayNode, f *frame) (value, error) {
	items, err := ev.list(n.elems, f)
	if err != nil {
		return nil, err
	}
	return &array{items: items}, nil
}

func (ev *evaluator) hashValue(n *hashNode, f *frame) (value, error) {
	h := &hash{keys: make([]value, 0, len(n.elems)), vals: make([]value, 0, len(n.elems))}
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
			h.set(k, v)
		case *doubleSplatNode:
			v, err := ev.eval(e.x, f)
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
func (ev *evaluator) mergeInto(h *hash, v value, at span) error {
	switch v := v.(type) {
	case *hash:
		for i, k := range v.keys {
			h.set(k, v.vals[i])
		}
		if v.more != nil {
			h.more = v.more
		}
		return ev.spend(len(v.keys))
	case *unknown:
		h.more = &unknown{span: at, reason: v.reason, many: true, said: v.said}
		return nil
	}
	return raise(at, "TypeError", "no implicit conversion of %s into Hash", className(v))
}

func (ev *evaluator) rangeValue(n *rangeNode, f *frame) (value, error) {
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
