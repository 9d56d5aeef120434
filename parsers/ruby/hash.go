package ruby

import "iter"

// textKey is the key of a string, apart from that of a symbol.
type textKey string

// listKey is the key of an array or hash, by its text.
type listKey string

// hashKey is what two equal keys have in common.
func hashKey(v Value) any {
	switch v := v.(type) {
	case *String:
		return textKey(v.Text)
	case *Array, *Hash:
		if s, ok := briefly().inspect(v, 0); ok {
			return listKey(s)
		}
	}
	return v
}

// smallHash is the size up to which keys are compared one by one.
const smallHash = 8

// find is the place of a key, -1 if it is not there.
func (h *Hash) find(k Value) int {
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

// Get is the value of a key.
func (h *Hash) Get(k Value) (Value, bool) {
	if i := h.find(k); i >= 0 {
		return h.vals[i], true
	}
	return nil, false
}

// Set gives a key its value.
func (h *Hash) Set(k, v Value) {
	if i := h.find(k); i >= 0 {
		h.vals[i] = v
		return
	}
	if s, ok := k.(*String); ok && !s.frozen {
		k = &String{Text: s.Text, Line: s.Line, frozen: true}
	}
	h.keys = append(h.keys, k)
	h.vals = append(h.vals, v)
	if h.index != nil {
		h.index[hashKey(k)] = len(h.keys) - 1
	}
}

func (h *Hash) remove(k Value) (Value, bool) {
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

func (h *Hash) copy() *Hash {
	return &Hash{keys: append([]Value(nil), h.keys...), vals: append([]Value(nil), h.vals...),
		missing: h.missing, maker: h.maker, more: h.more}
}

// All goes through the pairs in their order.
func (h *Hash) All() iter.Seq2[Value, Value] {
	return func(yield func(k, v Value) bool) {
		for i, k := range h.keys {
			if !yield(k, h.vals[i]) {
				return
			}
		}
	}
}

// More is why the hash may hold further keys, nil if it holds no others.
func (h *Hash) More() *Unknown { return h.more }

// pairs are the entries as arrays of two.
func (h *Hash) pairs() []Value {
	out := make([]Value, 0, len(h.keys)+1)
	for i := range h.keys {
		out = append(out, &Array{Items: []Value{h.keys[i], h.vals[i]}})
	}
	if h.more != nil {
		out = append(out, h.more)
	}
	return out
}
