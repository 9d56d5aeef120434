package role

// sendHash calls a method of Hash.
func (ev *evaluator) sendHash(m *message, h *hash) (value, bool, error) {
	switch m.name {
	case "[]", "fetch", "dig", "key?", "has_key?", "include?", "member?", "values_at", "key", "slice", "except":
		if u := ev.findUnknown(&array{items: m.args}); u != nil {
			return &unknown{span: m.span, reason: u.reason, said: u.said}, true, nil
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
		return &array{items: append(append([]value(nil), h.keys...), h.moreItems()...)}, true, nil
	case "values":
		return &array{items: append(append([]value(nil), h.vals...), h.moreItems()...)}, true, nil
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
		if m.name == "each_value" {
			items = h.vals
		}
		if m.block != nil {
			return h, true, ev.each(m, append(append([]value(nil), items...), h.moreItems()...), func(value, value) bool { return true })
		}
	case "select", "filter", "reject", "compact", "transform_values", "transform_keys", "invert", "any?":
		return ev.hashFilter(m, h)
	case "to_s", "inspect":
		return nil, false, nil
	}
	if h.more != nil && len(h.keys) == 0 && m.block == nil {
		return &unknown{span: m.span, reason: h.more.reason, said: h.more.said}, true, nil
	}
	return ev.enumerate(m, h.pairs())
}

// moreItems is the entry for the keys that are not known, if there may be any.
func (h *hash) moreItems() []value {
	if h.more == nil {
		return nil
	}
	return []value{h.more}
}

// hashRead calls the methods that look keys up.
func (ev *evaluator) hashRead(m *message, h *hash) (value, bool, error) {
	v, found := h.get(m.arg(0))
	if !found && h.more != nil {
		return &unknown{span: m.span, reason: h.more.reason, said: h.more.said}, true, nil
	}
	switch m.name {
	case "[]":
		if !found {
			v, err := ev.missing(h, m)
			return v, true, err
		}
		return v, true, nil
	case "key?", "has_key?", "include?", "member?":
		return found, true, nil
	case "dig":
		if len(m.args) < 2 || v == nil {
			return v, true, nil
		}
		v, err := ev.send(&message{span: m.span, recv: v, name: "dig", args: m.args[1:], frame: m.frame})
		return v, true, err
	case "fetch":
		return ev.fetch(m, v, found)
	case "values_at", "slice", "except":
		return h.parts(m), true, nil
	case "key":
		for i, x := range h.vals {
			if eq, _ := ev.equal(x, m.arg(0)); eq {
				return h.keys[i], true, nil
			}
		}
		return nil, true, nil
	}
	return nil, false, nil
}

// missing is the value of a key that is not there.
func (ev *evaluator) missing(h *hash, m *message) (value, error) {
	if h.maker != nil {
		return ev.callBlock(h.maker, h, m.arg(0))
	}
	return h.missing, nil
}

func (ev *evaluator) fetch(m *message, v value, found bool) (value, bool, error) {
	switch {
	case found:
		return v, true, nil
	case m.block != nil:
		v, err := ev.callBlock(m.block, m.arg(0))
		return v, true, err
	case len(m.args) > 1:
		return m.args[1], true, nil
	}
	s, _ := ev.inspect(m.arg(0))
	return nil, true, raise(m.span, "KeyError", "key not found: %s", clip(s))
}

// parts is values_at, slice and except.
func (h *hash) parts(m *message) value {
	if m.name == "except" {
		out := h.copy()
		for _, k := range m.args {
			out.remove(k)
		}
		return out
	}
	list, part := &array{}, &hash{}
	for _, k := range m.args {
		v, ok := h.get(k)
		list.items = append(list.items, v)
		if ok {
			part.set(k, v)
		}
	}
	if m.name == "slice" {
		return part
	}
	return list
}

// merge adds the hashes that are given to h; a block decides about common keys.
func (ev *evaluator) merge(m *message, h *hash) (value, error) {
	for _, arg := range m.args {
		other, ok := arg.(*hash)
		if !ok || m.block == nil {
			if err := ev.mergeInto(h, arg, m.span); err != nil {
				return nil, err
			}
			continue
		}
		for i, k := range other.keys {
			v := other.vals[i]
			if old, both := h.get(k); both {
				var err error
				if v, err = ev.callBlock(m.block, k, old, v); err != nil {
					return nil, err
				}
			}
			h.set(k, v)
		}
		if other.more != nil {
			h.more = other.more
		}
	}
	return h, nil
}

// changeHash calls a method of Hash that changes it in place.
func (ev *evaluator) changeHash(m *message, h *hash) (value, bool, error) {
	if err := thaw(m); err != nil {
		return nil, true, err
	}
	switch m.name {
	case "[]=", "store":
		if u, ok := isUnknown(m.arg(0)); ok {
			h.more = u
			return m.arg(1), true, nil
		}
		ev.touchKey(h, m.arg(0))
		h.set(m.arg(0), m.arg(1))
		return m.arg(1), true, nil
	case "delete":
		ev.touchKey(h, m.arg(0))
		v, _ := h.remove(m.arg(0))
		return v, true, ev.spend(len(h.keys) / 4)
	}
	ev.touchHash(h)
	switch m.name {
	case "merge!", "update":
		v, err := ev.merge(m, h)
		return v, true, err
	case "clear":
		*h = hash{missing: h.missing, maker: h.maker}
		return h, true, nil
	case "default=":
		h.missing = m.arg(0)
		return h.missing, true, nil
	case "replace":
		other, ok := m.arg(0).(*hash)
		if !ok {
			return nil, false, nil
		}
		*h = *other.copy()
		return h, true, nil
	}
	inner := *m
	inner.name = map[string]string{
		"delete_if": "reject", "reject!": "reject", "select!": "select", "keep_if": "select", "filter!": "select",
		"compact!": "compact", "transform_values!": "transform_values", "transform_keys!": "transform_keys",
	}[m.name]
	v, done, err := ev.hashFilter(&inner, h)
	if out, ok := v.(*hash); ok {
		*h = *out
	}
	return h, done, err
}

// hashFilter calls the methods that make another hash of the pairs.
func (ev *evaluator) hashFilter(m *message, h *hash) (value, bool, error) {
	if m.block == nil && m.name != "compact" && m.name != "invert" {
		return ev.enumerate(m, h.pairs())
	}
	out := &hash{more: h.more}
	for i, k := range h.keys {
		v := h.vals[i]
		var got value
		var err error
		switch m.name {
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
		if u, ok := isUnknown(got); ok && m.name != "transform_values" {
			out.more = u
			continue
		}
		switch m.name {
		case "invert":
			out.set(v, k)
		case "transform_values":
			out.set(k, got)
		case "transform_keys":
			out.set(got, v)
		default:
			if truthy(got) != (m.name == "reject") {
				out.set(k, v)
			}
		}
	}
	return out, true, nil
}
