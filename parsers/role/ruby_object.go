package role

import "strings"

// sendAny calls the methods that all objects have.
func (ev *evaluator) sendAny(m *message) (value, bool, error) {
	switch m.name {
	case "to_s", "inspect", "nil?", "!", "class", "freeze", "frozen?", "dup", "itself":
		if len(m.args) > 0 && vagueAt(m.args) < 0 {
			return nil, true, raise(m.span, "ArgumentError", "wrong number of arguments for %s (given %d, expected 0)", m.name, len(m.args))
		}
	}
	switch m.name {
	case "equal?":
		return ev.known(m, m.recv == m.arg(0), ev.findUnknown(m.arg(0)) == nil), true, nil
	case "!~":
		inner := *m
		inner.name = "=~"
		v, err := ev.send(&inner)
		if u, ok := isUnknown(v); ok || err != nil {
			return u, true, err
		}
		return !truthy(v), true, nil
	case "==", "===", "eql?":
		eq, known := ev.equal(m.recv, m.arg(0))
		return ev.known(m, eq, known), true, nil
	case "!=":
		eq, known := ev.equal(m.recv, m.arg(0))
		return ev.known(m, !eq, known), true, nil
	case "nil?":
		return m.recv == nil, true, nil
	case "!":
		return !truthy(m.recv), true, nil
	case "is_a?", "kind_of?", "instance_of?":
		return ev.isA(m), true, nil
	case "respond_to?":
		return ev.respondsTo(m), true, nil
	case "class":
		return constant(className(m.recv)), true, nil
	case "to_s":
		s, ok := ev.toS(m.recv)
		if !ok {
			return &unknown{span: m.span, reason: "asks for the text of " + article(className(m.recv))}, true, nil
		}
		return &str{s: s, line: int(m.line)}, true, nil
	case "inspect":
		s, ok := ev.inspect(m.recv)
		if !ok {
			return &unknown{span: m.span, reason: "asks for the text of " + article(className(m.recv))}, true, nil
		}
		return &str{s: s, line: int(m.line)}, true, nil
	case "freeze":
		freeze(m.recv)
		return m.recv, true, nil
	case "frozen?":
		return isFrozen(m.recv), true, nil
	case "dup", "clone":
		return duplicate(m.recv), true, nil
	case "itself":
		return m.recv, true, nil
	case "object_id", "hash", "__id__":
		return &unknown{span: m.span, reason: "asks for an object's identity"}, true, nil
	}
	return ev.sendMore(m)
}

// sendMore calls the methods of all objects that call others.
func (ev *evaluator) sendMore(m *message) (value, bool, error) {
	switch m.name {
	case "tap", "then", "yield_self":
		if m.block == nil {
			return nil, false, nil
		}
		v, err := ev.callBlock(m.block, m.recv)
		if m.name == "tap" {
			v = m.recv
		}
		return v, true, err
	case "send", "public_send", "__send__":
		return ev.sendByName(m)
	case "method":
		name, ok := nameOf(m.arg(0))
		if !ok {
			return nil, false, nil
		}
		return &proc{lambda: true, call: func(args []value) (value, error) {
			return ev.send(&message{span: m.span, recv: m.recv, name: name, args: args, frame: m.frame})
		}}, true, nil
	case "to_a":
		if m.recv == nil {
			return &array{}, true, nil
		}
	case "to_h":
		if m.recv == nil {
			return &hash{}, true, nil
		}
	case "to_i":
		if m.recv == nil {
			return int64(0), true, nil
		}
	case "&":
		if b, ok := m.recv.(bool); ok || m.recv == nil {
			return b && truthy(m.arg(0)), ev.findUnknown(m.arg(0)) == nil, nil
		}
	case "|", "^":
		if b, ok := m.recv.(bool); ok || m.recv == nil {
			if m.name == "^" {
				return b != truthy(m.arg(0)), ev.findUnknown(m.arg(0)) == nil, nil
			}
			return b || truthy(m.arg(0)), ev.findUnknown(m.arg(0)) == nil, nil
		}
	case "=~":
		if m.recv == nil {
			return nil, true, nil
		}
	}
	return nil, false, nil
}

// known is v, or an unknown where v cannot be told.
func (ev *evaluator) known(m *message, v value, known bool) value {
	if known {
		return v
	}
	if u := ev.findUnknown(&array{items: append([]value{m.recv}, m.args...)}); u != nil {
		return &unknown{span: m.span, reason: u.reason, said: u.said}
	}
	return &unknown{span: m.span, reason: "compares what is not known"}
}

// sendByName is send(:name, …).
func (ev *evaluator) sendByName(m *message) (value, bool, error) {
	name, ok := nameOf(m.arg(0))
	if !ok {
		v, err := ev.unread(m, "calls a method whose name is not known")
		return v, true, err
	}
	inner := *m
	inner.name, inner.args, inner.bare = name, m.args[1:], false
	v, err := ev.send(&inner)
	return v, true, err
}

// nameOf is the text of a string or symbol.
func nameOf(v value) (string, bool) {
	switch v := v.(type) {
	case *str:
		return v.s, true
	case symbol:
		return string(v), true
	}
	return "", false
}

// isA is is_a? for the classes of Ruby's own values.
func (ev *evaluator) isA(m *message) value {
	class, ok := m.arg(0).(constant)
	if !ok || ev.findUnknown(m.recv) == m.recv && m.recv != nil {
		return &unknown{span: m.span, reason: "asks for the class of what is not known"}
	}
	if m.name == "instance_of?" {
		return className(m.recv) == string(class)
	}
	return kindOf(m.recv, string(class))
}

// kindOf tells whether v is an instance of a class or of one below it.
func kindOf(v value, class string) bool {
	name := className(v)
	switch class {
	case name, "Object", "BasicObject", "Kernel":
		return true
	case "Numeric", "Comparable":
		return name == "Integer" || name == "Float" || class == "Comparable" && name == "String"
	case "Enumerable":
		switch name {
		case "Array", "Hash", "Range", "Chef::RunList", "Enumerator":
			return true
		}
	}
	return false
}

// respondsTo is respond_to? for the role; other objects are not known well enough.
func (ev *evaluator) respondsTo(m *message) value {
	name, ok := nameOf(m.arg(0))
	if _, self := m.recv.(selfValue); ok && self {
		if roleMethod(name) || ev.methods[name] != nil {
			return true
		}
		if !ev.open && !kernelMethod(name) {
			return false
		}
	}
	return &unknown{span: m.span, reason: "asks what " + article(className(m.recv)) + " responds to"}
}

func freeze(v value) {
	switch v := v.(type) {
	case *str:
		v.frozen = true
	case *array:
		v.frozen = true
	case *hash:
		v.frozen = true
	}
}

func isFrozen(v value) bool {
	switch v := v.(type) {
	case *str:
		return v.frozen
	case *array:
		return v.frozen
	case *hash:
		return v.frozen
	}
	return true
}

func duplicate(v value) value {
	switch v := v.(type) {
	case *str:
		return &str{s: v.s, line: v.line}
	case *array:
		return &array{items: append([]value(nil), v.items...)}
	case *hash:
		return v.copy()
	}
	return v
}

// thaw reports a change of what is frozen.
func thaw(m *message) error {
	if isFrozen(m.recv) {
		s, _ := briefly().inspect(m.recv, 0)
		return raise(m.span, "FrozenError", "can't modify frozen %s: %s", className(m.recv), clip(s))
	}
	return nil
}

// sendSymbol calls a symbol's methods; most are those of its text.
func (ev *evaluator) sendSymbol(m *message, s symbol) (value, bool, error) {
	switch m.name {
	case "to_sym":
		return s, true, nil
	case "to_proc":
		return &proc{call: func(args []value) (value, error) {
			if len(args) == 0 {
				return nil, raise(m.span, "ArgumentError", "no receiver given")
			}
			return ev.send(&message{span: m.span, recv: args[0], name: string(s), args: args[1:], frame: m.frame})
		}}, true, nil
	case "name", "id2name":
		return &str{s: string(s), line: int(m.line)}, true, nil
	case "<=>":
		if other, ok := m.arg(0).(symbol); ok {
			return int64(strings.Compare(string(s), string(other))), true, nil
		}
	case "length", "size", "empty?", "start_with?", "end_with?", "[]":
		return ev.sendString(m, &str{s: string(s), line: int(m.line)})
	case "upcase", "downcase", "capitalize":
		v, ok, err := ev.sendString(m, &str{s: string(s)})
		if text, isText := v.(*str); isText {
			return symbol(text.s), ok, err
		}
	}
	return nil, false, nil
}

// sendProc calls a block, proc, lambda or method object.
func (ev *evaluator) sendProc(m *message, p *proc) (value, bool, error) {
	switch m.name {
	case "call", "()", "yield", "[]", "===":
		v, err := ev.callBlock(p, m.args...)
		return v, true, err
	case "to_proc":
		return p, true, nil
	case "lambda?":
		return p.lambda, true, nil
	}
	return nil, false, nil
}
