package ruby

// span is where a node stands in its file.
type span struct {
	pos, end int32 // bytes
	line     int32
}

func (s span) place() span { return s }

// node is a piece of Ruby's syntax tree.
type node interface{ place() span }

type (
	// literalNode is a value that stands in the source: a number, symbol, true, false, nil.
	literalNode struct {
		span
		val Value
	}
	// strNode is a string without interpolation.
	strNode struct {
		span
		text     string
		verbatim bool // its newlines are those of the source
	}
	// textNode is a literal with interpolation, or one that is no plain string.
	textNode struct {
		span
		kind    literalKind
		parts   []node
		options string // of a regexp
	}
	arrayNode struct {
		span
		elems []node
	}
	// pairNode is one "key => value" of a hash.
	pairNode struct {
		span
		key, val node
	}
	hashNode struct {
		span
		elems  []node // pairNode or doubleSplatNode
		braces bool
	}
	splatNode struct {
		span
		x   node // nil for an anonymous one
		all bool // "...": with the block
	}
	doubleSplatNode struct {
		span
		x node
	}
	// blockArgNode is "&block" among arguments.
	blockArgNode struct {
		span
		x node
	}
	localNode struct {
		span
		name string
	}
	varNode struct { // @x, @@x, $x
		span
		name string
	}
	constNode struct {
		span
		scope node // nil: looked up from here
		top   bool
		name  string
	}
	selfNode struct{ span }
	callNode struct {
		span
		recv    node // nil: self
		name    string
		args    []node
		block   *blockNode
		safe    bool // &.
		parens  bool
		command bool // arguments without parentheses
		infix   bool // an operator between or before operands
	}
	blockNode struct {
		span
		params *params
		body   node
		lambda bool
		places int // of its parameters: 2 with _2; 0 until it is counted
	}
	assignNode struct {
		span
		target, val node
	}
	opAssignNode struct {
		span
		target node
		op     string
		val    node
	}
	// targetsNode is the left side of a multiple assignment.
	targetsNode struct {
		span
		elems []node // splatNode for "*rest"
	}
	notNode struct {
		span
		x     node
		infix bool // a != b
	}
	logicNode struct { // and, or
		span
		or          bool
		left, right node
	}
	rangeNode struct {
		span
		low, high node
		exclusive bool
	}
	definedNode struct {
		span
		x node
	}
	seqNode struct {
		span
		stmts []node
	}
	ifNode struct {
		span
		cond      node
		then, alt node // nil when absent
	}
	whenNode struct {
		span
		values []node
		body   node
	}
	caseNode struct {
		span
		subject node // nil: the first true value
		whens   []*whenNode
		alt     node
	}
	// matchNode is pattern matching: case/in, "x => pattern", "x in pattern".
	matchNode struct {
		span
		subject node
		bodies  []node
		void    bool     // "x => pattern" has no value
		bound   []string // variables that the patterns assign
	}
	loopNode struct {
		span
		cond    node
		body    node
		negate  bool // until
		atLeast bool // begin … end while: the body comes first
	}
	forNode struct {
		span
		target, over, body node
	}
	rescueNode struct {
		span
		classes []node
		into    node
		body    node
	}
	beginNode struct {
		span
		body         node
		rescues      []*rescueNode
		alt, finally node
	}
	defNode struct {
		span
		on     node // def on.name
		name   string
		params *params
		body   node
	}
	// classNode is a class or module; its body is not evaluated.
	classNode struct {
		span
		name node // nil: class << x
		body node
	}
	jumpNode struct { // return, break, next, redo, retry
		span
		word string
		val  node
	}
	yieldNode struct {
		span
		args []node
	}
	superNode struct {
		span
		args []node
	}
	// aliasNode is alias or undef, which change methods.
	aliasNode struct {
		span
		names []string
	}
	// laterNode is BEGIN {} or END {}.
	laterNode struct {
		span
		first bool // BEGIN
		body  node
	}
)

// params are the parameters of a method, block or lambda.
type params struct {
	list []param
}

type paramKind uint8

const (
	paramNeeded paramKind = iota
	paramOptional
	paramRest
	paramKey
	paramKeyNeeded
	paramKeyRest
	paramBlock
	paramLocal // after ";" in a block's list
)

type param struct {
	kind  paramKind
	name  string
	def   node         // the default value
	parts *targetsNode // of "(a, b)"
}

// scopeNames are the local variables that the parser has seen assigned.
type scopeNames struct {
	outer *scopeNames // of a block; nil where no outer variable is seen
	names map[string]bool
}

func (s *scopeNames) has(name string) bool {
	for ; s != nil; s = s.outer {
		if s.names[name] {
			return true
		}
	}
	return false
}

func (s *scopeNames) add(name string) {
	if s.names == nil {
		s.names = make(map[string]bool)
	}
	s.names[name] = true
}
