package role

import (
	"errors"
	"strconv"
	"strings"
)

// kernelMethod tells the methods that every Ruby object can call on itself.
func kernelMethod(name string) bool {
	switch name {
	case "puts", "p", "print", "pp", "warn", "printf", "putc", "format", "sprintf", "lambda", "proc", "loop", "raise",
		"fail", "require", "require_relative", "load", "gem", "autoload", "eval", "binding", "rand", "srand", "sleep",
		"exit", "abort", "exit!", "at_exit", "catch", "throw", "caller", "block_given?", "Array", "String", "Integer",
		"Float", "Hash", "Rational", "Complex", "URI", "JSON", "BigDecimal", "system", "exec", "spawn", "fork", "open",
		"gets", "readline", "readlines", "select", "test", "trap", "syscall", "__method__", "__dir__", "__callee__",
		"global_variables", "local_variables", "set_trace_func", "trace_var", "untrace_var", "caller_locations",
		"instance_variable_get", "instance_variable_set", "instance_variables", "instance_variable_defined?",
		"instance_eval", "instance_exec", "class_eval", "define_singleton_method", "singleton_class", "singleton_methods",
		"methods", "public_methods", "private_methods", "extend", "validate", "set_or_return",
		"lazy", "j", "jj", "display", "to_enum", "enum_for", "remove_instance_variable", "y", "DelegateClass", "Digest",
		"Pathname", "MonitorMixin", "using":
		return true
	}
	return false
}

// sendKernel calls what the role has from Ruby itself.
func (ev *evaluator) sendKernel(m *message) (value, bool, error) {
	switch m.name {
	case "puts", "p", "print", "pp", "warn", "printf", "putc", "at_exit", "srand", "sleep":
		return nil, true, nil
	case "format", "sprintf":
		v, err := ev.format(m)
		return v, true, err
	case "lambda", "proc":
		if m.block == nil {
			return nil, true, raise(m.span, "ArgumentError", "tried to create Proc object without a block")
		}
		p := *m.block
		p.lambda = m.name == "lambda"
		return &p, true, nil
	case "loop":
		v, err := ev.loopForever(m)
		return v, true, err
	case "raise", "fail":
		return nil, true, ev.raiseCall(m)
	case "exit", "abort", "exit!":
		return nil, true, raise(m.span, "SystemExit", "the file ends the program with %s", m.name)
	case "block_given?":
		return m.frame.call != nil && m.frame.call.block != nil, true, nil
	case "binding", "rand", "caller", "caller_locations", "__dir__", "local_variables", "global_variables", "__method__":
		return &unknown{span: m.span, reason: "calls " + m.name}, true, nil
	case "require", "require_relative", "load", "gem", "autoload":
		v, err := ev.loadCall(m)
		return v, true, err
	case "eval", "instance_eval", "instance_exec", "class_eval":
		v, err := ev.evalCall(m)
		return v, true, err
	case "define_singleton_method", "extend", "singleton_class", "using":
		ev.open = true
		return ev.report(m.span, "changes methods with "+m.name), true, nil
	case "catch":
		v, err := ev.catch(m)
		return v, true, err
	case "throw":
		return nil, true, ev.throw(m)
	case "Array", "String", "Integer", "Float", "Hash":
		v, err := ev.convert(m)
		return v, true, err
	}
	if kernelMethod(m.name) {
		v, err := ev.unread(m, "calls "+m.name+", which is not evaluated")
		return v, true, err
	}
	return nil, false, nil
}

// loadCall reports a file or library that is not read.
func (ev *evaluator) loadCall(m *message) (value, error) {
	what := "a file"
	if s, ok := m.arg(0).(*str); ok {
		what = strconv.Quote(s.s)
	}
	ev.open = true
	return ev.unread(m, "loads "+what+", which is not read; what it defines is not known")
}

// evalCall runs a block on the role itself; a text is not run.
func (ev *evaluator) evalCall(m *message) (value, error) {
	if m.block != nil && len(m.args) == 0 && m.name != "eval" {
		return ev.callBlock(m.block, selfValue{})
	}
	ev.open = true
	return ev.unread(m, "evaluates a text")
}

// raiseCall is the exception that raise makes.
func (ev *evaluator) raiseCall(m *message) error {
	class, text := "RuntimeError", "unhandled exception"
	switch a := m.arg(0).(type) {
	case *str:
		text = a.s
	case constant:
		class = string(a)
		text = class
	}
	if s, ok := m.arg(1).(*str); ok {
		text = s.s
	}
	return raise(m.span, class, "%s", clip(text))
}

// clip cuts a text from the file to what fits a message.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxText {
		return string(runes[:maxText-1]) + "…"
	}
	return s
}

// maxText is how many characters of source a report shows.
const maxText = 120

// loopForever evaluates loop { }, which only break ends.
func (ev *evaluator) loopForever(m *message) (value, error) {
	if m.block == nil {
		return ev.unread(m, "calls loop without a block")
	}
	for {
		if _, err := ev.callBlock(m.block); err != nil {
			if r, ok := errors.AsType[*raised](err); ok && r.class == "StopIteration" {
				return nil, nil
			}
			return nil, err
		}
		if ev.left != nil { // it may have ended: once more in doubt says all there is to say
			return ev.left.why, ev.blockInDoubt(m, ev.left.why)
		}
	}
}

// catch runs its block until something throws its tag.
func (ev *evaluator) catch(m *message) (value, error) {
	if m.block == nil {
		return nil, raise(m.span, "LocalJumpError", "no block given")
	}
	tag := m.arg(0)
	ev.tags = append(ev.tags, tag)
	v, err := ev.callBlock(m.block, tag)
	ev.tags = ev.tags[:len(ev.tags)-1]
	if j, ok := errors.AsType[*jump](err); ok && j.word == "throw" {
		if eq, _ := ev.equal(j.tag, tag); eq {
			return j.val, nil
		}
	}
	return v, err
}

// throw leaves the catch of its tag.
func (ev *evaluator) throw(m *message) error {
	for _, tag := range ev.tags {
		if eq, known := ev.equal(tag, m.arg(0)); eq || !known {
			return &jump{word: "throw", tag: tag, val: m.arg(1)}
		}
	}
	return raise(m.span, "UncaughtThrowError", "uncaught throw")
}

// convert is Array(), String(), Integer(), Float() and Hash().
func (ev *evaluator) convert(m *message) (value, error) {
	v := m.arg(0)
	if u, ok := isUnknown(v); ok {
		return &unknown{span: m.span, reason: u.reason, many: m.name == "Array", said: u.said}, nil
	}
	switch m.name {
	case "Array":
		return asArray(ev, v), nil
	case "String":
		if s, ok := ev.toS(v); ok {
			return &str{s: s, line: int(m.line)}, nil
		}
	case "Integer", "Float":
		return ev.number(m, v)
	case "Hash":
		if v == nil {
			return &hash{}, nil
		}
		if h, ok := v.(*hash); ok {
			return h, nil
		}
	}
	return ev.unread(m, "converts "+article(className(v))+" with "+m.name)
}

// number is Integer(v) or Float(v).
func (ev *evaluator) number(m *message, v value) (value, error) {
	switch v := v.(type) {
	case int64:
		if m.name == "Float" {
			return float64(v), nil
		}
		return v, nil
	case float64:
		if m.name == "Integer" {
			return int64(v), nil
		}
		return v, nil
	case *str:
		text := strings.ReplaceAll(strings.TrimSpace(v.s), "_", "")
		if m.name == "Float" {
			if f, err := strconv.ParseFloat(text, 64); err == nil {
				return f, nil
			}
		} else if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return n, nil
		}
		return nil, raise(m.span, "ArgumentError", "invalid value for %s(): %q", m.name, v.s)
	case nil:
		return nil, raise(m.span, "TypeError", "can't convert nil into %s", m.name)
	}
	return ev.unread(m, "converts "+article(className(v)))
}

// asArray is Array(v): nil is empty, what is no list becomes a list of one.
func asArray(ev *evaluator, v value) *array {
	switch v := v.(type) {
	case nil:
		return &array{}
	case *array:
		return v
	case *hash, *rangeValue, *runList:
		if items, ok := ev.entries(v); ok {
			return &array{items: items}
		}
	}
	return &array{items: []value{v}}
}
