package role

// textKey is the key of a string, apart from that of a symbol.
type textKey string

// listKey is the key of an array or hash, by its text.
type listKey string

// hashKey is what two equal keys have in common.
func hashKey(v value) any {
	switch v := v.(type) {
	case *str:
		return textKey(v.s)
	case *array, *hash:
		if s, ok := briefly().inspect(v, 0); ok {
			return listKey(s)
		}
	}
	return v
}

// smallHash is the size up to which keys are compared one by one.
const smallHash = 8

// find is the place of a key, -1 if it is not there.
func (h *hash) find(k value) int {
	key := hashKey(k)
	if h.index == nil && len(h.keys) <= smallHash {
		for i, other := range h.keys {
			if hashKey(other) == key {
				return i
			}
		}
		return -1
	}
	if h.index == nil {
		h.index = make(map[any]int, len(h.keys))
		for i, other := range h.keys {
			h.index[hashKey(other)] = i
		}
	}
	if i, ok := h.index[key]; ok {
		return i
	}
	return -1
}

func (h *hash) get(k value) (value, bool) {
	if i := h.find(k); i >= 0 {
		return h.vals[i], true
	}
	return nil, false
}

func (h *hash) set(k, v value) {
	if i := h.find(k); i >= 0 {
		h.vals[i] = v
		return
	}
	if s, ok := k.(*str); ok && !s.frozen {
		k = &str{s: s.s, line: s.line, frozen: true}
	}
	h.keys = append(h.keys, k)
	h.vals = append(h.vals, v)
	if h.index != nil {
		h.index[hashKey(k)] = len(h.keys) - 1
	}
}

func (h *hash) remove(k value) (value, bool) {
	i := h.find(k)
	if i < 0 {
		return nil, false
	}
	v := h.vals[i]
	h.keys = append(h.keys[:i:i], h.keys[i+1:]...)
	h.vals = append(h.vals[:i:i], h.vals[i+1:]...)
	h.index = nil
	return v, true
}

func (h *hash) copy() *hash {
	return &hash{keys: append([]value(nil), h.keys...), vals: append([]value(nil), h.vals...),
		missing: h.missing, maker: h.maker, more: h.more}
}

// pairs are the entries as arrays of two.
func (h *hash) pairs() []value {
	out := make([]value, 0, len(h.keys)+1)
	for i := range h.keys {
		out = append(out, &array{items: []value{h.keys[i], h.vals[i]}})
	}
	if h.more != nil {
		out = append(out, h.more)
	}
	return out
}
