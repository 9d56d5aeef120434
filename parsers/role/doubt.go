package role

import (
	"cmp"

	"github.com/converged/converged/parsers/ruby"
)

// doubt is the condition of a call that may or may not run, else why that is not
// known; empty when it runs.
func doubt(c *ruby.Call) string {
	d, inDoubt := c.Doubt()
	if !inDoubt {
		return ""
	}
	return cmp.Or(d.Condition, ruby.Clip(d.Reason), "it may not run")
}

// chooses is the condition that decides what a value is, else why it is not known.
func chooses(c *ruby.Call, u *ruby.Unknown) string {
	for _, choice := range c.Choices(u) {
		if choice.Condition != "" {
			return choice.Condition
		}
	}
	return ruby.Clip(u.Reason)
}

// doubtUnless marks the items of a list that a condition may take away: all but
// those that remain. The first condition of an item stays.
func (l *runList) doubtUnless(c *ruby.Call, condition string, remains func(Item) bool) error {
	if l == nil || condition == "" {
		return nil
	}
	if err := c.Spend(len(l.items)); err != nil {
		return err
	}
	for i := range l.items {
		if item := &l.items[i]; item.Doubt == "" && !remains(*item) {
			item.Doubt = condition
		}
	}
	return nil
}

// doubtReplaced marks what a list loses if it is replaced by these values.
func (l *runList) doubtReplaced(c *ruby.Call, condition string, by []ruby.Value) error {
	if l == nil || len(l.items) == 0 {
		return nil
	}
	kept := make(map[Item]bool)
	if err := keep(c, kept, by, 0); err != nil {
		return err
	}
	return l.doubtUnless(c, condition, func(i Item) bool { return kept[i.key()] })
}

// keep gathers the items that values make for certain.
func keep(c *ruby.Call, to map[Item]bool, values []ruby.Value, depth int) error {
	if err := c.Spend(1 + len(values)); err != nil || depth > maxMaybeDepth {
		return err
	}
	for _, v := range values {
		switch v := v.(type) {
		case *ruby.Array:
			if err := keep(c, to, v.Items, depth+1); err != nil {
				return err
			}
		case *runList:
			for _, i := range v.items {
				if i.Doubt == "" {
					to[i.key()] = true
				}
			}
		default:
			if item, ok := supposedItem(c, v); ok {
				to[item.key()] = true
			}
		}
	}
	return nil
}

// doubtLists marks what the role's lists lose if those of a call of env_run_lists
// take their place; without replace only those of the same environments go.
func (r *roleObject) doubtLists(c *ruby.Call, by *ruby.Hash, condition string, replace bool) error {
	for env, v := range r.lists.All() {
		l, isList := v.(*runList)
		now, there := by.Get(env)
		if !isList || !there && !replace {
			continue
		}
		var values []ruby.Value
		switch now := now.(type) {
		case nil, *ruby.Unknown:
		case *runList:
			values = []ruby.Value{now}
		default:
			values = c.List(now)
		}
		if err := l.doubtReplaced(c, condition, values); err != nil {
			return err
		}
	}
	return nil
}

// doubtRemoval marks the items that a call in doubt may take away.
func (l *runList) doubtRemoval(c *ruby.Call) error {
	n, isPlace := c.Arg(0).(int64)
	switch c.Name {
	case "reset!":
		return l.doubtReplaced(c, doubt(c), c.Args)
	case "remove", "delete":
		return l.doubtUnless(c, doubt(c), func(i Item) bool {
			eq, known := c.Equal(itemObject{i}, c.Arg(0))
			return known && !eq
		})
	case "[]=":
		return l.doubtUnless(c, doubt(c), func(i Item) bool {
			return isPlace && n >= 0 && (n >= int64(len(l.items)) || !i.same(l.items[n]))
		})
	}
	return nil
}
