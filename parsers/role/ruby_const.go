package role

import (
	"path"
	"strings"
)

// coreConstants are classes and modules that are there in every Chef run.
var coreConstants = map[string]bool{
	"ARGV": true, "Array": true, "BasicObject": true, "Class": true, "Comparable": true, "Dir": true, "ENV": true,
	"Encoding": true, "Enumerable": true, "Enumerator": true, "FalseClass": true, "File": true, "FileTest": true,
	"Float": true, "GC": true, "Hash": true, "IO": true, "Integer": true, "Kernel": true, "Marshal": true, "Math": true,
	"Method": true, "Module": true, "NilClass": true, "Numeric": true, "Object": true, "ObjectSpace": true, "Proc": true,
	"Process": true, "Random": true, "Range": true, "Rational": true, "Regexp": true, "Signal": true, "String": true,
	"Struct": true, "Symbol": true, "Thread": true, "Time": true, "TrueClass": true, "STDERR": true, "STDIN": true,
	"STDOUT": true, "Exception": true, "StandardError": true, "RuntimeError": true, "ArgumentError": true,
	"IndexError": true, "KeyError": true, "NameError": true, "NoMethodError": true, "TypeError": true, "IOError": true,
	"LoadError": true, "ScriptError": true, "NotImplementedError": true, "ZeroDivisionError": true, "SystemExit": true,
	"FrozenError": true, "RangeError": true, "StopIteration": true, "LocalJumpError": true, "SecurityError": true,
	"SystemCallError": true, "Errno": true, "Chef": true, "Mash": true, "Set": true, "JSON": true, "YAML": true,
	"URI": true, "FileUtils": true, "Pathname": true, "Socket": true, "Digest": true, "OpenSSL": true, "Net": true,
	"Tempfile": true, "Etc": true, "Shellwords": true, "SecureRandom": true, "Logger": true, "Ohai": true, "Mixlib": true,
	"RbConfig": true, "Gem": true, "OpenStruct": true, "Date": true, "DateTime": true, "ERB": true, "Erubis": true,
	"StringIO": true, "Timeout": true, "Base64": true, "IPAddr": true, "Singleton": true, "Forwardable": true,
}

// constantValue looks a constant up: the file's own, or one that is always there.
func (ev *evaluator) constantValue(n *constNode, f *frame) (value, error) {
	if n.scope == nil {
		if v, ok := ev.consts[n.name]; ok {
			return v, nil
		}
		if coreConstants[n.name] {
			return constant(n.name), nil
		}
		return ev.strangeConstant(n, n.name), nil
	}
	scope, err := ev.eval(n.scope, f)
	if err != nil {
		return nil, err
	}
	switch s := scope.(type) {
	case constant:
		return constant(string(s) + "::" + n.name), nil
	case *unknown:
		return &unknown{span: n.span, reason: s.reason, said: s.said}, nil
	}
	return nil, raise(n.span, "TypeError", "%s is not a class or module", className(scope))
}

// strangeConstant reports a constant that nothing in the file defines.
func (ev *evaluator) strangeConstant(n *constNode, name string) value {
	if strings.HasPrefix(name, "RUBY_") {
		return &unknown{span: n.span, reason: "reads " + name, solid: true}
	}
	ev.risks++
	return ev.report(n.span, "uses the constant "+name+", which is not defined here")
}

// sendConstant calls a method of a class or module.
func (ev *evaluator) sendConstant(m *message, name string) (value, bool, error) {
	if m.name == "===" {
		matched, known := ev.caseMatches(constant(name), m.arg(0), true)
		return ev.known(m, matched, known), true, nil
	}
	switch name {
	case "ENV":
		return ev.sendEnv(m)
	case "File":
		return ev.sendFile(m)
	case "Chef::Config":
		return &unknown{span: m.span, reason: "reads Chef's configuration"}, true, nil
	case "Chef::Log", "IO", "STDOUT", "STDERR":
		if name == "Chef::Log" || m.name == "puts" || m.name == "print" || m.name == "write" || m.name == "printf" || m.name == "<<" {
			return nil, true, nil
		}
	case "Array", "Hash", "Mash", "String", "Chef::RunList", "Chef::RunList::RunListItem":
		return ev.newObject(m, name)
	case "Time", "Date", "Process", "Socket", "Etc", "RbConfig", "ARGV", "SecureRandom", "Random", "Dir", "Gem", "Kernel":
		return ev.sendSystem(m, name)
	}
	switch m.name {
	case "name", "to_s", "inspect":
		return &str{s: name, line: int(m.line)}, true, nil
	case "==", "!=", "is_a?", "kind_of?", "respond_to?", "freeze", "tap", "then", "class":
		return nil, false, nil
	case "new", "exception":
		if strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Exception") {
			return constant(name), true, nil
		}
	}
	v, err := ev.unread(m, "calls "+name+"."+m.name+", which is not evaluated")
	return v, true, err
}

// sendEnv reads the environment's variables.
func (ev *evaluator) sendEnv(m *message) (value, bool, error) {
	variable := ""
	if s, ok := m.arg(0).(*str); ok {
		variable = " variable " + s.s
	}
	reason := "reads the environment" + variable
	switch {
	case m.name == "fetch" && m.block == nil && len(m.args) < 2:
		v, err := ev.unread(m, reason)
		return v, true, err
	case m.name == "fetch" && len(m.args) > 1, m.name == "fetch", m.name == "[]", strings.HasSuffix(m.name, "?"):
		u := &unknown{span: m.span, reason: reason}
		return u, true, ev.blockInDoubt(m, u)
	case m.name == "[]=" || m.name == "store" || m.name == "delete":
		return m.arg(1), true, nil
	}
	u := &unknown{span: m.span, reason: reason, many: true}
	return u, true, ev.blockInDoubt(m, u)
}

// sendFile takes paths apart; files are never read.
func (ev *evaluator) sendFile(m *message) (value, bool, error) {
	if f, ok := m.arg(0).(*fileName); ok {
		switch m.name {
		case "basename":
			suffix, _ := m.arg(1).(*str)
			if suffix == nil {
				return &str{s: f.base, line: int(m.line)}, true, nil
			}
			return &str{s: trimSuffix(f.base, suffix.s), line: int(m.line)}, true, nil
		case "extname":
			return &str{s: path.Ext(f.base), line: int(m.line)}, true, nil
		case "expand_path", "realpath", "absolute_path":
			if len(m.args) == 1 {
				return f, true, nil
			}
		}
	}
	parts := make([]string, len(m.args))
	for i, a := range m.args {
		s, ok := a.(*str)
		if !ok || s.vague != nil {
			return ev.fileUnknown(m)
		}
		parts[i] = s.s
	}
	switch {
	case m.name == "join":
		return &str{s: joinPath(parts), line: int(m.line)}, true, nil
	case len(parts) == 0:
	case m.name == "basename":
		base := path.Base(parts[0])
		if len(parts) > 1 {
			base = trimSuffix(base, parts[1])
		}
		return &str{s: base, line: int(m.line)}, true, nil
	case m.name == "dirname" && len(parts) == 1:
		return &str{s: path.Dir(parts[0]), line: int(m.line)}, true, nil
	case m.name == "extname":
		return &str{s: path.Ext(parts[0]), line: int(m.line)}, true, nil
	}
	return ev.fileUnknown(m)
}

// fileUnknown is what depends on the machine's files. Only questions are sure not to raise.
func (ev *evaluator) fileUnknown(m *message) (value, bool, error) {
	switch m.name {
	case "join", "basename", "dirname", "extname", "expand_path", "exist?", "exists?", "file?", "directory?", "absolute_path", "readable?":
		reason := "asks for files of the machine"
		if u := ev.findUnknown(&array{items: m.args}); u != nil {
			reason = u.reason
		}
		return &unknown{span: m.span, reason: reason, solid: true}, true, nil
	}
	v, err := ev.unread(m, "reads a file with File."+m.name)
	return v, true, err
}

func trimSuffix(base, suffix string) string {
	if suffix == ".*" {
		suffix = path.Ext(base)
	}
	if suffix != base {
		base = strings.TrimSuffix(base, suffix)
	}
	return base
}

// joinPath joins with single slashes as File.join.
func joinPath(parts []string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			p = strings.TrimLeft(p, "/")
			if !strings.HasSuffix(b.String(), "/") {
				b.WriteByte('/')
			}
		}
		b.WriteString(p)
	}
	return b.String()
}

// newObject calls the constructors of containers.
func (ev *evaluator) newObject(m *message, name string) (value, bool, error) {
	if m.name != "new" && m.name != "[]" {
		return nil, false, nil
	}
	switch name {
	case "Array":
		return ev.newArray(m)
	case "Hash", "Mash":
		if h, ok := m.arg(0).(*hash); ok && (m.name == "[]" || name == "Mash") {
			return h.copy(), true, nil
		}
		if pairs, ok := m.arg(0).(*array); ok && m.name == "[]" && ev.findUnknown(pairs) == nil {
			v, err := groupBy(&message{span: m.span, name: "to_h"}, pairs.items, pairs.items)
			return v, true, err
		}
		if m.name == "[]" && len(m.args) > 0 {
			return nil, false, nil
		}
		return &hash{missing: m.arg(0), maker: m.block}, true, nil
	case "String":
		s, ok := ev.toS(m.arg(0))
		return &str{s: s, line: int(m.line)}, ok, nil
	case "Chef::RunList":
		l := &runList{}
		for _, x := range m.args {
			item, known, err := ev.item(m, x)
			if err != nil {
				return nil, true, err
			}
			if known {
				l.items = append(l.items, item)
			}
		}
		return l, true, nil
	}
	item, known, err := ev.item(m, m.arg(0))
	if err == nil && !known {
		return ev.findUnknown(m.arg(0)), ev.findUnknown(m.arg(0)) != nil, nil
	}
	return item, true, err
}

func (ev *evaluator) newArray(m *message) (value, bool, error) {
	if m.name == "[]" {
		return &array{items: m.args}, true, nil
	}
	switch n := m.arg(0).(type) {
	case nil:
		return &array{}, true, nil
	case *array:
		return &array{items: slice(n.items, 0, len(n.items))}, true, nil
	case int64:
		if n < 0 || n > int64(ev.limit) {
			return nil, true, errTooLong
		}
		a := &array{}
		for i := range n {
			v := m.arg(1)
			if m.block != nil {
				var err error
				if v, err = ev.callBlock(m.block, i); err != nil {
					return nil, true, err
				}
			}
			a.items = append(a.items, v)
			if err := ev.spend(1); err != nil {
				return nil, true, err
			}
		}
		return a, true, nil
	}
	return nil, false, nil
}

// sendSystem asks the machine for what differs from run to run.
func (ev *evaluator) sendSystem(m *message, name string) (value, bool, error) {
	switch m.name {
	case "now", "today", "pid", "hex", "uuid", "gethostname", "rand", "glob", "[]", "pwd", "clock_gettime", "entries", "children", "exist?", "home":
		u := &unknown{span: m.span, reason: "asks the machine with " + name + "." + m.name, many: name == "Dir", solid: m.name != "[]" || name == "Dir"}
		return u, true, ev.blockInDoubt(m, u)
	}
	v, err := ev.unread(m, "calls "+name+"."+m.name+", which is not evaluated")
	return v, true, err
}
