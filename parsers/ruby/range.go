package ruby

// entries lists a range of integers or of texts such as "a".."f".
func (r *rangeValue) entries(ev *Evaluator) ([]Value, bool) {
	low, ok := r.low.(int64)
	if !ok {
		return r.texts(ev)
	}
	high, ok := r.high.(int64)
	if !ok {
		return nil, false
	}
	if r.exclusive {
		high--
	}
	if high < low {
		return nil, true
	}
	if high-low < 0 || high-low > int64(ev.limit) || ev.spend(int(high-low)) != nil {
		return nil, false
	}
	out := make([]Value, 0, high-low+1)
	for i := low; i <= high; i++ {
		out = append(out, i)
	}
	return out, true
}

// texts lists a range of texts of one length.
func (r *rangeValue) texts(ev *Evaluator) ([]Value, bool) {
	low, ok := r.low.(*String)
	high, ok2 := r.high.(*String)
	if !ok || !ok2 || low.Text == "" || len(low.Text) > len(high.Text) || len(high.Text) > 8 {
		return nil, false
	}
	var out []Value
	for s := low.Text; len(s) <= len(high.Text); {
		if s == high.Text && r.exclusive {
			break
		}
		out = append(out, &String{Text: s, Line: low.Line})
		if s == high.Text || ev.spend(4) != nil {
			break
		}
		if s, ok = successor(s); !ok {
			return nil, false
		}
	}
	return out, true
}

// successor is the next text: "az" is followed by "ba", "09" by "10".
func successor(s string) (string, bool) {
	b := []byte(s)
	for i := len(b) - 1; i >= 0; i-- {
		switch c := b[i]; {
		case c == 'z' || c == 'Z' || c == '9':
			b[i] = map[byte]byte{'z': 'a', 'Z': 'A', '9': '0'}[c]
			if i == 0 {
				first := map[byte]string{'z': "a", 'Z': "A", '9': "1"}[c]
				return first + string(b), true
			}
		case isDigit(c) || c|0x20 >= 'a' && c|0x20 < 'z':
			b[i]++
			return string(b), true
		default:
			return "", false
		}
	}
	return "", false
}

// covers is range === v.
func (r *rangeValue) covers(ev *Evaluator, v Value) (covered, known bool) {
	if ev.findUnknown(r) != nil || ev.findUnknown(v) != nil {
		return false, false
	}
	if r.low != nil {
		if c, ok := ev.compare(r.low, v); !ok || c > 0 {
			return false, true
		}
	}
	if r.high == nil {
		return true, true
	}
	c, ok := ev.compare(v, r.high)
	return ok && (c < 0 || c == 0 && !r.exclusive), true
}

// sendRange calls a method of Range.
func (ev *Evaluator) sendRange(m *Call, r *rangeValue) (Value, bool, error) {
	switch m.Name {
	case "first", "begin", "min":
		if len(m.Args) == 0 && m.block == nil {
			return r.low, true, nil
		}
	case "last", "end":
		if len(m.Args) == 0 {
			return r.high, true, nil
		}
	case "include?", "member?", "cover?", "===":
		covered, known := r.covers(ev, m.Arg(0))
		return ev.known(m, covered, known), true, nil
	case "step", "%":
		return ev.rangeStep(m, r)
	case "to_s", "inspect":
		low, ok := ev.inspect(r.low)
		high, ok2 := ev.inspect(r.high)
		if m.Name == "to_s" {
			low, ok = ev.toS(r.low)
			high, ok2 = ev.toS(r.high)
		}
		dots := ".."
		if r.exclusive {
			dots = "..."
		}
		return &String{Text: low + dots + high, Line: int(m.line)}, ok && ok2, nil
	case "size", "count":
		if m.block == nil && len(m.Args) == 0 {
			items, ok := r.entries(ev)
			return int64(len(items)), ok, nil
		}
	}
	if u := ev.findUnknown(r); u != nil {
		ev.risks++
		result := &Unknown{span: m.span, Reason: u.Reason, many: true, said: u.said}
		return result, true, ev.blockInDoubt(m, result)
	}
	items, ok := r.entries(ev)
	if !ok {
		return nil, false, nil
	}
	return ev.enumerate(m, items)
}

func (ev *Evaluator) rangeStep(m *Call, r *rangeValue) (Value, bool, error) {
	low, ok := r.low.(int64)
	high, ok2 := r.high.(int64)
	by, ok3 := m.Arg(0).(int64)
	if !ok || !ok2 || !ok3 || by < 1 {
		return nil, false, nil
	}
	if r.exclusive {
		high--
	}
	if high < low {
		return m.recv, true, nil
	}
	return ev.countSteps(m, low, high, by)
}
