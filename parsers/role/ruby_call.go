package role

import (
	"errors"
	"strings"
)

// message is one call of a method.
type message struct {
	span
	recv     value
	name     string
	args     []value
	block    *proc
	frame    *frame
	implicit bool // no receiver stands in the source
	bare     bool // nor arguments: it might have been a variable
}

// arg is an argument, nil where there is none.
func (m *message) arg(i int) value { return itemAt(m.args, i) }

// call evaluates a method call with its receiver, arguments and block.
func (ev *evaluator) call(n *callNode, f *frame) (value, error) {
	m := &message{span: n.span, name: n.name, frame: f, implicit: n.recv == nil}
	m.bare = m.implicit && len(n.args) == 0 && !n.parens && n.block == nil
	if m.implicit {
		m.recv = selfValue{}
	} else {
		recv, err := ev.eval(n.recv, f)
		if err != nil || n.safe && recv == nil {
			return nil, err
		}
		if u, ok := isUnknown(recv); ok && n.safe {
			return &unknown{span: n.span, reason: u.reason, said: u.said}, nil
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
	var err error
	if m.args, err = ev.list(args, f); err != nil {
		return nil, err
	}
	if n.block != nil {
		m.block = &proc{node: n.block, frame: f}
	}
	v, err := ev.send(m)
	if n.block != nil {
		ev.arrive("break", n.block)
		if j, ok := errors.AsType[*jump](err); ok && j.word == "break" && j.node == n.block {
			return j.val, nil
		}
	}
	return v, err
}

// blockArgument makes a block of what "&x" passes.
func (ev *evaluator) blockArgument(b *blockArgNode, f *frame) (*proc, error) {
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
	case symbol:
		return &proc{call: func(args []value) (value, error) {
			if len(args) == 0 {
				return nil, raise(b.span, "ArgumentError", "no receiver given")
			}
			return ev.send(&message{span: b.span, recv: args[0], name: string(v), args: args[1:], frame: f})
		}}, nil
	case *unknown:
		return &proc{call: func([]value) (value, error) { return v, nil }}, nil
	}
	return nil, raise(b.span, "TypeError", "wrong argument type %s (expected Proc)", className(v))
}

// send calls a method by its receiver's class.
func (ev *evaluator) send(m *message) (value, error) {
	ev.at = m.pos
	if err := ev.spend(1); err != nil {
		return nil, err
	}
	switch recv := m.recv.(type) {
	case *unknown:
		return ev.sendUnknown(m, recv)
	case selfValue:
		return ev.sendSelf(m)
	}
	if v, done, err := ev.sendKnown(m); done || err != nil {
		return v, err
	}
	if v, done, err := ev.sendAny(m); done || err != nil {
		return v, err
	}
	if m.recv == nil {
		return nil, raise(m.span, "NoMethodError", "undefined method `%s' for nil", m.name)
	}
	return ev.unread(m, "calls "+className(m.recv)+"#"+m.name+", which is not evaluated")
}

// sendKnown tries the methods of the receiver's own class.
func (ev *evaluator) sendKnown(m *message) (value, bool, error) {
	switch recv := m.recv.(type) {
	case *str:
		return ev.sendString(m, recv)
	case symbol:
		return ev.sendSymbol(m, recv)
	case *array:
		return ev.sendArray(m, recv)
	case *hash:
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
	case *runList:
		return ev.sendRunList(m, recv)
	case Item:
		return sendItem(m, recv)
	case *enumerator:
		return ev.sendEnumerator(m, recv)
	case *fileName:
		return nil, false, nil
	}
	return nil, false, nil
}

// unread reports a call that is not evaluated. Its block may run.
func (ev *evaluator) unread(m *message, reason string) (value, error) {
	ev.risks++
	u := ev.report(m.span, reason)
	if changes(m.name) {
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
func blur(v value, why *unknown) {
	blurred := &unknown{span: why.span, reason: why.reason, many: true, said: why.said}
	switch v := v.(type) {
	case *str:
		v.vague = blurred
	case *array:
		v.items = []value{blurred}
	case *hash:
		*v = hash{more: blurred}
	}
}

// blockInDoubt evaluates the block of a call that is not evaluated itself.
func (ev *evaluator) blockInDoubt(m *message, why *unknown) error {
	if m.block == nil || m.block.node == nil {
		return nil
	}
	arg := &unknown{span: why.span, reason: why.reason, said: true}
	return ev.inDoubt(why, func() error {
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
func (ev *evaluator) sendUnknown(m *message, u *unknown) (value, error) {
	result := &unknown{span: m.span, reason: u.reason, many: u.many, said: u.said, solid: u.solid && !mayBeNil(m.name)}
	if harmless(m.name) {
		result.solid = true
		return result, nil
	}
	if u.solid {
		return result, ev.blockInDoubt(m, result)
	}
	if lenient, ok := strings.CutPrefix(u.reason, "reads Chef's configuration"); ok && lenient == "" && m.name == "[]" {
		return result, nil
	}
	ev.risks++
	if !u.said {
		ev.report(m.span, u.reason)
		result.said = true
	}
	return result, ev.blockInDoubt(m, result)
}

// sendSelf calls a method of the role: the file's own, the role's, Kernel's.
func (ev *evaluator) sendSelf(m *message) (value, error) {
	if d := ev.methods[m.name]; d != nil {
		return ev.invoke(d, m)
	}
	if v, done, err := ev.sendRole(m); done || err != nil {
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
		return ev.unread(m, "calls "+m.name+", which something outside of the file may define")
	case m.bare && m.name == "it" && m.frame.outer != nil:
		return ev.unread(m, "uses it, which only Ruby 3.4 and later give to a block")
	case m.bare:
		return nil, raise(m.span, "NameError", "undefined local variable or method `%s'", m.name)
	}
	return nil, raise(m.span, "NoMethodError", "undefined method `%s'", m.name)
}

// maxCalls bounds how deep the file's methods and blocks call each other.
const maxCalls = 200

// invoke calls a method that the file defines.
func (ev *evaluator) invoke(d *defNode, m *message) (value, error) {
	f := &frame{call: &invocation{block: m.block}}
	if err := ev.deeper(); err != nil {
		return nil, err
	}
	defer func() { ev.calls-- }()
	if err := ev.bind(d.params, m.args, f, true, m.span); err != nil {
		return nil, err
	}
	v, err := ev.eval(d.body, f)
	ev.arrive("return", nil)
	if j, ok := errors.AsType[*jump](err); ok && j.word == "return" && j.call == f.call {
		return j.val, nil
	}
	return v, err
}

func (ev *evaluator) deeper() error {
	if ev.calls++; ev.calls > maxCalls {
		return errTooLong
	}
	return nil
}

// callBlock runs a block with its arguments.
func (ev *evaluator) callBlock(p *proc, args ...value) (value, error) {
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

func (ev *evaluator) runBlock(p *proc, args []value) (value, error) {
	if err := ev.deeper(); err != nil {
		return nil, err
	}
	defer func() { ev.calls-- }()
	f := &frame{outer: p.frame, call: p.frame.call}
	if err := ev.bind(p.node.params, args, f, p.lambda, p.node.span); err != nil {
		return nil, err
	}
	v, err := ev.eval(p.node.body, f)
	ev.arrive("next", nil)
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
func (ev *evaluator) yieldValue(n *yieldNode, f *frame) (value, error) {
	if f.call == nil || f.call.block == nil {
		return nil, raise(n.span, "LocalJumpError", "no block given (yield)")
	}
	args, err := ev.list(n.args, f)
	if err != nil {
		return nil, err
	}
	return ev.callBlock(f.call.block, args...)
}
