package role

import (
	"strings"

	"github.com/converged/converged/parsers/ruby"
)

const (
	maxMaybe      = 10_000 // items in doubt of one list
	maxMaybeDepth = 20     // of lists and conditions within each other
)

// suppose adds to the items in doubt what a value may add to a list if a
// condition holds. Without a condition only what is not known counts: the rest
// is in the list already.
func suppose(c *ruby.Call, to *[]MaybeItem, v ruby.Value, condition string, depth int) error {
	if err := c.Spend(1); err != nil || depth > maxMaybeDepth || len(*to) >= maxMaybe {
		return err
	}
	var values []ruby.Value
	switch v := v.(type) {
	case *ruby.Unknown:
		for _, choice := range c.Choices(v) {
			if err := suppose(c, to, choice.Value, both(condition, choice.Condition), depth+1); err != nil {
				return err
			}
		}
		return nil
	case *ruby.Array:
		values = v.Items
	case *runList:
		values = v.Values()
		for _, m := range v.maybe {
			m.Condition = both(condition, m.Condition)
			*to = append(*to, m)
		}
	default:
		if item, ok := supposedItem(c, v); ok && condition != "" {
			*to = append(*to, MaybeItem{Item: item, Condition: condition})
		}
		return nil
	}
	for _, x := range values {
		if err := suppose(c, to, x, condition, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// supposedItem is the item that a value makes, if it is known and makes one.
func supposedItem(c *ruby.Call, v ruby.Value) (Item, bool) {
	switch v := v.(type) {
	case itemObject:
		return v.Item, true
	case *ruby.String, *ruby.Hash:
		if c.Find(v) == nil {
			item, known, err := itemOf(c, v)
			return item, known && err == nil
		}
	}
	return Item{}, false
}

// both joins two conditions, each of which may be empty.
func both(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return ruby.Clip(a + " and " + b)
}

// supposeAll adds what the arguments of a call would add to a list if it ran.
func (l *runList) supposeAll(c *ruby.Call, condition string) error {
	for _, v := range c.Args {
		if err := suppose(c, &l.maybe, v, condition, 0); err != nil {
			return err
		}
	}
	return nil
}

// supposeChoices adds what env_run_lists would make of an unknown argument.
func (r *roleObject) supposeChoices(c *ruby.Call, u *ruby.Unknown) error {
	d, _ := c.Doubt()
	for _, choice := range c.Choices(u) {
		if lists, ok := choice.Value.(*ruby.Hash); ok {
			if err := r.supposeLists(c, lists, both(d.Condition, choice.Condition)); err != nil {
				return err
			}
		}
	}
	return nil
}

// supposeLists adds what the lists of a call of env_run_lists would hold if it ran.
func (r *roleObject) supposeLists(c *ruby.Call, lists *ruby.Hash, condition string) error {
	for env, v := range lists.All() {
		name, ok := ruby.Name(env)
		if !ok {
			continue
		}
		first := len(r.maybe)
		err := suppose(c, &r.maybe, v, condition, 0)
		for i := range r.maybe[first:] {
			r.maybe[first+i].Environment = strings.Clone(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settling gives a role its items in doubt, without repetitions and without
// what the list in question holds for certain.
type settling struct {
	role *Role
	seen map[MaybeItem]bool       // without lines
	held map[string]map[Item]bool // by environment, without lines
}

func (s *settling) add(maybe []MaybeItem) {
	for _, m := range maybe {
		key := m
		key.Item = m.key()
		if s.seen[key] || s.certain(m.Environment)[key.Item] {
			continue
		}
		s.seen[key] = true
		m.Doubt = "" // its own condition decides
		m.Name, m.Version = strings.Clone(m.Name), strings.Clone(m.Version)
		s.role.Maybe = append(s.role.Maybe, m)
	}
}

// certain are the items that an environment's list holds for certain.
func (s *settling) certain(env string) map[Item]bool {
	if held, ok := s.held[env]; ok {
		return held
	}
	items := s.role.EnvRunLists[env]
	if env == defaultEnv {
		items = s.role.RunList
	}
	held := make(map[Item]bool, len(items))
	for _, i := range items {
		held[i.key()] = true
	}
	s.held[env] = held
	return held
}
