package role

import (
	"slices"
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

// runList is Chef::RunList: items in order. Only "<<" and what is built on it
// leaves repetitions out.
type runList struct {
	items []Item
	maybe []MaybeItem  // that it may hold besides, Environment left empty
	index map[Item]int // by key, the place in items; made when the list grows
}

// place is where an item stands, whatever its line, and whether it is there.
func (l *runList) place(i Item) (at int, there bool) {
	if l.index == nil {
		l.index = make(map[Item]int)
		for at, old := range l.items {
			l.index[old.key()] = at
		}
	}
	at, there = l.index[i.key()]
	return at, there
}

// add appends an item unless it is there. One that is added for certain is there
// for certain.
func (l *runList) add(i Item) {
	switch at, there := l.place(i); {
	case !there:
		l.index[i.key()] = len(l.items)
		l.items = append(l.items, i)
	case i.Doubt == "":
		l.items[at].Doubt = ""
	}
}

// String is what to_s gives.
func (l *runList) String() string {
	parts := make([]string, len(l.items))
	for i, item := range l.items {
		parts[i] = item.String()
	}
	return strings.Join(parts, ", ")
}

// Items makes run-list items of values as Chef::RunList does: lists among them
// are flattened, repetitions left out. What is not known is reported at the call.
// The error is that of Call.Raise, with the items before it.
func Items(c *ruby.Call, values []ruby.Value) ([]Item, error) {
	l := &runList{}
	err := l.addAll(c, values, 0)
	return l.items, err
}

// reset makes a list of a call's arguments, which may be nested.
func (l *runList) reset(c *ruby.Call) error {
	*l = runList{}
	return l.addAll(c, c.Args, 0)
}

// addAll adds values and what lists among them hold.
func (l *runList) addAll(c *ruby.Call, values []ruby.Value, depth int) error {
	if depth > ruby.MaxDepth {
		return c.Raise("ArgumentError", "lists are nested too deep")
	}
	if err := c.Spend(1); err != nil {
		return err
	}
	for _, v := range values {
		var err error
		switch v := v.(type) {
		case *ruby.Array:
			err = l.addAll(c, v.Items, depth+1)
		case *runList:
			if err = c.Spend(len(v.items)); err != nil {
				return err
			}
			for _, i := range v.items {
				l.add(i)
			}
			l.maybe = append(l.maybe, v.maybe...)
		default:
			err = l.addOne(c, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addOne adds a value as Chef's "<<" does.
func (l *runList) addOne(c *ruby.Call, v ruby.Value) error {
	item, known, err := itemOf(c, v)
	if err == nil && known {
		l.add(item)
	}
	if err == nil && !known {
		err = suppose(c, &l.maybe, v, "", 0)
	}
	return err
}

// newRunList makes a list of the value of one environment.
func newRunList(c *ruby.Call, v ruby.Value) (*runList, error) {
	l := &runList{}
	if u, ok := v.(*ruby.Unknown); ok {
		c.Lose(u)
		return l, suppose(c, &l.maybe, u, "", 0)
	}
	for _, x := range c.List(v) {
		item, known, err := itemOf(c, x)
		if err != nil {
			return l, err
		}
		if known {
			l.items = append(l.items, item)
		} else if err := suppose(c, &l.maybe, x, "", 0); err != nil {
			return l, err
		}
	}
	return l, nil
}

// Class names the class that the object stands for.
func (l *runList) Class() string { return "Chef::RunList" }

// Values are the items as a file sees them.
func (l *runList) Values() []ruby.Value {
	out := make([]ruby.Value, len(l.items))
	for i, item := range l.items {
		out[i] = itemObject{item}
	}
	return out
}

// Send calls a method of Chef::RunList.
func (l *runList) Send(c *ruby.Call) (ruby.Value, bool, error) {
	switch c.Name {
	case "include?", "empty?", "<<", "push", "add", "remove", "delete":
	default: // what looks at every item
		if err := c.Spend(len(l.items)); err != nil {
			return nil, true, err
		}
	}
	switch c.Name {
	case "<<", "push", "add", "remove", "delete", "reset!", "[]=":
		v, err := l.changeRunList(c)
		return v, true, err
	case "include?":
		item, known, err := itemOf(c, c.Arg(0))
		if err != nil || !known {
			return c.Arg(0), true, err
		}
		_, there := l.place(item)
		return there, true, nil
	case "empty?":
		return len(l.items) == 0, true, nil
	case "role_names", "roles", "recipe_names", "recipes":
		kind := RecipeItem
		if strings.HasPrefix(c.Name, "role") {
			kind = RoleItem
		}
		names := &ruby.Array{}
		for _, i := range l.items {
			if i.Kind == kind {
				names.Items = append(names.Items, &ruby.String{Text: i.Name, Line: i.Line})
			}
		}
		return names, true, nil
	case "run_list", "run_list_items":
		return ruby.Frozen(l.Values()), true, nil
	case "[]":
		return c.AsArray(l.Values())
	}
	return c.Enumerate(l.Values())
}

// changeRunList calls a method that changes the list.
func (l *runList) changeRunList(c *ruby.Call) (ruby.Value, error) {
	if len(c.Args) == 0 && c.Name != "reset!" {
		return nil, c.Raise("ArgumentError", "wrong number of arguments for %s (given 0, expected 1)", c.Name)
	}
	if condition, inDoubt := maybe(c); inDoubt {
		if err := l.doubtRemoval(c); err != nil {
			return nil, err
		}
		if c.Name == "remove" || c.Name == "delete" {
			return l, nil
		}
		return l, l.supposeAll(c, condition)
	}
	switch c.Name {
	case "reset!":
		return l, l.reset(c)
	case "remove", "delete":
		return l, l.remove(c)
	case "[]=":
		return l.replaceItem(c)
	}
	if len(c.Args) > 1 && !c.Vague() {
		return nil, c.Raise("ArgumentError", "wrong number of arguments for %s (given %d, expected 1)", c.Name, len(c.Args))
	}
	return l, l.addOne(c, c.Arg(0))
}

// replaceItem is list[n] = item.
func (l *runList) replaceItem(c *ruby.Call) (ruby.Value, error) {
	n, ok := c.Arg(0).(int64)
	if !ok || n < 0 || int(n) > len(l.items) {
		return c.Unread("changes an item by its place")
	}
	item, known, err := itemOf(c, c.Arg(1))
	if err != nil || !known {
		return nil, err
	}
	l.items = append(l.items[:n:n], append([]Item{item}, l.items[min(int(n)+1, len(l.items)):]...)...)
	l.index = nil
	return c.Arg(1), nil
}

// remove takes away the items that equal the argument. Those of which that is not
// known stay, in doubt.
func (l *runList) remove(c *ruby.Call) error {
	if err := c.Spend(2 * len(l.items)); err != nil {
		return err
	}
	const vague = "removes what is not known"
	unsure := false
	equal := func(i Item) bool {
		eq, known := c.Equal(itemObject{i}, c.Arg(0))
		if !known {
			unsure = true
			c.Report(vague)
		}
		return eq && known
	}
	if slices.ContainsFunc(l.items, equal) {
		l.items, l.index = slices.DeleteFunc(slices.Clone(l.items), equal), nil
	}
	if !unsure {
		return nil
	}
	return l.doubtUnless(c, vague, func(i Item) bool {
		_, known := c.Equal(itemObject{i}, c.Arg(0))
		return known
	})
}
