package ruby

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

// sendKernel calls what every object has from Ruby itself.
func (ev *Evaluator) sendKernel(m *Call) (Value, bool, error) {
	switch m.Name {
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
		p.lambda = m.Name == "lambda"
		return &p, true, nil
	case "loop":
		v, err := ev.loopForever(m)
		return v, true, err
	case "raise", "fail":
		return nil, true, ev.raiseCall(m)
	case "exit", "abort", "exit!":
		return nil, true, raise(m.span, "SystemExit", "the file ends the program with %s", m.Name)
	case "block_given?":
		return m.frame.call != nil && m.frame.call.block != nil, true, nil
	case "binding", "rand", "caller", "caller_locations", "__dir__", "local_variables", "global_variables", "__method__":
		return &Unknown{span: m.span, Reason: "calls " + m.Name}, true, nil
	case "require", "require_relative", "load", "gem", "autoload":
		v, err := ev.loadCall(m)
		return v, true, err
	case "eval", "instance_eval", "instance_exec", "class_eval":
		v, err := ev.evalCall(m)
		return v, true, err
	case "define_singleton_method", "extend", "singleton_class", "using":
		ev.open = true
		return ev.report(m.span, "changes methods with "+m.Name), true, nil
	case "catch":
		v, err := ev.catch(m)
		return v, true, err
	case "throw":
		return nil, true, ev.throw(m)
	case "Array", "String", "Integer", "Float", "Hash":
		v, err := ev.convert(m)
		return v, true, err
	}
	if m.Name == "system" || m.Name == "spawn" {
		v, err := ev.opaque(m, "runs a command")
		return v, true, err
	}
	if kernelMethod(m.Name) {
		v, err := ev.unread(m, "calls "+m.Name+", which is not evaluated")
		return v, true, err
	}
	return nil, false, nil
}

// libraries are those of Ruby and Chef that define nothing a file calls without naming it.
var libraries = map[string]bool{
	"base64": true, "benchmark": true, "chef": true, "csv": true, "date": true, "digest": true, "digest/md5": true, "digest/sha1": true,
	"digest/sha2": true, "English": true, "erb": true, "etc": true, "fileutils": true, "ipaddr": true, "json": true,
	"logger": true, "net/http": true, "ohai": true, "open3": true, "open-uri": true, "openssl": true, "ostruct": true, "pathname": true,
	"resolv": true, "rubygems": true, "securerandom": true, "set": true, "shellwords": true, "socket": true, "stringio": true, "tempfile": true,
	"time": true, "timeout": true, "tmpdir": true, "uri": true, "yaml": true, "zlib": true,
}

// loadCall reports a file or library that is not read.
func (ev *Evaluator) loadCall(m *Call) (Value, error) {
	what := "a file"
	if s, ok := m.Arg(0).(*String); ok {
		if m.Name == "require" && libraries[s.Text] {
			return true, nil
		}
		what = strconv.Quote(s.Text)
	}
	ev.open = true
	return ev.unread(m, "loads "+what+", which is not read; what it defines is not known")
}

// evalCall runs a block on the file's object itself; a text is not run.
func (ev *Evaluator) evalCall(m *Call) (Value, error) {
	if m.block != nil && len(m.Args) == 0 && m.Name != "eval" {
		return ev.callBlock(m.block, ev.host.Self)
	}
	ev.open = true
	return ev.unread(m, "evaluates a text")
}

// raiseCall is the exception that raise makes.
func (ev *Evaluator) raiseCall(m *Call) error {
	class, text := "RuntimeError", "unhandled exception"
	switch a := m.Arg(0).(type) {
	case *String:
		text = a.Text
	case constant:
		class = string(a)
		text = class
	}
	if s, ok := m.Arg(1).(*String); ok {
		text = s.Text
	}
	return raise(m.span, class, "%s", Clip(text))
}

// Clip cuts a text from the file to what fits a message.
func Clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > MaxText {
		return string(runes[:MaxText-1]) + "…"
	}
	return s
}

// MaxText is how many characters of source a report shows.
const MaxText = 120

// loopForever evaluates loop { }, which only break ends.
func (ev *Evaluator) loopForever(m *Call) (Value, error) {
	if m.block == nil {
		return ev.unread(m, "calls loop without a block")
	}
	for {
		if _, err := ev.callBlock(m.block); err != nil {
			if r, ok := errors.AsType[*Exception](err); ok && r.Class == "StopIteration" {
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
func (ev *Evaluator) catch(m *Call) (Value, error) {
	if m.block == nil {
		return nil, raise(m.span, "LocalJumpError", "no block given")
	}
	tag := m.Arg(0)
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
func (ev *Evaluator) throw(m *Call) error {
	for _, tag := range ev.tags {
		if eq, known := ev.equal(tag, m.Arg(0)); eq || !known {
			return &jump{word: "throw", tag: tag, val: m.Arg(1)}
		}
	}
	return raise(m.span, "UncaughtThrowError", "uncaught throw")
}

// convert is Array(), String(), Integer(), Float() and Hash().
func (ev *Evaluator) convert(m *Call) (Value, error) {
	v := m.Arg(0)
	if u, ok := isUnknown(v); ok {
		if m.Name == "Array" {
			return u.spread(m.span), nil
		}
		return &Unknown{span: m.span, Reason: u.Reason, said: u.said, cond: u.condition(), choices: u.choices}, nil
	}
	switch m.Name {
	case "Array":
		return asArray(ev, v), nil
	case "String":
		if s, ok := ev.toS(v); ok {
			return &String{Text: s, Line: int(m.line)}, nil
		}
	case "Integer", "Float":
		return ev.number(m, v)
	case "Hash":
		if v == nil {
			return &Hash{}, nil
		}
		if h, ok := v.(*Hash); ok {
			return h, nil
		}
	}
	return ev.unread(m, "converts "+Noun(v)+" with "+m.Name)
}

// number is Integer(v) or Float(v).
func (ev *Evaluator) number(m *Call, v Value) (Value, error) {
	switch v := v.(type) {
	case int64:
		if m.Name == "Float" {
			return float64(v), nil
		}
		return v, nil
	case float64:
		if m.Name == "Integer" {
			return int64(v), nil
		}
		return v, nil
	case *String:
		text := strings.ReplaceAll(strings.TrimSpace(v.Text), "_", "")
		if m.Name == "Float" {
			if f, err := strconv.ParseFloat(text, 64); err == nil {
				return f, nil
			}
		} else if n, err := strconv.ParseInt(text, 0, 64); err == nil {
			return n, nil
		}
		return nil, raise(m.span, "ArgumentError", "invalid value for %s(): %q", m.Name, v.Text)
	case nil:
		return nil, raise(m.span, "TypeError", "can't convert nil into %s", m.Name)
	}
	return ev.unread(m, "converts "+Noun(v))
}

// asArray is Array(v): nil is empty, what is no list becomes a list of one.
func asArray(ev *Evaluator, v Value) *Array {
	switch v := v.(type) {
	case nil:
		return &Array{}
	case *Array:
		return v
	case *Hash, *rangeValue, Lister:
		if items, ok := ev.entries(v); ok {
			return &Array{Items: items}
		}
	}
	return &Array{Items: []Value{v}}
}
