package role

import "strings"

// runList is Chef::RunList: items in order. Only "<<" and what is built on it
// leaves repetitions out.
type runList struct {
	items []Item
	index map[Item]bool // without lines, made when the list grows
}

// add appends an item unless it is there.
func (l *runList) add(i Item) {
	key := i
	key.Line = 0
	if l.index == nil {
		l.index = make(map[Item]bool)
		for _, old := range l.items {
			old.Line = 0
			l.index[old] = true
		}
	}
	if !l.index[key] {
		l.index[key] = true
		l.items = append(l.items, i)
	}
}

func (l *runList) text() string {
	parts := make([]string, len(l.items))
	for i, item := range l.items {
		parts[i] = item.String()
	}
	return strings.Join(parts, ", ")
}

// reset makes a list of a call's arguments, which may be nested.
func (ev *evaluator) reset(l *runList, m *message) error {
	*l = runList{}
	return ev.addAll(l, m, m.args, 0)
}

// addAll adds values and what lists among them hold.
func (ev *evaluator) addAll(l *runList, m *message, values []value, depth int) error {
	if depth > maxDepth {
		return raise(m.span, "ArgumentError", "lists are nested too deep")
	}
	if err := ev.spend(1); err != nil {
		return err
	}
	for _, v := range values {
		var err error
		switch v := v.(type) {
		case *array:
			err = ev.addAll(l, m, v.items, depth+1)
		case *runList:
			for _, i := range v.items {
				l.add(i)
			}
		default:
			err = ev.addOne(l, m, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addOne adds a value as Chef's "<<" does.
func (ev *evaluator) addOne(l *runList, m *message, v value) error {
	item, known, err := ev.item(m, v)
	if err == nil && known {
		l.add(item)
	}
	return err
}

// newRunList makes a list of the value of one environment.
func (ev *evaluator) newRunList(m *message, v value) (*runList, error) {
	l := &runList{}
	if u, ok := isUnknown(v); ok {
		ev.sink(m, u)
		return l, nil
	}
	for _, x := range asArray(ev, v).items {
		item, known, err := ev.item(m, x)
		if err != nil {
			return l, err
		}
		if known {
			l.items = append(l.items, item)
		}
	}
	return l, nil
}

// item makes a run-list item of a value. What is not known is reported.
func (ev *evaluator) item(m *message, v value) (item Item, known bool, err error) {
	switch v := v.(type) {
	case *unknown:
		ev.sink(m, v)
		return Item{}, false, nil
	case *fileName:
		ev.report(m.span, "uses the path of "+v.base)
		return Item{}, false, nil
	case Item:
		return v, true, nil
	case *hash:
		return ev.hashItem(m, v)
	case *str:
		if v.vague != nil {
			ev.sink(m, v.vague)
			return Item{}, false, nil
		}
		line := v.line
		if line == 0 {
			line = int(m.line)
		}
		item, err = parseItem(v.s, line)
		if err != nil {
			return item, false, &raised{class: "ArgumentError", msg: err.Error(), line: line}
		}
		return item, true, nil
	}
	text, _ := ev.inspect(v)
	return Item{}, false, raise(m.span, "ArgumentError", "%s: %s", errItem, clip(text))
}

// hashItem reads {type, name, version} as an item.
func (ev *evaluator) hashItem(m *message, h *hash) (Item, bool, error) {
	if u := ev.findUnknown(h); u != nil {
		ev.sink(m, u)
		return Item{}, false, nil
	}
	field := func(name string) (string, bool) {
		v, ok := h.get(&str{s: name})
		if !ok || v == nil {
			if other, has := h.get(symbol(name)); has {
				v, ok = other, true
			}
		}
		text, known := ev.toS(v)
		return text, ok && known
	}
	kind, hasKind := field("type")
	name, hasName := field("name")
	if !hasKind || !hasName || kind == "" {
		return Item{}, false, raise(m.span, "ArgumentError", "a run-list item as a Hash needs \"type\" and \"name\"")
	}
	version, _ := field("version")
	item := Item{Kind: Kind(kind), Name: name, Version: version, Line: int(m.line)}
	if item.Kind != RecipeItem && item.Kind != RoleItem {
		ev.report(m.span, "names an item of the type "+kind+", which is neither role nor recipe")
		return item, false, nil
	}
	return item, true, nil
}

// sendRunList calls a method of Chef::RunList.
func (ev *evaluator) sendRunList(m *message, l *runList) (value, bool, error) {
	switch m.name {
	case "<<", "push", "add", "remove", "delete", "reset!", "[]=":
		v, err := ev.changeRunList(m, l)
		return v, true, err
	case "include?":
		item, known, err := ev.item(m, m.arg(0))
		if err != nil || !known {
			return m.arg(0), true, err
		}
		for _, i := range l.items {
			if i.same(item) {
				return true, true, nil
			}
		}
		return false, true, nil
	case "empty?":
		return len(l.items) == 0, true, nil
	case "role_names", "roles", "recipe_names", "recipes":
		kind := RecipeItem
		if strings.HasPrefix(m.name, "role") {
			kind = RoleItem
		}
		names := &array{}
		for _, i := range l.items {
			if i.Kind == kind {
				names.items = append(names.items, &str{s: i.Name, line: i.Line})
			}
		}
		return names, true, nil
	case "run_list", "run_list_items":
		return &array{items: l.values(), frozen: true}, true, nil
	case "[]":
		return ev.sendArray(m, &array{items: l.values()})
	}
	return ev.enumerate(m, l.values())
}

func (l *runList) values() []value {
	out := make([]value, len(l.items))
	for i, item := range l.items {
		out[i] = item
	}
	return out
}

// changeRunList calls a method that changes the list.
func (ev *evaluator) changeRunList(m *message, l *runList) (value, error) {
	if len(m.args) == 0 && m.name != "reset!" {
		return nil, raise(m.span, "ArgumentError", "wrong number of arguments for %s (given 0, expected 1)", m.name)
	}
	if ev.maybe(m) {
		return l, nil
	}
	switch m.name {
	case "reset!":
		return l, ev.reset(l, m)
	case "remove", "delete":
		kept := &runList{}
		for _, i := range l.items {
			eq, known := ev.equal(i, m.arg(0))
			if !known {
				ev.report(m.span, "removes what is not known")
			}
			if !eq {
				kept.items = append(kept.items, i)
			}
		}
		*l = *kept
		return l, nil
	case "[]=":
		return ev.replaceItem(m, l)
	}
	if len(m.args) > 1 && vagueAt(m.args) < 0 {
		return nil, raise(m.span, "ArgumentError", "wrong number of arguments for %s (given %d, expected 1)", m.name, len(m.args))
	}
	return l, ev.addOne(l, m, m.arg(0))
}

// replaceItem is list[n] = item.
func (ev *evaluator) replaceItem(m *message, l *runList) (value, error) {
	n, ok := m.arg(0).(int64)
	if !ok || n < 0 || int(n) > len(l.items) {
		return ev.unread(m, "changes an item by its place")
	}
	item, known, err := ev.item(m, m.arg(1))
	if err != nil || !known {
		return nil, err
	}
	l.items = append(l.items[:n:n], append([]Item{item}, l.items[min(int(n)+1, len(l.items)):]...)...)
	l.index = nil
	return m.arg(1), nil
}

// sendItem calls a method of Chef::RunList::RunListItem.
func sendItem(m *message, i Item) (value, bool, error) {
	switch m.name {
	case "name":
		return &str{s: i.Name, line: i.Line}, true, nil
	case "type":
		return symbol(i.Kind), true, nil
	case "version":
		if i.Version == "" {
			return nil, true, nil
		}
		return &str{s: i.Version, line: i.Line}, true, nil
	case "role?":
		return i.Kind == RoleItem, true, nil
	case "recipe?":
		return i.Kind == RecipeItem, true, nil
	case "to_s":
		return &str{s: i.String(), line: i.Line}, true, nil
	}
	return nil, false, nil
}
