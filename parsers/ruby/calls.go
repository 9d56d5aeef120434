package ruby

import "slices"

// Site is a call as it stands in the source, whether it ever runs or not.
type Site struct {
	Name string
	Line int // from 1
	// Args are the arguments as far as they are constant, "#{'a'}::b" and %w(a b)
	// too; the others are Unknown. A splat of what is not constant is one Unknown.
	Args     []Value
	Receiver bool // it is called on another object than the file's
	// On is the receiver as far as it is a name, such as "Chef::Handler::JsonFile" or
	// "data_collector"; empty for any other, and where there is none.
	On string
	// Under is the innermost part of the grammar round the call on which it depends
	// whether, or how often, it runs: "if" (unless, ?:, &&, guards), "case", "loop",
	// "rescue", "block", "def", "class"; empty where it runs for certain, if
	// nothing before it ends the file.
	Under string
}

// Calls lists the calls of methods by these names, in the order of the source. An
// assignment to what a method gives (x.name = v, x[k] = v) is a call of "name=" or
// "[]=", whose last argument is the value.
func (f *File) Calls(names ...string) []Site {
	s := siteFinder{names: names, ev: NewEvaluator(f, Host{})}
	s.find(f.body)
	return s.sites
}

type siteFinder struct {
	names []string
	ev    *Evaluator // of the constants
	sites []Site
}

// find looks through a tree, which may be as deep as the source is long.
func (s *siteFinder) find(root node) {
	type place struct {
		n     node
		under string
	}
	todo := []place{{n: root}}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if c, ok := asCall(at.n); ok && slices.Contains(s.names, c.name) {
			s.sites = append(s.sites, s.site(c, at.under))
		}
		first := len(todo)
		children(at.n, func(child node) { todo = append(todo, place{child, within(at.n, child, at.under)}) })
		slices.Reverse(todo[first:])
	}
}

// asCall is the call that a node is, if it is one.
func asCall(n node) (*callNode, bool) {
	if set, ok := n.(*assignNode); ok {
		if to, ok := set.target.(*callNode); ok {
			return &callNode{span: to.span, recv: to.recv, name: to.name + "=", args: append(slices.Clone(to.args), set.val)}, true
		}
	}
	c, ok := n.(*callNode)
	return c, ok
}

// nameOf is a constant with those that it is in, or the name of a variable or of a
// method without arguments; "" for anything else, and for what is too deep.
func nameOf(n node, depth int) string {
	switch n := n.(type) {
	case *localNode:
		return n.name
	case *callNode:
		if n.recv == nil && len(n.args) == 0 && n.block == nil {
			return n.name
		}
	case *constNode:
		if n.scope == nil {
			return n.name
		}
		if depth == MaxDepth {
			return ""
		}
		if outer := nameOf(n.scope, depth+1); outer != "" {
			return outer + "::" + n.name
		}
	}
	return ""
}

// within says what decides whether a child of n runs.
func within(n, child node, under string) string {
	switch n := n.(type) {
	case *ifNode:
		if child != n.cond {
			return "if"
		}
	case *logicNode:
		if child != n.left {
			return "if"
		}
	case *opAssignNode:
		if child != n.target && (n.op == "||" || n.op == "&&") {
			return "if"
		}
	case *caseNode, *whenNode, *matchNode:
		return "case"
	case *loopNode, *forNode:
		return "loop"
	case *rescueNode:
		return "rescue"
	case *blockNode:
		return "block"
	case *defNode:
		return "def"
	case *classNode:
		return "class"
	}
	return under
}

// site is what stands at a call.
func (s *siteFinder) site(c *callNode, under string) Site {
	_, self := c.recv.(*selfNode)
	site := Site{Name: c.name, Line: int(c.line), Receiver: c.recv != nil && !self, Under: under}
	if site.Receiver {
		site.On = nameOf(c.recv, 0)
	}
	for _, a := range c.args {
		if _, block := a.(*blockArgNode); block {
			continue
		}
		x := a
		splat, isSplat := a.(*splatNode)
		if isSplat {
			x = splat.x
		}
		v := s.constant(x)
		if list, ok := v.(*Array); ok && isSplat {
			site.Args = append(site.Args, list.Items...)
		} else {
			site.Args = append(site.Args, v)
		}
	}
	return site
}

// constant is the value of what depends on nothing else, an Unknown for the rest.
func (s *siteFinder) constant(n node) Value {
	if n == nil || !isConstant(n, 0) {
		at := span{}
		if n != nil {
			at = n.place()
		}
		return &Unknown{span: at, Reason: "is no constant"}
	}
	v, err := s.ev.eval(n, &frame{})
	if err != nil {
		return &Unknown{span: n.place(), Reason: "cannot be evaluated: " + err.Error()}
	}
	return v
}

// isConstant tells what is made of literals alone, and is not too deep.
func isConstant(n node, depth int) bool {
	if depth > MaxDepth {
		return false
	}
	switch n := n.(type) {
	case *literalNode, *strNode, *arrayNode, *hashNode, *pairNode, *seqNode:
	case *textNode:
		if n.kind == litCommand {
			return false
		}
	case *callNode:
		if n.recv == nil || n.block != nil {
			return false
		}
	default:
		return false
	}
	constant := true
	children(n, func(child node) { constant = constant && isConstant(child, depth+1) })
	return constant
}
