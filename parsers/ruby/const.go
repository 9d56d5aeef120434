package ruby

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
func (ev *Evaluator) constantValue(n *constNode, f *frame) (Value, error) {
	if n.scope == nil {
		if v, ok := ev.consts[n.name]; ok {
			return v, nil
		}
		if coreConstants[n.name] || ev.host.Classes[n.name] != nil {
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
		return ev.constantIn(n, string(s)), nil
	case *Unknown:
		return &Unknown{span: n.span, Reason: s.Reason, said: s.said}, nil
	}
	return nil, raise(n.span, "TypeError", "%s is not a class or module", className(scope))
}

// constantIn looks a constant of a class or module up.
func (ev *Evaluator) constantIn(n *constNode, scope string) Value {
	full := scope + "::" + n.name
	if v, ok := ev.consts[full]; ok {
		return v
	}
	outermost, _, _ := strings.Cut(scope, "::")
	switch {
	case ev.classes[outermost]:
		return ev.strangeConstant(n, full)
	case full == "File::SEPARATOR" || full == "File::Separator":
		return &String{Text: "/", Line: int(n.line), frozen: true}
	case n.name == strings.ToUpper(n.name) && !namesClasses[outermost]:
		return &Unknown{span: n.span, Reason: "reads " + full, solid: true}
	}
	return constant(full)
}

// namesClasses are modules whose classes are named in capitals.
var namesClasses = map[string]bool{"Errno": true, "Digest": true, "Net": true, "URI": true, "OpenSSL": true, "Zlib": true}

// strangeConstant reports a constant that nothing in the file defines.
func (ev *Evaluator) strangeConstant(n *constNode, name string) Value {
	if strings.HasPrefix(name, "RUBY_") {
		return &Unknown{span: n.span, Reason: "reads " + name, solid: true}
	}
	ev.risks++
	return ev.report(n.span, "uses the constant "+name+", which is not defined here")
}

// sendConstant calls a method of a class or module.
func (ev *Evaluator) sendConstant(m *Call, name string) (Value, bool, error) {
	if m.Name == "===" {
		matched, known := ev.caseMatches(constant(name), m.Arg(0), true)
		return ev.known(m, matched, known), true, nil
	}
	if class := ev.host.Classes[name]; class != nil {
		if v, known, err := class(m); known || err != nil {
			return v, known, err
		}
	}
	switch name {
	case "ENV":
		return ev.sendEnv(m)
	case "File":
		return ev.sendFile(m)
	case "Chef::Config":
		return &Unknown{span: m.span, Reason: "reads Chef's configuration"}, true, nil
	case "Chef::Log", "IO", "STDOUT", "STDERR":
		if name == "Chef::Log" || m.Name == "puts" || m.Name == "print" || m.Name == "write" || m.Name == "printf" || m.Name == "<<" {
			return nil, true, nil
		}
	case "Array", "Hash", "Mash", "String":
		return ev.newObject(m, name)
	case "Set":
		if v, known, err := ev.setCall(m); known || err != nil {
			return v, known, err
		}
	case "Time", "Date", "Process", "Socket", "Etc", "RbConfig", "ARGV", "SecureRandom", "Random", "Dir", "Gem", "Kernel":
		return ev.sendSystem(m, name)
	}
	switch m.Name {
	case "name", "to_s", "inspect":
		if ev.classes[name] {
			break
		}
		return &String{Text: name, Line: int(m.line)}, true, nil
	case "==", "!=", "is_a?", "kind_of?", "respond_to?", "freeze", "tap", "then", "class":
		return nil, false, nil
	case "new", "exception":
		if strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Exception") {
			return constant(name), true, nil
		}
	}
	return ev.strangeCall(m, name)
}

// strangeCall calls a method of a class that is not evaluated.
func (ev *Evaluator) strangeCall(m *Call, class string) (Value, bool, error) {
	reason := "calls " + class + "." + m.Name + ", which is not evaluated"
	why := ev.findUnknown(&Array{Items: m.Args})
	if soundClass(class, m.Name) && why == nil || why != nil && why.said {
		if why != nil {
			reason = why.Reason
		}
		v, err := ev.opaque(m, reason)
		if u, ok := isUnknown(v); ok && why != nil {
			u.said, u.solid = true, false
		}
		return v, true, err
	}
	v, err := ev.unread(m, reason)
	return v, true, err
}

// sendEnv reads the environment's variables.
func (ev *Evaluator) sendEnv(m *Call) (Value, bool, error) {
	variable := ""
	if s, ok := m.Arg(0).(*String); ok {
		variable = " variable " + s.Text
	}
	reason := "reads the environment" + variable
	switch {
	case m.Name == "fetch" && m.block == nil && len(m.Args) < 2:
		v, err := ev.unread(m, reason)
		return v, true, err
	case m.Name == "fetch" && len(m.Args) > 1, m.Name == "fetch", m.Name == "[]", strings.HasSuffix(m.Name, "?"):
		u := &Unknown{span: m.span, Reason: reason, choices: m.Args[min(1, len(m.Args)):]}
		return u, true, ev.blockInDoubt(m, u)
	case m.Name == "[]=" || m.Name == "store" || m.Name == "delete":
		return m.Arg(1), true, nil
	}
	u := &Unknown{span: m.span, Reason: reason, many: true}
	return u, true, ev.blockInDoubt(m, u)
}

// sendFile takes paths apart; files are never read.
func (ev *Evaluator) sendFile(m *Call) (Value, bool, error) {
	if f, ok := m.Arg(0).(*FileName); ok {
		switch m.Name {
		case "basename":
			suffix, _ := m.Arg(1).(*String)
			if suffix == nil {
				return &String{Text: f.Base, Line: int(m.line)}, true, nil
			}
			return &String{Text: trimSuffix(f.Base, suffix.Text), Line: int(m.line)}, true, nil
		case "extname":
			return &String{Text: path.Ext(f.Base), Line: int(m.line)}, true, nil
		case "expand_path", "realpath", "absolute_path":
			if len(m.Args) == 1 {
				return f, true, nil
			}
		}
	}
	parts := make([]string, len(m.Args))
	for i, a := range m.Args {
		s, ok := a.(*String)
		if !ok || s.vague != nil {
			return ev.fileUnknown(m)
		}
		parts[i] = s.Text
	}
	switch {
	case m.Name == "join":
		return &String{Text: joinPath(parts), Line: int(m.line)}, true, nil
	case len(parts) == 0:
	case m.Name == "basename":
		base := path.Base(parts[0])
		if len(parts) > 1 {
			base = trimSuffix(base, parts[1])
		}
		return &String{Text: base, Line: int(m.line)}, true, nil
	case m.Name == "dirname" && len(parts) == 1:
		return &String{Text: path.Dir(parts[0]), Line: int(m.line)}, true, nil
	case m.Name == "extname":
		return &String{Text: path.Ext(parts[0]), Line: int(m.line)}, true, nil
	}
	return ev.fileUnknown(m)
}

// fileUnknown is what depends on the machine's files. Only questions are sure not to raise.
func (ev *Evaluator) fileUnknown(m *Call) (Value, bool, error) {
	switch m.Name {
	case "join", "basename", "dirname", "extname", "expand_path", "exist?", "exists?", "file?", "directory?", "absolute_path", "readable?":
		reason := "asks for files of the machine"
		if u := ev.findUnknown(&Array{Items: m.Args}); u != nil {
			reason = u.Reason
		}
		return &Unknown{span: m.span, Reason: reason, solid: true}, true, nil
	}
	v, err := ev.unread(m, "reads a file with File."+m.Name)
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
func (ev *Evaluator) newObject(m *Call, name string) (Value, bool, error) {
	if m.Name != "new" && m.Name != "[]" {
		return nil, false, nil
	}
	switch name {
	case "Array":
		return ev.newArray(m)
	case "Hash", "Mash":
		if h, ok := m.Arg(0).(*Hash); ok && (m.Name == "[]" || name == "Mash") {
			return h.copy(), true, nil
		}
		if pairs, ok := m.Arg(0).(*Array); ok && m.Name == "[]" && ev.findUnknown(pairs) == nil {
			v, err := groupBy(&Call{span: m.span, Name: "to_h"}, pairs.Items, pairs.Items)
			return v, true, err
		}
		if m.Name == "[]" && len(m.Args) > 0 {
			return nil, false, nil
		}
		return &Hash{missing: m.Arg(0), maker: m.block}, true, nil
	case "String":
		s, ok := ev.toS(m.Arg(0))
		return &String{Text: s, Line: int(m.line)}, ok, nil
	}
	return nil, false, nil
}

func (ev *Evaluator) newArray(m *Call) (Value, bool, error) {
	if m.Name == "[]" {
		return &Array{Items: m.Args}, true, nil
	}
	switch n := m.Arg(0).(type) {
	case nil:
		return &Array{}, true, nil
	case *Array:
		return &Array{Items: slice(n.Items, 0, len(n.Items))}, true, nil
	case int64:
		if n < 0 || n > int64(ev.limit) {
			return nil, true, errTooLong
		}
		a := &Array{}
		for i := range n {
			v := m.Arg(1)
			if m.block != nil {
				var err error
				if v, err = ev.callBlock(m.block, i); err != nil {
					return nil, true, err
				}
			}
			a.Items = append(a.Items, v)
			if err := ev.spend(1); err != nil {
				return nil, true, err
			}
		}
		return a, true, nil
	}
	return nil, false, nil
}

// sendSystem asks the machine for what differs from run to run.
func (ev *Evaluator) sendSystem(m *Call, name string) (Value, bool, error) {
	switch m.Name {
	case "now", "today", "pid", "hex", "uuid", "gethostname", "rand", "glob", "[]", "pwd", "clock_gettime", "entries", "children", "exist?", "home":
		u := &Unknown{span: m.span, Reason: "asks the machine with " + name + "." + m.Name, many: name == "Dir", solid: m.Name != "[]" || name == "Dir"}
		return u, true, ev.blockInDoubt(m, u)
	}
	return ev.strangeCall(m, name)
}
