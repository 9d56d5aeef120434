package graph

import (
	"cmp"
	"slices"
)

// The least that is worth a role of its own.
const (
	sharedItems = 3
	sharedRoles = 3
)

// overlap is the items that some roles all name.
type overlap struct{ items, roles []int }

// saves is how many items fewer there are when a new role has these, and each of
// the roles names it instead.
func (c overlap) saves() int {
	return len(c.items)*len(c.roles) - len(c.items) - len(c.roles)
}

// shared finds the sets of items worth a role of their own, the biggest saving
// first. What one has is taken out of the lists before the next is sought, so
// that what they save adds up.
func (t *tangles) shared() []Suggestion {
	var all []Suggestion
	for len(all) < suggestedMost {
		c := t.mostShared()
		if len(c.items) < sharedItems {
			break
		}
		all = append(all, Suggestion{Kind: SharedList, Saves: c.saves(), Items: t.names(c.items), In: t.names(c.roles)})
		slices.Sort(c.items)
		t.take(slices.Clone(c.roles), c.items)
	}
	return all
}

// mostShared searches from each item that enough roles name, the most named
// first. All frequent sets would be too many: from an item it goes on to the one
// that most of its roles name too, and so on, and remembers the best on the way.
func (t *tangles) mostShared() overlap {
	var starts []int
	for item, roles := range t.namers {
		if len(roles) >= sharedRoles {
			starts = append(starts, item)
		}
	}
	slices.SortStableFunc(starts, func(x, y int) int { return cmp.Compare(len(t.namers[y]), len(t.namers[x])) })
	longest := 0
	for _, list := range t.lists {
		longest = max(longest, len(list))
	}
	var best overlap
	count := make([]int, len(t.ids))
	for _, item := range starts {
		if n := len(t.namers[item]); best.items != nil && n*longest-n-longest <= best.saves() {
			break // no set around this or a rarer item can save more
		}
		if found := t.growFrom(item, count); found.saves() > best.saves() || best.items == nil && found.items != nil {
			best = found
		}
		if t.effort < 0 {
			break
		}
	}
	return best
}

// growFrom is the best set found around an item. count is all zero, and left so.
func (t *tangles) growFrom(item int, count []int) overlap {
	now := overlap{items: []int{item}, roles: t.namers[item]}
	var best overlap
	for len(now.roles) >= sharedRoles {
		next, most := t.mostNamed(now, count)
		if len(next) == 0 || most < sharedRoles {
			break
		}
		if most == len(now.roles) { // all of them come for nothing
			now.items = append(now.items, next...)
		} else {
			now.items = append(now.items, next[0])
			now.roles = slices.DeleteFunc(slices.Clone(now.roles), func(role int) bool {
				_, has := slices.BinarySearch(t.lists[role], next[0])
				return !has
			})
		}
		if len(now.items) >= sharedItems && (best.items == nil || now.saves() > best.saves()) {
			best = overlap{slices.Clone(now.items), now.roles}
		}
	}
	return best
}

// mostNamed is the items beside these that most of the roles name, and how many
// do.
func (t *tangles) mostNamed(now overlap, count []int) (items []int, most int) {
	var touched []int
	for _, role := range now.roles {
		if !t.spend(len(t.lists[role])) {
			break
		}
		for _, item := range t.lists[role] {
			if count[item] == 0 {
				touched = append(touched, item)
			}
			count[item]++
		}
	}
	for _, item := range now.items {
		count[item] = 0
	}
	slices.Sort(touched)
	for _, item := range touched {
		switch {
		case count[item] > most:
			items, most = []int{item}, count[item]
		case count[item] == most && most > 0:
			items = append(items, item)
		}
		count[item] = 0
	}
	return items, most
}
