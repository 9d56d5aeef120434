package check

import (
	"maps"
	"slices"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/role"
)

// mostExpanding bounds the items that are looked at for redundancy, over all
// lists: some hundredths of a second. Repositories of people need a hundredth of
// that; of what is left out, the report tells.
const mostExpanding = 1_000_000

// redundant tells of items that change nothing: an earlier item of the same list
// brings them already, in every environment that takes the list.
func (j *judge) redundant() {
	if !j.on(RedundantItem) {
		return
	}
	environments := j.g.Environments()
	bypassed := map[string]bool{} // what has no bypassed edge brings nothing twice
	for _, e := range j.g.Bypassed(graph.Default) {
		bypassed[e.From] = true
	}
	if len(bypassed) == 0 && len(environments) == 0 {
		return
	}
	x := newExpansion(j.g.Roles)
	for i := range j.g.Roles {
		r := &j.g.Roles[i]
		if x.many[r.Name] {
			continue // which of its files counts is not known
		}
		if bypassed[graph.RoleID(r.Name)] {
			found := x.brought(r, graph.Default, r.RunList)
			j.repeated(r, graph.Default, r.RunList, x.inAll(r, environments, found))
		}
		for _, env := range slices.Sorted(maps.Keys(r.EnvRunLists)) {
			j.repeated(r, env, r.EnvRunLists[env], x.brought(r, env, r.EnvRunLists[env]))
		}
	}
	if x.skipped > 0 {
		j.report.Notes = append(j.report.Notes, RedundantItem+": "+graph.Counted(x.skipped, "run list")+" not looked at, they bring too much")
	}
}

// repeated tells of the redundant items of one list.
func (j *judge) repeated(r *role.Role, env string, list []role.Item, found []pair) {
	id, where := graph.RoleID(r.Name), ""
	if len(r.EnvRunLists) > 0 {
		where = " (" + env + ")"
	}
	for _, p := range found {
		item, by := list[p.item], list[p.by]
		if by.Doubt != "" && by.Doubt != item.Doubt {
			continue // without the other it changes something
		}
		f := Finding{
			Rule: RedundantItem, Message: id + " names " + item.String() + ", which " + by.String() + " before it already brings" + where,
			Nodes: []string{id, item.String()}, Edges: [][2]string{{id, item.String()}},
			Places: []Place{j.place(r.File, item.Line, 0, "redundant: "+item.String()), j.place(r.File, by.Line, 0, "brings it: "+by.String())},
		}
		if item.String() == by.String() {
			f.Message = id + " names " + item.String() + " twice" + where
		}
		j.add(f)
	}
}

// pair is an item of a list and the earlier one that brings it, as places in it.
type pair struct{ item, by int }

// expansion follows run lists as Chef does: each role at its first mention.
type expansion struct {
	number map[string]int  // of each item
	lists  []*lists        // of each item that is a role with one file
	many   map[string]bool // names of roles that several files declare
	seen   []mark          // of each item
	turn   int
	left   int // items that may still be looked at
	// skipped is how many lists came too late for that.
	skipped int
	stack   []int
}

// lists are the run lists of a role, as numbers of items.
type lists struct {
	plain []int
	own   map[string][]int // by environment
}

func (l *lists) in(env string) []int {
	if list, ok := l.own[env]; ok {
		return list
	}
	return l.plain
}

// mark is which item of a list brought another, in which turn.
type mark struct{ turn, by int }

func newExpansion(roles []role.Role) *expansion {
	x := &expansion{number: map[string]int{}, many: map[string]bool{}, left: mostExpanding}
	declared := make(map[string]bool, len(roles))
	for _, r := range roles {
		x.many[r.Name] = declared[r.Name]
		declared[r.Name] = true
	}
	for i := range roles {
		own := &lists{plain: x.numbers(roles[i].RunList), own: make(map[string][]int, len(roles[i].EnvRunLists))}
		for env, items := range roles[i].EnvRunLists {
			own.own[env] = x.numbers(items)
		}
		if at := x.numberOf(graph.RoleID(roles[i].Name)); !x.many[roles[i].Name] {
			x.lists[at] = own
		}
	}
	x.seen = make([]mark, len(x.lists))
	return x
}

func (x *expansion) numbers(items []role.Item) []int {
	all := make([]int, len(items))
	for i, item := range items {
		all[i] = x.numberOf(item.String())
	}
	return all
}

func (x *expansion) numberOf(id string) int {
	n, known := x.number[id]
	if !known {
		n = len(x.number)
		x.number[id] = n
		x.lists = append(x.lists, nil)
	}
	return n
}

// brought are the items of a role's list that an earlier one of it brings.
func (x *expansion) brought(r *role.Role, env string, list []role.Item) []pair {
	if len(list) < 2 {
		return nil
	}
	if x.left <= 0 {
		x.skipped++
		return nil
	}
	x.turn++
	self := x.number[graph.RoleID(r.Name)]
	x.seen[self] = mark{x.turn, -1}
	var found []pair
	var circular []int // items that bring the role itself: another rule's matter
	for i, item := range x.lists[self].in(env) {
		if m := x.seen[item]; m.turn != x.turn {
			if x.bring(item, env, i) {
				circular = append(circular, i)
			}
		} else if m.by >= 0 && !slices.Contains(circular, m.by) {
			found = append(found, pair{i, m.by})
		}
	}
	if x.left <= 0 { // what is circular is not known
		x.skipped++
		return nil
	}
	return found
}

// bring notes all that one item of a list brings. Around says that the role
// whose list it is comes again.
func (x *expansion) bring(item int, env string, by int) (around bool) {
	x.stack = append(x.stack[:0], item)
	for ; len(x.stack) > 0 && x.left > 0; x.left-- {
		top := x.stack[len(x.stack)-1]
		x.stack = x.stack[:len(x.stack)-1]
		if m := x.seen[top]; m.turn == x.turn {
			around = around || m.by < 0
			continue
		}
		x.seen[top] = mark{x.turn, by}
		if l := x.lists[top]; l != nil {
			x.stack = append(x.stack, l.in(env)...)
		}
	}
	return around
}

// inAll are the pairs of a plain list that hold in every environment that takes it.
func (x *expansion) inAll(r *role.Role, environments []string, found []pair) []pair {
	for _, env := range environments {
		if _, own := r.EnvRunLists[env]; own || len(found) == 0 {
			continue
		}
		also := x.brought(r, env, r.RunList)
		found = slices.DeleteFunc(found, func(p pair) bool {
			return !slices.ContainsFunc(also, func(q pair) bool { return q.item == p.item })
		})
	}
	return found
}
