package ruby

import (
	"errors"
	"strings"
)

// call evaluates a method call with its receiver, arguments and block.
func (ev *Evaluator) call(n *callNode, f *frame) (Value, error) {
	m := &Call{span: n.span, Name: n.name, frame: f, implicit: n.recv == nil}
	m.bare = m.implicit && len(n.args) == 0 && !n.parens && n.block == nil
	if m.implicit {
		m.recv = ev.host.Self
	} else {
		recv, err := ev.eval(n.recv, f)
		if err != nil || n.safe && recv == nil {
			return nil, err
		}
		if u, ok := isUnknown(recv); ok && n.safe {
			return &Unknown{span: n.span, Reason: u.Reason, said: u.said}, nil
		}
		m.recv = recv
	}
	args := n.args
	if k := len(args); k > 0 {
		if b, ok := args[k-1].(*blockArgNode); ok {
			args = args[:k-1]
			p, err := ev.blockArgument(b, f)
			if err != nil {
				return nil, err
			}
			m.block = p
		}
	}
	if k := len(args); k > 0 && f.call != nil {
		if s, ok := args[k-1].(*splatNode); ok && s.all {
			m.block = f.call.block
		}
	}
	var err error
	if m.Args, err = ev.list(args, f); err != nil {
		return nil, err
	}
	if n.block != nil {
		m.block = &proc{node: n.block, frame: f}
	}
	v, err := ev.send(m)
	if n.name == "=~" && err == nil {
		ev.nameGroups(n, m, f)
	}
	if n.block != nil {
		ev.arrive("break", n.block)
		if j, ok := errors.AsType[*jump](err); ok && j.word == "break" && j.node == n.block {
			return j.val, nil
		}
	}
	return v, err
}

// blockArgument makes a block of what "&x" passes.
func (ev *Evaluator) blockArgument(b *blockArgNode, f *frame) (*proc, error) {
	if b.x == nil {
		if f.call != nil {
			return f.call.block, nil
		}
		return nil, nil
	}
	v, err := ev.eval(b.x, f)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case *proc:
		return v, nil
	case Symbol:
		return &proc{call: func(args []Value) (Value, error) {
			if len(args) == 0 {
				return nil, raise(b.span, "ArgumentError", "no receiver given")
			}
			return ev.send(&Call{span: b.span, recv: args[0], Name: string(v), Args: args[1:], frame: f})
		}}, nil
	case *Unknown:
		return &proc{call: func([]Value) (Value, error) { return v, nil }}, nil
	}
	return nil, raise(b.span, "TypeError", "wrong argument type %s (expected Proc)", className(v))
}

// send calls a method by its receiver's class.
func (ev *Evaluator) send(m *Call) (Value, error) {
	m.ev, ev.at = ev, m.pos
	if err := ev.spend(1); err != nil {
		return nil, err
	}
	if u, ok := isUnknown(m.recv); ok {
		return ev.sendUnknown(m, u)
	}
	if ev.isSelf(m.recv) {
		return ev.sendSelf(m)
	}
	if v, done, err := ev.sendKnown(m); done || err != nil {
		return v, err
	}
	if v, done, err := ev.sendAny(m); done || err != nil {
		return v, err
	}
	if m.recv == nil {
		return nil, raise(m.span, "NoMethodError", "undefined method `%s' for nil", m.Name)
	}
	reason := "calls " + className(m.recv) + "#" + m.Name + ", which is not evaluated"
	if sound(m.recv, m.Name) {
		return ev.opaque(m, reason)
	}
	return ev.unread(m, reason)
}

// sendKnown tries the methods of the receiver's own class.
func (ev *Evaluator) sendKnown(m *Call) (Value, bool, error) {
	switch recv := m.recv.(type) {
	case *String:
		return ev.sendString(m, recv)
	case Symbol:
		return ev.sendSymbol(m, recv)
	case *Array:
		return ev.sendArray(m, recv)
	case *Hash:
		return ev.sendHash(m, recv)
	case int64, float64:
		return ev.sendNumber(m)
	case *rangeValue:
		return ev.sendRange(m, recv)
	case *proc:
		return ev.sendProc(m, recv)
	case *regexpValue:
		return ev.sendRegexp(m, recv)
	case constant:
		return ev.sendConstant(m, string(recv))
	case *enumerator:
		return ev.sendEnumerator(m, recv)
	case Object:
		return recv.Send(m)
	}
	return nil, false, nil
}

// unread reports a call that is not evaluated. Its block may run.
func (ev *Evaluator) unread(m *Call, reason string) (Value, error) {
	ev.risks++
	u := ev.report(m.span, reason)
	if changes(m.Name) {
		blur(m.recv, u)
	}
	return u, ev.blockInDoubt(m, u)
}

// changes tells the methods that change their receiver.
func changes(name string) bool {
	switch name {
	case "<<", "[]=", "append", "append_as_bytes", "clear", "compare_by_identity", "concat", "default=", "delete",
		"delete_at", "delete_if", "fill", "force_encoding", "insert", "keep_if", "pop", "prepend", "push", "replace",
		"setbyte", "shift", "store", "unshift", "update":
		return true
	}
	return strings.HasSuffix(name, "!")
}

// blur makes the content of a container or string unknown.
func blur(v Value, why *Unknown) {
	blurred := &Unknown{span: why.span, Reason: why.Reason, many: true, said: why.said}
	switch v := v.(type) {
	case *String:
		v.vague = blurred
	case *Array:
		v.Items = []Value{blurred}
	case *Hash:
		*v = Hash{more: blurred}
	}
}

// blockInDoubt evaluates the block of a call that is not evaluated itself.
func (ev *Evaluator) blockInDoubt(m *Call, why *Unknown) error {
	if m.block == nil || m.block.node == nil {
		return nil
	}
	arg := &Unknown{span: why.span, Reason: why.Reason, said: true, cond: why.condition(), choices: why.some()}
	doubt := *why
	if doubt.cond.end == 0 {
		doubt.cond = span{pos: m.pos, end: max(m.pos, m.block.node.pos), line: m.line}
	}
	return ev.inDoubt(&doubt, func() error {
		_, err := ev.callBlock(m.block, arg)
		return err
	})
}

// harmless are methods that every object has and that never raise.
func harmless(name string) bool {
	switch name {
	case "nil?", "to_s", "inspect", "==", "!=", "!", "is_a?", "kind_of?", "instance_of?", "respond_to?", "class",
		"object_id", "hash", "freeze", "frozen?", "dup", "clone", "itself", "equal?", "eql?", "===", "=~":
		return true
	}
	return false
}

// mayBeNil tells the methods whose result may be nil.
func mayBeNil(name string) bool {
	switch name {
	case "[]", "slice", "dig", "first", "last", "find", "detect", "min", "max", "min_by", "max_by", "pop", "shift",
		"sample", "match", "index", "find_index", "getlocal", "fetch", "key", "delete", "next":
		return true
	}
	return false
}

// sendUnknown calls a method of what is not known.
func (ev *Evaluator) sendUnknown(m *Call, u *Unknown) (Value, error) {
	result := &Unknown{span: m.span, Reason: u.Reason, many: u.many, said: u.said, solid: u.solid && !mayBeNil(m.Name)}
	if matches(m.Name) {
		ev.forgetGroups()
	}
	if made := ev.onChoices(m, u); made != nil {
		result.cond, result.choices = u.condition(), made
	}
	if harmless(m.Name) {
		result.solid = true
		return result, nil
	}
	if u.solid {
		return result, ev.blockInDoubt(m, result)
	}
	if lenient, ok := strings.CutPrefix(u.Reason, "reads Chef's configuration"); ok && lenient == "" && m.Name == "[]" {
		return result, nil
	}
	ev.risks++
	if !u.said {
		ev.report(m.span, u.Reason)
		result.said = true
	}
	return result, ev.blockInDoubt(m, result)
}

// sendSelf calls a method of the file's object: the file's own, the host's, Kernel's.
func (ev *Evaluator) sendSelf(m *Call) (Value, error) {
	if d := ev.methods[m.Name]; d != nil {
		return ev.invoke(d, m)
	}
	if v, done, err := ev.host.Self.Send(m); done || err != nil {
		return v, err
	}
	if v, done, err := ev.sendKernel(m); done || err != nil {
		return v, err
	}
	if v, done, err := ev.sendAny(m); done || err != nil {
		return v, err
	}
	switch {
	case ev.open:
		return ev.unread(m, "calls "+m.Name+", which something outside of the file may define")
	case m.bare && m.Name == "it" && m.frame.outer != nil:
		return ev.unread(m, "uses it, which only Ruby 3.4 and later give to a block")
	case m.bare:
		return nil, raise(m.span, "NameError", "undefined local variable or method `%s'", m.Name)
	}
	return nil, raise(m.span, "NoMethodError", "undefined method `%s'", m.Name)
}

// maxCalls bounds how deep the file's methods and blocks call each other.
const maxCalls = 200

// invoke calls a method that the file defines.
func (ev *Evaluator) invoke(d *defNode, m *Call) (Value, error) {
	f := &frame{call: &invocation{block: m.block}}
	if err := ev.deeper(); err != nil {
		return nil, err
	}
	defer func() { ev.calls-- }()
	if err := ev.bind(d.params, m.Args, f, true, m.span); err != nil {
		return nil, err
	}
	groups := ev.groups
	ev.groups = nil
	v, err := ev.eval(d.body, f)
	ev.groups = groups
	ev.arrive("return", nil)
	if j, ok := errors.AsType[*jump](err); ok && j.word == "return" && j.call == f.call {
		return j.val, nil
	}
	return v, err
}

func (ev *Evaluator) deeper() error {
	if ev.calls++; ev.calls > maxCalls {
		return errTooLong
	}
	return nil
}

// callBlock runs a block with its arguments.
func (ev *Evaluator) callBlock(p *proc, args ...Value) (Value, error) {
	if p.call != nil {
		return p.call(args)
	}
	if err := ev.spend(1); err != nil {
		return nil, err
	}
	if ev.left != nil && ev.left.jump.word == "break" && ev.left.jump.node == p.node {
		why := ev.left.why
		return why, ev.inDoubt(why, func() error {
			_, err := ev.runBlock(p, args)
			return err
		})
	}
	return ev.runBlock(p, args)
}

func (ev *Evaluator) runBlock(p *proc, args []Value) (Value, error) {
	if err := ev.deeper(); err != nil {
		return nil, err
	}
	defer func() { ev.calls-- }()
	f := &frame{outer: p.frame, call: p.frame.call}
	if p.node.params == nil && len(args) == 1 && isArray(args[0]) && p.node.numbered() > 1 {
		args = asArray(ev, args[0]).Items
	}
	if err := ev.bind(p.node.params, args, f, p.lambda, p.node.span); err != nil {
		return nil, err
	}
	v, err := ev.eval(p.node.body, f)
	ev.arrive("next", nil)
	if ev.left != nil && ev.left.jump.word == "break" && ev.left.jump.node == nil {
		ev.left.jump.node = p.node // where a loop within it does not catch it
	}
	j, ok := errors.AsType[*jump](err)
	switch {
	case !ok:
	case j.word == "next" || p.lambda && j.word == "return":
		return j.val, nil
	case j.word == "break" && j.node == nil:
		if p.lambda {
			return j.val, nil
		}
		j.node = p.node
	}
	return v, err
}

// yieldValue calls the block of the method around.
func (ev *Evaluator) yieldValue(n *yieldNode, f *frame) (Value, error) {
	if f.call == nil || f.call.block == nil {
		return nil, raise(n.span, "LocalJumpError", "no block given (yield)")
	}
	args, err := ev.list(n.args, f)
	if err != nil {
		return nil, err
	}
	return ev.callBlock(f.call.block, args...)
}
