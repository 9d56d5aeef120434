package ruby

// sendHash calls a method of Hash.
func (ev *Evaluator) sendHash(m *Call, h *Hash) (Value, bool, error) {
	switch m.Name {
	case "[]", "fetch", "dig", "key?", "has_key?", "include?", "member?", "values_at", "key", "slice", "except":
		if u := ev.findUnknown(&Array{Items: m.Args}); u != nil {
			v := &Unknown{span: m.span, Reason: u.Reason, said: u.said}
			if m.Name == "[]" || m.Name == "fetch" {
				v.choices = h.vals
			}
			return v, true, nil
		}
		return ev.hashRead(m, h)
	case "[]=", "store", "delete", "merge!", "update", "clear", "default=", "delete_if", "reject!", "select!", "keep_if",
		"filter!", "compact!", "replace", "transform_values!", "transform_keys!":
		return ev.changeHash(m, h)
	case "merge":
		out := h.copy()
		inner := *m
		inner.recv = out
		_, err := ev.merge(&inner, out)
		return out, true, err
	case "keys":
		return &Array{Items: append(append([]Value(nil), h.keys...), h.moreItems()...)}, true, nil
	case "values":
		return &Array{Items: append(append([]Value(nil), h.vals...), h.moreItems()...)}, true, nil
	case "length", "size", "count":
		if h.more == nil && m.block == nil {
			return int64(len(h.keys)), true, nil
		}
	case "empty?":
		if h.more == nil || len(h.keys) > 0 {
			return len(h.keys) == 0, true, nil
		}
	case "to_h", "to_hash":
		if m.block == nil {
			return h, true, nil
		}
	case "each_key", "each_value":
		items := h.keys
		if m.Name == "each_value" {
			items = h.vals
		}
		if m.block != nil {
			return h, true, ev.each(m, append(append([]Value(nil), items...), h.moreItems()...), func(Value, Value) bool { return true })
		}
	case "select", "filter", "reject", "compact", "transform_values", "transform_keys", "invert", "any?":
		return ev.hashFilter(m, h)
	case "to_s", "inspect":
		return nil, false, nil
	}
	if h.more != nil && len(h.keys) == 0 && m.block == nil {
		return &Unknown{span: m.span, Reason: h.more.Reason, said: h.more.said}, true, nil
	}
	return ev.enumerate(m, h.pairs())
}

// moreItems is the entry for the keys that are not known, if there may be any.
func (h *Hash) moreItems() []Value {
	if h.more == nil {
		return nil
	}
	return []Value{h.more}
}

// hashRead calls the methods that look keys up.
func (ev *Evaluator) hashRead(m *Call, h *Hash) (Value, bool, error) {
	v, found := h.Get(m.Arg(0))
	if !found && h.more != nil {
		return &Unknown{span: m.span, Reason: h.more.Reason, said: h.more.said}, true, nil
	}
	switch m.Name {
	case "[]":
		if !found {
			v, err := ev.missing(h, m)
			return v, true, err
		}
		return v, true, nil
	case "key?", "has_key?", "include?", "member?":
		return found, true, nil
	case "dig":
		if len(m.Args) < 2 || v == nil {
			return v, true, nil
		}
		v, err := ev.send(&Call{span: m.span, recv: v, Name: "dig", Args: m.Args[1:], frame: m.frame})
		return v, true, err
	case "fetch":
		return ev.fetch(m, v, found)
	case "values_at", "slice", "except":
		return h.parts(m), true, nil
	case "key":
		for i, x := range h.vals {
			if eq, _ := ev.equal(x, m.Arg(0)); eq {
				return h.keys[i], true, nil
			}
		}
		return nil, true, nil
	}
	return nil, false, nil
}

// missing is the value of a key that is not there.
func (ev *Evaluator) missing(h *Hash, m *Call) (Value, error) {
	if h.maker != nil {
		return ev.callBlock(h.maker, h, m.Arg(0))
	}
	return h.missing, nil
}

func (ev *Evaluator) fetch(m *Call, v Value, found bool) (Value, bool, error) {
	switch {
	case found:
		return v, true, nil
	case m.block != nil:
		v, err := ev.callBlock(m.block, m.Arg(0))
		return v, true, err
	case len(m.Args) > 1:
		return m.Args[1], true, nil
	}
	s, _ := ev.inspect(m.Arg(0))
	return nil, true, raise(m.span, "KeyError", "key not found: %s", Clip(s))
}

// parts is values_at, slice and except.
func (h *Hash) parts(m *Call) Value {
	if m.Name == "except" {
		out := h.copy()
		for _, k := range m.Args {
			out.remove(k)
		}
		return out
	}
	list, part := &Array{}, &Hash{}
	for _, k := range m.Args {
		v, ok := h.Get(k)
		list.Items = append(list.Items, v)
		if ok {
			part.Set(k, v)
		}
	}
	if m.Name == "slice" {
		return part
	}
	return list
}

// merge adds the hashes that are given to h; a block decides about common keys.
func (ev *Evaluator) merge(m *Call, h *Hash) (Value, error) {
	for _, arg := range m.Args {
		other, ok := arg.(*Hash)
		if !ok || m.block == nil {
			if err := ev.mergeInto(h, arg, m.span); err != nil {
				return nil, err
			}
			continue
		}
		for i, k := range other.keys {
			v := other.vals[i]
			if old, both := h.Get(k); both {
				var err error
				if v, err = ev.callBlock(m.block, k, old, v); err != nil {
					return nil, err
				}
			}
			h.Set(k, v)
		}
		if other.more != nil {
			h.more = other.more
		}
	}
	return h, nil
}

// changeHash calls a method of Hash that changes it in place.
func (ev *Evaluator) changeHash(m *Call, h *Hash) (Value, bool, error) {
	if err := thaw(m); err != nil {
		return nil, true, err
	}
	switch m.Name {
	case "[]=", "store":
		if u, ok := isUnknown(m.Arg(0)); ok {
			h.more = u
			return m.Arg(1), true, nil
		}
		ev.touchKey(h, m.Arg(0))
		h.Set(m.Arg(0), m.Arg(1))
		return m.Arg(1), true, nil
	case "delete":
		ev.touchKey(h, m.Arg(0))
		v, _ := h.remove(m.Arg(0))
		return v, true, ev.spend(len(h.keys) / 4)
	}
	ev.touchHash(h)
	switch m.Name {
	case "merge!", "update":
		v, err := ev.merge(m, h)
		return v, true, err
	case "clear":
		*h = Hash{missing: h.missing, maker: h.maker}
		return h, true, nil
	case "default=":
		h.missing = m.Arg(0)
		return h.missing, true, nil
	case "replace":
		other, ok := m.Arg(0).(*Hash)
		if !ok {
			return nil, false, nil
		}
		*h = *other.copy()
		return h, true, nil
	}
	inner := *m
	inner.Name = map[string]string{
		"delete_if": "reject", "reject!": "reject", "select!": "select", "keep_if": "select", "filter!": "select",
		"compact!": "compact", "transform_values!": "transform_values", "transform_keys!": "transform_keys",
	}[m.Name]
	v, done, err := ev.hashFilter(&inner, h)
	if out, ok := v.(*Hash); ok {
		*h = *out
	}
	return h, done, err
}

// hashFilter calls the methods that make another hash of the pairs.
func (ev *Evaluator) hashFilter(m *Call, h *Hash) (Value, bool, error) {
	if m.block == nil && m.Name != "compact" && m.Name != "invert" {
		return ev.enumerate(m, h.pairs())
	}
	out := &Hash{more: h.more}
	for i, k := range h.keys {
		v := h.vals[i]
		var got Value
		var err error
		switch m.Name {
		case "compact":
			got = v != nil
		case "invert":
		case "transform_values":
			got, err = ev.callBlock(m.block, v)
		case "transform_keys":
			got, err = ev.callBlock(m.block, k)
		case "any?":
			return ev.enumerate(m, h.pairs())
		default:
			got, err = ev.callBlock(m.block, k, v)
		}
		if err != nil {
			return nil, true, err
		}
		if u, ok := isUnknown(got); ok && m.Name != "transform_values" {
			out.more = u
			continue
		}
		switch m.Name {
		case "invert":
			out.Set(v, k)
		case "transform_values":
			out.Set(k, got)
		case "transform_keys":
			out.Set(got, v)
		default:
			if truthy(got) != (m.Name == "reject") {
				out.Set(k, v)
			}
		}
	}
	return out, true, nil
}
