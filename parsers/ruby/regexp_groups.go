package ruby

// The groups of the last match, $1 and on, belong to the method that matched.

// matched keeps the groups of a match, whose places in s are given; nil for none.
func (ev *Evaluator) matched(s *String, places []int) {
	ev.keepGroups(groupValues(s, places))
}

// groupValues are a match and its groups, nil for those that took no part.
func groupValues(s *String, places []int) []Value {
	values := make([]Value, 0, len(places)/2)
	for i := 0; i+1 < len(places); i += 2 {
		if places[i] < 0 {
			values = append(values, nil)
			continue
		}
		values = append(values, s.text(s.Text[places[i]:places[i+1]]))
	}
	return values
}

// forgetGroups makes the groups of the last match unknown.
func (ev *Evaluator) forgetGroups() { ev.keepGroups(nil) }

func (ev *Evaluator) keepGroups(values []Value) {
	if len(ev.doubts) > 0 && ev.groups != nil {
		ev.trail = append(ev.trail, func() { ev.groups = nil })
	}
	ev.groups = values
}

// group is the value of $1 to $9; known is false where no match is known.
func (ev *Evaluator) group(name string) (v Value, known bool) {
	if len(name) != 2 || name[1] < '1' || name[1] > '9' || ev.groups == nil {
		return nil, false
	}
	return itemAt(ev.groups, int(name[1]-'0')), true
}

// matches tells the methods that match a regexp and keep its groups.
func matches(name string) bool {
	switch name {
	case "=~", "match", "===", "[]", "slice", "sub", "gsub", "sub!", "gsub!", "scan", "index", "rindex", "partition",
		"rpartition", "slice!", "start_with?", "grep", "split":
		return true
	}
	return false
}

// nameGroups assigns the variables of /(?<name>…)/ =~ text.
func (ev *Evaluator) nameGroups(n *callNode, m *Call, f *frame) {
	literal, ok := n.recv.(*textNode)
	r, isRegexp := m.recv.(*regexpValue)
	if !ok || n.name != "=~" || literal.kind != litRegexp || !isRegexp {
		return
	}
	names := groupName.FindAllStringSubmatch(r.source, -1)
	if len(names) == 0 {
		return
	}
	re, compiled := r.compile()
	s, isText := m.Arg(0).(*String)
	for _, name := range names {
		var v Value = &Unknown{span: m.span, Reason: "is what a regexp matches"}
		if compiled && isText && s.vague == nil {
			v = nil
			if places := re.FindStringSubmatchIndex(s.Text); places != nil {
				v = groupValues(s, places)[re.SubexpIndex(name[1])]
			}
		}
		ev.setLocal(f, name[1], v)
	}
}

func isInt(v Value) bool {
	_, ok := v.(int64)
	return ok
}
