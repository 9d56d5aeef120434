package draw

import "github.com/converged/converged/graph"

// look is how the nodes of one kind are drawn: each by a shape and a tone of its
// own, so that neither colour nor print is needed to tell them apart.
type look struct {
	kind    graph.Kind
	noun    string
	tone    tone
	bold    bool
	dot     string    // the nearest shape that Graphviz has
	mermaid [2]string // what stands around a label there
}

// looks are in the order of the legend. In a black-and-white print the shapes
// tell them apart, and the node's fill, the darkest by far.
var looks = []look{
	{graph.Role, "role", roleTone, true, "box", [2]string{"(", ")"}},
	{graph.Recipe, "recipe", recipeTone, false, "component", [2]string{"[[", "]]"}},
	{graph.Cookbook, "cookbook", cookbookTone, true, "cylinder", [2]string{"[(", ")]"}},
	{graph.Machine, "node", machineTone, true, "box3d", [2]string{"{{", "}}"}},
	{graph.Environment, "environment", environmentTone, true, "ellipse", [2]string{"([", "])"}},
	{graph.Policy, "policy", policyTone, true, "note", [2]string{"[/", "/]"}},
	{graph.Folder, "folder", folderTone, true, "folder", [2]string{"[", "]"}},
}

// lookOf is the look of a kind; a kind that has none looks like a role.
func lookOf(k graph.Kind) look {
	for _, l := range looks {
		if l.kind == k {
			return l
		}
	}
	return looks[0]
}

// nodeTone says with its colour and its dashes what is special about a node, a
// change before a cycle before an absence, else its kind.
func nodeTone(n graph.Node, p part) tone {
	if t, ok := changedTone(n); ok {
		return t
	}
	switch {
	case p == onCycle:
		return cycleTone
	case p == tangled:
		return tangledTone
	case n.Missing:
		return missingTone
	case n.External:
		return externalTone
	}
	return lookOf(n.Kind).tone
}

// edgeTone says with its colour what is special about an edge, else why it is
// there; its dashes say on what it depends.
func edgeTone(e graph.Edge, p part) tone {
	if t, ok := changedEdges[e.Change]; ok {
		return t
	}
	t := relationTone(e.Relation)
	switch {
	case p == onCycle:
		t = cycleEdge
	case p == tangled:
		t = tangledEdge
	case len(e.Only()) > 0:
		t = envEdge
	}
	if len(e.Only()) > 0 {
		t.dash = envEdge.dash
	}
	if e.Maybe {
		t.dash = maybeDash
	}
	return t
}

func relationTone(r graph.Relation) tone {
	switch r {
	case graph.Depends:
		return dependsEdge
	case graph.PartOf, graph.Belongs:
		return partEdge
	}
	return plainEdge
}

// hollow says whether the edge's head is an outline: what it leads to holds its
// start or is held ready for it, and is not run by it.
func (t tone) hollow() bool { return t.name == dependsEdge.name || t.name == partEdge.name }
