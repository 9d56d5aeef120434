package ruby

// Call is one call of a method. Its methods serve an Object that answers it.
type Call struct {
	Name string
	Args []Value

	span
	ev       *Evaluator
	recv     Value
	block    *proc
	frame    *frame
	implicit bool // no receiver stands in the source
	bare     bool // nor arguments: it might have been a variable
}

// Doubt is a condition round a call that decides whether it runs.
type Doubt struct {
	Reason    string // why it is not known
	Condition string // its source, cut to a line of MaxText characters
}

// CallAt is a call that stands nowhere but on a line: for a host that uses what
// a Call offers while it reads another notation.
func (ev *Evaluator) CallAt(line int) *Call { return &Call{ev: ev, span: span{line: int32(line)}} }

// Arg is an argument, nil where there is none.
func (c *Call) Arg(i int) Value { return itemAt(c.Args, i) }

// Line is where the call stands, from 1.
func (c *Call) Line() int { return int(c.line) }

// HasBlock tells whether a block is given.
func (c *Call) HasBlock() bool { return c.block != nil }

// Yield runs the block with arguments, as often as it is called.
func (c *Call) Yield(args ...Value) (Value, error) {
	if c.block == nil {
		return nil, c.Raise("LocalJumpError", "no block given")
	}
	return c.ev.callBlock(c.block, args...)
}

// Doubt tells whether it is not certain that the call runs, and why.
func (c *Call) Doubt() (d Doubt, inDoubt bool) {
	n := len(c.ev.doubts)
	if n == 0 {
		return Doubt{}, false
	}
	at := make([]span, 0, n)
	for _, u := range c.ev.doubts {
		at = append(at, u.condition())
	}
	return Doubt{Reason: c.ev.doubts[n-1].Reason, Condition: c.ev.conditions(at)}, true
}

// AtMost is an exception if there are more than n arguments.
func (c *Call) AtMost(n int) error {
	if len(c.Args) > n && vagueAt(c.Args) < 0 {
		return c.Raise("ArgumentError", "wrong number of arguments for %s (given %d, expected 0..%d)", c.Name, len(c.Args), n)
	}
	return nil
}

// Vague tells whether an argument stands for any number of them.
func (c *Call) Vague() bool { return vagueAt(c.Args) >= 0 }

// Raise is an exception at the call. It ends the evaluation unless the file rescues it.
func (c *Call) Raise(class, format string, args ...any) error {
	return raise(c.span, class, format, args...)
}

// Unknown is a value that is not known, for a reason such as "reads a file".
// It is reported only where it comes to matter.
func (c *Call) Unknown(reason string) *Unknown { return &Unknown{span: c.span, Reason: reason} }

// Skip answers a method that is not evaluated and that changes nothing the host
// cares for: its value is not known and its block may run.
func (c *Call) Skip(reason string) (Value, error) {
	u := c.Unknown(reason)
	u.solid = true
	return u, c.ev.blockInDoubt(c, u)
}

// Unread answers as Skip and reports the call.
func (c *Call) Unread(reason string) (Value, error) { return c.ev.unread(c, reason) }

// MayDefine tells that what was called may have defined any method or constant,
// so that an unknown name is no longer an error.
func (c *Call) MayDefine() { c.ev.open = true }

// Report reports the call as one whose effect is not known.
func (c *Call) Report(reason string) *Unknown { return c.ev.report(c.span, reason) }

// Lose reports an unknown at the place where it arose, because it would have
// changed what the host makes of the file.
func (c *Call) Lose(u *Unknown) {
	at := u.span
	if at.line == 0 || u.said {
		at = c.span
	}
	if u.said && u.line == c.line {
		return
	}
	c.ev.report(at, u.Reason)
}

// Find is the first unknown within v, nil if all of it is known.
func (c *Call) Find(v Value) *Unknown { return c.ev.findUnknown(v) }

// Text is v.to_s; ok is false where it is not known.
func (c *Call) Text(v Value) (s string, ok bool) { return c.ev.toS(v) }

// Inspect is v.inspect; ok is false where it is not known.
func (c *Call) Inspect(v Value) (s string, ok bool) { return c.ev.inspect(v) }

// Equal is a == b; known is false where it depends on what is not known.
func (c *Call) Equal(a, b Value) (eq, known bool) { return c.ev.equal(a, b) }

// Spend counts work of the host, so that no loop of a file runs on. Its error
// ends the evaluation.
func (c *Call) Spend(n int) error { return c.ev.spend(n) }

// List is Array(v): nil is empty, what is no list becomes a list of one.
func (c *Call) List(v Value) []Value { return asArray(c.ev, v).Items }

// Enumerate answers the methods of Enumerable for a list of the host's.
func (c *Call) Enumerate(items []Value) (v Value, known bool, err error) {
	return c.ev.enumerate(c, items)
}

// AsArray answers the methods of Array for a list of the host's.
func (c *Call) AsArray(items []Value) (v Value, known bool, err error) {
	return c.ev.sendArray(c, &Array{Items: items})
}
