package ruby

import (
	"slices"
	"strings"
)

// Choice is a value that an unknown one may be.
type Choice struct {
	Value     Value  // known, though what an Array holds may not be
	Condition string // on which it depends: its source, cut to a line of MaxText characters
}

const (
	maxChoices     = 1000 // of one value
	maxChoiceDepth = 20   // of conditions within conditions
	fewChoices     = 16   // that a method is called on, one after the other
)

// Choices are the values that the file names for what is not known: that of
// each branch of a condition, of a variable before and after it, of the default
// behind "||". It is not known which of them it is, or whether it is another.
func (c *Call) Choices(u *Unknown) []Choice {
	w := chooser{ev: c.ev}
	w.look(u, nil)
	return w.found
}

type chooser struct {
	ev    *Evaluator
	found []Choice
}

func (w *chooser) look(u *Unknown, above []span) {
	if len(above) > maxChoiceDepth {
		return
	}
	above = append(slices.Clip(above), u.condition())
	for _, v := range u.choices {
		if w.ev.possible--; w.ev.possible < 0 || len(w.found) >= maxChoices {
			return
		}
		switch v := v.(type) {
		case nil, bool:
		case *Unknown:
			w.look(v, above)
		default:
			w.found = append(w.found, Choice{Value: v, Condition: w.ev.conditions(above)})
		}
	}
}

// condition is where that stands which makes a value unknown.
func (u *Unknown) condition() span {
	if u.cond.end > u.cond.pos {
		return u.cond
	}
	return u.span
}

// conditions is the source of conditions that hold together.
func (ev *Evaluator) conditions(at []span) string {
	var parts []string
	for _, s := range at {
		if text := ev.source(s); !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
		if len(parts) > 4 {
			break
		}
	}
	return Clip(strings.Join(parts, " and "))
}

// revised is a place after the doubt why, in which it was changed from old to now.
func revised(why *Unknown, old, now Value) *Unknown {
	if u, ok := now.(*Unknown); ok && u.of == why.of && len(u.choices) > 0 {
		now = u.choices[len(u.choices)-1] // changed twice: what came last counts
	}
	r := *why
	r.choices = []Value{old, now}
	return &r
}

// changed is a list after the doubt why, in which it went from before to now:
// what it begins and ends with in either case is certain, and why stands between.
func changed(why *Unknown, before, now []Value) []Value {
	i, j := 0, 0
	for i < len(before) && i < len(now) && before[i] == now[i] {
		i++
	}
	for j < len(before)-i && j < len(now)-i && before[len(before)-1-j] == now[len(now)-1-j] {
		j++
	}
	why.many = true
	for _, part := range [][]Value{before[i : len(before)-j], now[i : len(now)-j]} {
		if len(part) > 0 {
			why.choices = append(why.choices, &Array{Items: slices.Clone(part)})
		}
	}
	return slices.Concat(before[:i], []Value{why}, before[len(before)-j:])
}

// some are up to fewChoices known values that u may be. Entries that u stands
// for in a list are laid out.
func (u *Unknown) some() []Value { return u.someOf(nil, 0) }

func (u *Unknown) someOf(out []Value, depth int) []Value {
	for _, v := range u.choices {
		if len(out) >= fewChoices || depth > maxChoiceDepth {
			return out
		}
		switch x := v.(type) {
		case nil, bool:
		case *Unknown:
			out = x.someOf(out, depth+1)
		case *Array:
			if !u.many {
				out = append(out, v)
				continue
			}
			out = append(out, x.Items[:min(len(x.Items), fewChoices)]...)
		default:
			out = append(out, v)
		}
	}
	return out[:min(len(out), fewChoices)]
}

func isArray(v Value) bool {
	_, ok := v.(*Array)
	return ok
}

// passes tells the methods of texts and lists that are called on each choice.
func passes(name string) bool {
	switch name {
	case "+", "-", "|", "to_a", "to_ary", "flatten", "compact", "uniq", "reverse", "sort", "dup", "freeze",
		"to_s", "to_str", "to_sym", "strip", "chomp", "split", "downcase", "upcase", "capitalize", "sub", "gsub", "tr":
		return true
	}
	return false
}

// onChoices gives what a method makes of the values that u may be.
func (ev *Evaluator) onChoices(m *Call, u *Unknown) []Value {
	if len(u.choices) == 0 || !passes(m.Name) || m.block != nil {
		return nil
	}
	some := u.some()
	if (m.Name == "+" || m.Name == "|") && len(m.Args) == 1 && slices.ContainsFunc(append(some, m.Args...), isArray) {
		return append(slices.Clip(u.choices), m.Args...) // the entries of both
	}
	if ev.findUnknown(&Array{Items: m.Args}) != nil {
		return nil
	}
	var out []Value
	for _, v := range some {
		inner := *m
		inner.recv = v
		var made Value
		var known bool
		var err error
		switch v := v.(type) {
		case *String:
			made, known, err = ev.sendString(&inner, v)
		case *Array:
			made, known, err = ev.sendArray(&inner, v)
		}
		switch m.Name {
		case "freeze", "dup", "to_s", "to_str":
			made, known, err = v, true, nil
		}
		if known && err == nil {
			out = append(out, made)
		}
	}
	return out
}
