package ruby

// children calls visit with each node right below n, in the source's order.
// What is absent is not visited.
func children(n node, visit func(node)) {
	switch n := n.(type) {
	case *textNode:
		all(n.parts, visit)
	case *arrayNode:
		all(n.elems, visit)
	case *hashNode:
		all(n.elems, visit)
	case *pairNode:
		some(visit, n.key, n.val)
	case *splatNode:
		some(visit, n.x)
	case *doubleSplatNode:
		some(visit, n.x)
	case *blockArgNode:
		some(visit, n.x)
	case *constNode:
		some(visit, n.scope)
	case *callNode:
		some(visit, n.recv)
		all(n.args, visit)
		if n.block != nil {
			visit(n.block)
		}
	case *blockNode:
		n.params.defaults(visit)
		some(visit, n.body)
	case *assignNode:
		some(visit, n.target, n.val)
	case *opAssignNode:
		some(visit, n.target, n.val)
	case *targetsNode:
		all(n.elems, visit)
	case *notNode:
		some(visit, n.x)
	case *logicNode:
		some(visit, n.left, n.right)
	case *rangeNode:
		some(visit, n.low, n.high)
	case *definedNode: // its operand is not evaluated
	default:
		childrenOfFlow(n, visit)
	}
}

// childrenOfFlow is children for the nodes that decide what runs.
func childrenOfFlow(n node, visit func(node)) {
	switch n := n.(type) {
	case *seqNode:
		all(n.stmts, visit)
	case *ifNode:
		some(visit, n.cond, n.then, n.alt)
	case *whenNode:
		all(n.values, visit)
		some(visit, n.body)
	case *caseNode:
		some(visit, n.subject)
		for _, w := range n.whens {
			visit(w)
		}
		some(visit, n.alt)
	case *matchNode:
		some(visit, n.subject)
		all(n.bodies, visit)
	case *loopNode:
		some(visit, n.cond, n.body)
	case *forNode:
		some(visit, n.target, n.over, n.body)
	case *rescueNode:
		all(n.classes, visit)
		some(visit, n.into, n.body)
	case *beginNode:
		some(visit, n.body)
		for _, r := range n.rescues {
			visit(r)
		}
		some(visit, n.alt, n.finally)
	case *defNode:
		some(visit, n.on)
		n.params.defaults(visit)
		some(visit, n.body)
	case *classNode:
		some(visit, n.name, n.body)
	case *jumpNode:
		some(visit, n.val)
	case *yieldNode:
		all(n.args, visit)
	case *superNode:
		all(n.args, visit)
	case *laterNode:
		some(visit, n.body)
	}
}

func all(nodes []node, visit func(node)) {
	for _, n := range nodes {
		if n != nil {
			visit(n)
		}
	}
}

func some(visit func(node), nodes ...node) { all(nodes, visit) }

// defaults visits the default values of parameters.
func (ps *params) defaults(visit func(node)) {
	if ps == nil {
		return
	}
	for _, q := range ps.list {
		if q.def != nil {
			visit(q.def)
		}
	}
}
