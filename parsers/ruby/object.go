package ruby

import "strings"

// sendAny calls the methods that all objects have.
func (ev *Evaluator) sendAny(m *Call) (Value, bool, error) {
	switch m.Name {
	case "to_s", "inspect", "nil?", "!", "class", "freeze", "frozen?", "dup", "itself":
		if len(m.Args) > 0 && vagueAt(m.Args) < 0 {
			return nil, true, raise(m.span, "ArgumentError", "wrong number of arguments for %s (given %d, expected 0)", m.Name, len(m.Args))
		}
	}
	switch m.Name {
	case "equal?":
		return ev.known(m, m.recv == m.Arg(0), ev.findUnknown(m.Arg(0)) == nil), true, nil
	case "!~":
		inner := *m
		inner.Name = "=~"
		v, err := ev.send(&inner)
		if u, ok := isUnknown(v); ok || err != nil {
			return u, true, err
		}
		return !truthy(v), true, nil
	case "==", "===", "eql?":
		eq, known := ev.equal(m.recv, m.Arg(0))
		if m.Name == "eql?" && known && isNumber(m.recv) {
			eq = eq && className(m.recv) == className(m.Arg(0))
		}
		return ev.known(m, eq, known), true, nil
	case "!=":
		eq, known := ev.equal(m.recv, m.Arg(0))
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
			return &Unknown{span: m.span, Reason: "asks for the text of " + Noun(m.recv)}, true, nil
		}
		return &String{Text: s, Line: int(m.line)}, true, nil
	case "inspect":
		s, ok := ev.inspect(m.recv)
		if !ok {
			return &Unknown{span: m.span, Reason: "asks for the text of " + Noun(m.recv)}, true, nil
		}
		return &String{Text: s, Line: int(m.line)}, true, nil
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
		return &Unknown{span: m.span, Reason: "asks for an object's identity"}, true, nil
	}
	return ev.sendMore(m)
}

// sendMore calls the methods of all objects that call others.
func (ev *Evaluator) sendMore(m *Call) (Value, bool, error) {
	switch m.Name {
	case "tap", "then", "yield_self":
		if m.block == nil {
			return nil, false, nil
		}
		v, err := ev.callBlock(m.block, m.recv)
		if m.Name == "tap" {
			v = m.recv
		}
		return v, true, err
	case "send", "public_send", "__send__":
		return ev.sendByName(m)
	case "method":
		name, ok := Name(m.Arg(0))
		if !ok {
			return nil, false, nil
		}
		return &proc{lambda: true, call: func(args []Value) (Value, error) {
			return ev.send(&Call{span: m.span, recv: m.recv, Name: name, Args: args, frame: m.frame})
		}}, true, nil
	case "to_a":
		if m.recv == nil {
			return &Array{}, true, nil
		}
	case "to_h":
		if m.recv == nil {
			return &Hash{}, true, nil
		}
	case "to_i":
		if m.recv == nil {
			return int64(0), true, nil
		}
	case "&":
		if b, ok := m.recv.(bool); ok || m.recv == nil {
			return b && truthy(m.Arg(0)), ev.findUnknown(m.Arg(0)) == nil, nil
		}
	case "|", "^":
		if b, ok := m.recv.(bool); ok || m.recv == nil {
			if m.Name == "^" {
				return b != truthy(m.Arg(0)), ev.findUnknown(m.Arg(0)) == nil, nil
			}
			return b || truthy(m.Arg(0)), ev.findUnknown(m.Arg(0)) == nil, nil
		}
	case "=~":
		if m.recv == nil {
			return nil, true, nil
		}
	}
	return nil, false, nil
}

// known is v, or an unknown where v cannot be told.
func (ev *Evaluator) known(m *Call, v Value, known bool) Value {
	if known {
		return v
	}
	if u := ev.findUnknown(&Array{Items: append([]Value{m.recv}, m.Args...)}); u != nil {
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said}
	}
	return &Unknown{span: m.span, Reason: "compares what is not known"}
}

// sendByName is send(:name, …).
func (ev *Evaluator) sendByName(m *Call) (Value, bool, error) {
	name, ok := Name(m.Arg(0))
	if !ok {
		v, err := ev.unread(m, "calls a method whose name is not known")
		return v, true, err
	}
	inner := *m
	inner.Name, inner.Args, inner.bare = name, m.Args[1:], false
	v, err := ev.send(&inner)
	return v, true, err
}

// isA is is_a? for the classes of Ruby's own values.
func (ev *Evaluator) isA(m *Call) Value {
	class, ok := m.Arg(0).(constant)
	if !ok || ev.findUnknown(m.recv) == m.recv && m.recv != nil {
		return &Unknown{span: m.span, Reason: "asks for the class of what is not known"}
	}
	if m.Name == "instance_of?" {
		return className(m.recv) == string(class)
	}
	return kindOf(m.recv, string(class))
}

// kindOf tells whether v is an instance of a class or of one below it.
func kindOf(v Value, class string) bool {
	name := className(v)
	switch class {
	case name, "Object", "BasicObject", "Kernel":
		return true
	case "Numeric", "Comparable":
		return name == "Integer" || name == "Float" || class == "Comparable" && name == "String"
	case "Enumerable":
		switch name {
		case "Array", "Hash", "Range", "Enumerator":
			return true
		}
		_, lists := v.(Lister)
		return lists
	}
	return false
}

// respondsTo is respond_to? for the file's object; other objects are not known well enough.
func (ev *Evaluator) respondsTo(m *Call) Value {
	name, ok := Name(m.Arg(0))
	if ok && ev.isSelf(m.recv) {
		if ev.responds(name) || ev.methods[name] != nil {
			return true
		}
		if !ev.open && !kernelMethod(name) {
			return false
		}
	}
	return &Unknown{span: m.span, Reason: "asks what " + Noun(m.recv) + " responds to"}
}

func freeze(v Value) {
	switch v := v.(type) {
	case *String:
		v.frozen = true
	case *Array:
		v.frozen = true
	case *Hash:
		v.frozen = true
	}
}

func isFrozen(v Value) bool {
	switch v := v.(type) {
	case *String:
		return v.frozen
	case *Array:
		return v.frozen
	case *Hash:
		return v.frozen
	}
	return true
}

func duplicate(v Value) Value {
	switch v := v.(type) {
	case *String:
		return &String{Text: v.Text, Line: v.Line}
	case *Array:
		return &Array{Items: append([]Value(nil), v.Items...)}
	case *Hash:
		return v.copy()
	}
	return v
}

// thaw reports a change of what is frozen.
func thaw(m *Call) error {
	if isFrozen(m.recv) {
		s, _ := briefly().inspect(m.recv, 0)
		return raise(m.span, "FrozenError", "can't modify frozen %s: %s", className(m.recv), Clip(s))
	}
	return nil
}

// sendSymbol calls a symbol's methods; most are those of its text.
func (ev *Evaluator) sendSymbol(m *Call, s Symbol) (Value, bool, error) {
	switch m.Name {
	case "to_sym":
		return s, true, nil
	case "to_proc":
		return &proc{call: func(args []Value) (Value, error) {
			if len(args) == 0 {
				return nil, raise(m.span, "ArgumentError", "no receiver given")
			}
			return ev.send(&Call{span: m.span, recv: args[0], Name: string(s), Args: args[1:], frame: m.frame})
		}}, true, nil
	case "name", "id2name":
		return &String{Text: string(s), Line: int(m.line)}, true, nil
	case "<=>":
		if other, ok := m.Arg(0).(Symbol); ok {
			return int64(strings.Compare(string(s), string(other))), true, nil
		}
	case "length", "size", "empty?", "start_with?", "end_with?", "[]":
		return ev.sendString(m, &String{Text: string(s), Line: int(m.line)})
	case "upcase", "downcase", "capitalize":
		v, ok, err := ev.sendString(m, &String{Text: string(s)})
		if text, isText := v.(*String); isText {
			return Symbol(text.Text), ok, err
		}
	}
	return nil, false, nil
}

// sendProc calls a block, proc, lambda or method object.
func (ev *Evaluator) sendProc(m *Call, p *proc) (Value, bool, error) {
	switch m.Name {
	case "call", "()", "yield", "[]", "===":
		v, err := ev.callBlock(p, m.Args...)
		return v, true, err
	case "to_proc":
		return p, true, nil
	case "lambda?":
		return p.lambda, true, nil
	}
	return nil, false, nil
}
