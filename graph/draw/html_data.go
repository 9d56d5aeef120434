package draw

import (
	"maps"
	"slices"
	"strings"

	"github.com/converged/converged/graph"
)

// What the page's script knows. Nodes, edges and environments are named by their
// index; lists that are empty are left out.
type (
	pageData struct {
		Link         string        `json:"link,omitzero"`   // to a file: a template with {file}, {path} and {line}
		Root         string        `json:"root,omitzero"`   // see HTMLOptions; encoded, without a slash at its end
		Here         string        `json:"here,omitzero"`   // the same
		Reload       string        `json:"reload,omitzero"` // see HTMLOptions
		Environments []string      `json:"environments"`    // the first is _default
		Nodes        []pageNode    `json:"nodes"`
		Edges        []pageEdge    `json:"edges"`
		Cycles       []pageCycle   `json:"cycles"`
		Problems     []pageProblem `json:"problems"` // of files that no node is declared in
	}
	pageNode struct {
		ID    string     `json:"id"`             // as data-name
		Label string     `json:"label,omitzero"` // the ID to look at, where it differs
		Kind  graph.Kind `json:"kind"`
		File  string     `json:"file,omitzero"`
		Line  int        `json:"line,omitzero"`

		External     bool             `json:"external,omitzero"`
		Change       graph.Change     `json:"change,omitzero"`
		Members      int              `json:"members,omitzero"`
		Missing      bool             `json:"missing,omitzero"`
		Incomplete   bool             `json:"incomplete,omitzero"`
		Descriptions []string         `json:"descriptions,omitempty"`
		Own          []int            `json:"own,omitempty"` // environments with a list of its own
		In           []int            `json:"in,omitempty"`  // the environment it is there in; all without
		Lists        []pageList       `json:"lists,omitempty"`
		Unresolved   []pageUnresolved `json:"unresolved,omitempty"`
		Problems     []pageProblem    `json:"problems,omitempty"`
	}
	pageList struct {
		Environment string     `json:"environment"`
		File        string     `json:"file"`
		Items       []pageItem `json:"items"`
	}
	pageItem struct {
		Name      string `json:"name"`
		Node      int    `json:"node"` // -1 when it is not drawn
		Line      int    `json:"line"`
		Condition string `json:"condition,omitzero"` // it may be there
	}
	pageEdge struct {
		From     int            `json:"from"`
		To       int            `json:"to"`
		Relation graph.Relation `json:"relation"`
		Maybe    bool           `json:"maybe,omitzero"`
		Change   graph.Change   `json:"change,omitzero"`
		Only     []int          `json:"only,omitempty"` // environments; everywhere without
		File     string         `json:"file,omitzero"`
		Line     int            `json:"line,omitzero"`
	}
	pageCycle struct {
		Path      []int `json:"path"`
		Component []int `json:"component"`
	}
	pageUnresolved struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Text   string `json:"text"`
		Reason string `json:"reason"`
	}
	pageProblem struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Kind    string `json:"kind"`
		Message string `json:"message"`
	}
)

// describer is a page's data in the making.
type describer struct {
	pageData
	graph *graph.Graph
	names map[string]string
	nodes map[string]int // by ID
	envs  map[string]int
}

func describe(s *Sheet, g *graph.Graph, link string, o HTMLOptions) pageData {
	d := describer{graph: g, names: names(g, clean), nodes: map[string]int{}, envs: map[string]int{}}
	d.pageData = pageData{Link: link, Reload: o.Reload, Environments: []string{}, Nodes: []pageNode{}, Edges: []pageEdge{}, Cycles: []pageCycle{}, Problems: []pageProblem{}}
	if strings.Contains(link, "{file}") {
		d.Root, d.Here = encodeDir(o.Root), encodeDir(o.Here)
	}
	for i, env := range environments(g) {
		d.envs[env] = i
		d.Environments = append(d.Environments, printable(env))
	}
	for i, n := range g.Nodes {
		d.nodes[n.ID] = i
		d.Nodes = append(d.Nodes, d.node(n, s.boxes[i].name))
	}
	for k, r := range g.Roles {
		if i, drawn := d.nodes[graph.RoleID(r.Name)]; drawn {
			d.declare(&d.Nodes[i], k)
		}
	}
	for _, e := range g.Edges {
		d.edge(e)
	}
	for _, c := range g.Cycles() {
		d.Cycles = append(d.Cycles, pageCycle{Path: d.indices(c.Path), Component: d.indices(c.Component)})
	}
	d.problems()
	return d.pageData
}

// environments are all that are named anywhere, Default first.
func environments(g *graph.Graph) []string {
	all := g.Environments()
	for _, e := range g.Edges {
		all = append(all, e.Environments...)
	}
	for _, n := range g.Nodes {
		if home := n.Home(); home != "" {
			all = append(all, home)
		}
	}
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(env string) bool { return env == graph.Default })
	return append([]string{graph.Default}, all...)
}

func (d *describer) node(n graph.Node, name string) pageNode {
	p := pageNode{ID: name, Kind: n.Kind, File: clean(n.File), Line: n.Line, Missing: n.Missing, Incomplete: n.Incomplete, External: n.External, Change: n.Change, Members: n.Members}
	if shown := short(printable(n.ID)); shown != name {
		p.Label = shown
	}
	for env, i := range d.envs {
		if i > 0 && d.graph.HasList(n.ID, env) {
			p.Own = append(p.Own, i)
		}
	}
	slices.Sort(p.Own)
	if home := n.Home(); home != "" {
		p.In = []int{d.envs[home]}
	}
	return p
}

// short is s, or its beginning where a page has no room for it.
func short(s string) string {
	const most = 300
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// declare adds what one of the graph's roles says of its node; several may.
func (d *describer) declare(p *pageNode, which int) {
	r := d.graph.Roles[which]
	if text := strings.TrimSpace(clean(r.Description)); text != "" && !slices.Contains(p.Descriptions, text) {
		p.Descriptions = append(p.Descriptions, text)
	}
	for _, env := range append([]string{graph.Default}, slices.Sorted(maps.Keys(r.EnvRunLists))...) {
		items := r.EnvRunLists[env]
		if env == graph.Default {
			items = r.RunList
		}
		list := pageList{Environment: printable(env), File: clean(r.File), Items: []pageItem{}}
		for _, item := range items {
			list.Items = append(list.Items, d.item(item.String(), item.Line, item.Doubt))
		}
		for _, m := range r.Maybe {
			if m.Environment == env {
				list.Items = append(list.Items, d.item(m.String(), m.Line, m.Condition))
			}
		}
		p.Lists = append(p.Lists, list)
	}
	for _, u := range r.Unresolved {
		p.Unresolved = append(p.Unresolved, pageUnresolved{clean(u.File), u.Line, clean(u.Text), clean(u.Reason)})
	}
}

func (d *describer) item(id string, line int, condition string) pageItem {
	i, drawn := d.nodes[id]
	if !drawn {
		i = -1
	}
	return pageItem{Name: short(printable(id)), Node: i, Line: line, Condition: clean(condition)}
}

func (d *describer) edge(e graph.Edge) {
	p := pageEdge{From: d.nodes[e.From], To: d.nodes[e.To], Relation: e.Relation, Maybe: e.Maybe, Change: e.Change, File: clean(e.File), Line: e.Line}
	for _, env := range e.Only() {
		if i, known := d.envs[env]; known {
			p.Only = append(p.Only, i)
		}
	}
	d.Edges = append(d.Edges, p)
}

func (d *describer) indices(ids []string) []int {
	list := make([]int, len(ids))
	for i, id := range ids {
		list[i] = d.nodes[id]
	}
	return list
}

// problems tells each to the node that its file declares, the rest to the page.
func (d *describer) problems() {
	declared := map[string]int{}
	for _, r := range d.graph.Roles {
		if i, drawn := d.nodes[graph.RoleID(r.Name)]; drawn {
			declared[r.File] = i
		}
	}
	for _, p := range d.graph.Problems {
		told := pageProblem{clean(p.File), p.Line, string(p.Kind), clean(p.Message)}
		if i, ok := declared[p.File]; ok {
			d.Nodes[i].Problems = append(d.Nodes[i].Problems, told)
		} else {
			d.Problems = append(d.Problems, told)
		}
	}
}
