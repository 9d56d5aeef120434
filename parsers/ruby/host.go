package ruby

import "maps"

// Value is a Ruby object: nil, bool, int64, float64, Symbol, *String, *Array,
// *Hash, *FileName, an Object of the host, an *Unknown, or one that a host can
// but pass on.
type Value any

// Object is an object that a host brings along, beside Ruby's own. It is a
// pointer or otherwise comparable. Besides, it may be a fmt.Stringer (to_s), a
// Lister, an Equaler, a Responder, a Keeper.
type Object interface {
	// Class is the name of its class, "Chef::RunList".
	Class() string
	// Send calls a method. known is false if the object has no such method; the
	// call is then one of Ruby's own methods, or an error. The err may be that of
	// Call.Raise or of a method of Call.
	Send(c *Call) (v Value, known bool, err error)
}

// Lister is an Object that is Enumerable.
type Lister interface{ Values() []Value }

// Equaler is an Object that equals others than itself.
type Equaler interface{ Equal(other Value) bool }

// Responder is an Object that says which methods it has.
type Responder interface{ Responds(method string) bool }

// Keeper is an Object with instance variables of its own. Keeps names the owner
// of such a variable as messages do, "the role's own", and is empty for others.
type Keeper interface{ Keeps(variable string) string }

// Class is what a class of the host does with a call such as new.
type Class func(c *Call) (v Value, known bool, err error)

// Host is what the file's statements meet beside Ruby itself.
type Host struct {
	File    string           // the file's base name, for __FILE__
	Self    Object           // the statements run on it; nil for a plain object
	Classes map[string]Class // by name, "Chef::RunList"
	// Variables are the instance variables of Self that the file finds, and the
	// global ones, by name: "@name", "$0".
	Variables map[string]Value
}

// plain is an object without methods of its own.
type plain struct{ _ byte } // not of size 0, so that its address is its own

func (*plain) Class() string                         { return "Object" }
func (*plain) Send(*Call) (v Value, k bool, e error) { return nil, false, nil }

// NewEvaluator prepares to follow a file's statements, once.
func NewEvaluator(f *File, h Host) *Evaluator {
	if h.Self == nil {
		h.Self = &plain{}
	}
	return &Evaluator{
		src: f.src, body: f.body, host: h, frozen: frozenLiterals(f.src),
		methods: map[string]*defNode{}, consts: map[string]Value{}, classes: map[string]bool{}, globals: variables(h.Variables),
		limit: freeSteps + 4*len(f.src), possible: freeSteps, walk: walk{left: 4*freeSteps + 8*len(f.src)}, said: map[int32]bool{}, texts: map[span]string{}, touched: map[*Array]int{},
	}
}

// variables are those of the host, for a file to change.
func variables(given map[string]Value) map[string]Value {
	own := make(map[string]Value, len(given))
	maps.Copy(own, given)
	return own
}

// responds tells whether the file's object has a method of its own.
func (ev *Evaluator) responds(method string) bool {
	r, ok := ev.host.Self.(Responder)
	return ok && r.Responds(method)
}

// owner tells whose a variable is that the file's object keeps.
func (ev *Evaluator) owner(variable string) (whose string, kept bool) {
	if k, ok := ev.host.Self.(Keeper); ok {
		whose = k.Keeps(variable)
	}
	return whose, whose != ""
}

func (ev *Evaluator) isSelf(v Value) bool {
	o, ok := v.(Object)
	return ok && o == ev.host.Self
}
