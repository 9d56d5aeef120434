package ruby

// rubySet is a Set: a list without repetitions.
type rubySet struct {
	list  *Array
	index *Hash // of the members; its keys are the list's items while it is valid
}

// members is the index of what the list holds now.
func (s *rubySet) members() *Hash {
	items := s.list.Items
	if h := s.index; h != nil && len(h.keys) == len(items) && (len(items) == 0 || &h.keys[0] == &items[0]) {
		return h
	}
	s.index = &Hash{}
	for _, x := range items {
		s.index.Set(x, nil)
	}
	s.list.Items = s.index.keys
	return s.index
}

// Class names the class that the object stands for.
func (s *rubySet) Class() string { return "Set" }

// Values are the members in the order in which they came.
func (s *rubySet) Values() []Value { return s.list.Items }

// Equal compares the members, whatever their order.
func (s *rubySet) Equal(other Value) bool {
	o, ok := other.(*rubySet)
	if !ok || len(o.list.Items) != len(s.list.Items) {
		return false
	}
	h := s.members()
	for _, x := range o.list.Items {
		if h.find(x) < 0 {
			return false
		}
	}
	return true
}

// setCall is Set.new and Set[].
func (ev *Evaluator) setCall(m *Call) (Value, bool, error) {
	list := &Array{Items: m.Args}
	switch m.Name {
	case "[]":
	case "new":
		if u, ok := isUnknown(m.Arg(0)); ok {
			return u.spread(m.span), true, nil
		}
		list = asArray(ev, m.Arg(0))
	default:
		return nil, false, nil
	}
	if m.block != nil {
		v, _, err := ev.enumerate(&Call{ev: ev, span: m.span, recv: list, Name: "map", block: m.block, frame: m.frame}, list.Items)
		if err != nil {
			return nil, true, err
		}
		list = asArray(ev, v)
	}
	v, err := ev.newSet(list.Items)
	return v, true, err
}

func (ev *Evaluator) newSet(items []Value) (*rubySet, error) {
	s := &rubySet{list: &Array{Items: items}}
	s.members()
	return s, ev.spend(len(items) / 2)
}

// Send calls a method of Set.
func (s *rubySet) Send(c *Call) (Value, bool, error) {
	items := s.list.Items
	switch c.Name {
	case "<<", "add", "merge", "delete":
		return s.change(c)
	case "|", "+", "union", "&", "intersection", "-", "difference":
		return s.combine(c)
	case "include?", "member?", "===", "contain?":
		return c.ev.includes(c, items), true, nil
	case "size", "length", "empty?":
		if i := vagueAt(items); i >= 0 {
			u := *items[i].(*Unknown)
			u.many, u.choices = false, nil
			return &u, true, nil
		}
		if c.Name == "empty?" {
			return len(items) == 0, true, nil
		}
		return int64(len(items)), true, nil
	case "to_set":
		return s, true, nil
	case "dup", "clone":
		return &rubySet{list: &Array{Items: slice(items, 0, len(items))}}, true, nil
	case "select", "filter", "reject":
		v, known, err := c.Enumerate(items)
		if list, ok := v.(*Array); ok {
			v = &rubySet{list: list}
		}
		return v, known, err
	}
	return c.Enumerate(items)
}

// change adds members or takes one away.
func (s *rubySet) change(c *Call) (Value, bool, error) {
	c.ev.touch(s.list)
	added := c.Args
	if c.Name == "merge" {
		added = nil
		for _, a := range c.Args {
			more, err := c.ev.spread(a, c.span)
			if err != nil {
				return nil, true, err
			}
			added = append(added, more...)
		}
	}
	work := 1 + len(added)
	if c.Name == "delete" {
		work += len(s.list.Items) / 2
	}
	h := s.members()
	for _, x := range added {
		if c.Name == "delete" {
			h.remove(x)
		} else {
			h.Set(x, nil)
		}
	}
	s.list.Items = h.keys
	return s, true, c.Spend(work)
}

// combine makes a set of this one and another list.
func (s *rubySet) combine(c *Call) (Value, bool, error) {
	other, err := c.ev.spread(c.Arg(0), c.span)
	if err != nil {
		return nil, true, err
	}
	inner := *c
	inner.recv, inner.Args = &Array{Items: s.list.Items}, []Value{&Array{Items: other}}
	if inner.Name == "+" {
		inner.Name = "|"
	}
	v, known, err := inner.AsArray(s.list.Items)
	if list, ok := v.(*Array); ok {
		v = &rubySet{list: list}
	}
	return v, known, err
}
