package draw

import (
	"slices"

	"github.com/converged/converged/graph"
)

// meaning is what a tone says.
type meaning struct {
	tone  tone
	edge  bool
	words string
}

// meanings are the legend's entries for what occurs, in a fixed order.
func (p *placer) meanings() []key {
	keys := p.kindKeys()
	occurs, plain := p.occurs(), "depends on"
	if p.fanned() {
		plain += "; its colour only tells it from its neighbours"
	}
	for _, m := range append([]meaning{
		{missingTone, false, "missing: no file declares it"},
		{externalTone, false, "comes from elsewhere"},
		{cycleTone, false, "in a cycle"},
		{badgeTone, false, "holds what is not known without running it"},
		{plainEdge, true, plain},
		{dependsEdge, true, "cookbook's metadata"},
		{partEdge, true, "belongs to"},
		{envEdge, true, "in these environments"},
		{maybeEdge, true, "only if a condition holds"},
		{cycleEdge, true, "cycle"},
		{tangledEdge, true, "tied up with a cycle"},
		{faintEdge, true, "to " + graph.Counted(p.hubs, "hub") + ", drawn faint"},
	}, changeMeanings()...) {
		if !occurs[m.tone.name] {
			continue
		}
		k := key{text: text{string: m.words}}
		if m.edge {
			k.wire = &wire{tone: m.tone}
		} else {
			k.box = &box{tone: m.tone}
		}
		keys = append(keys, k)
	}
	if slices.ContainsFunc(p.wires, func(w wire) bool { return w.cased }) {
		keys = append(keys, key{wire: &wire{tone: changedEdges[graph.Added], cased: true}, text: text{string: "of a new cycle"}})
	}
	return keys
}

// kindKeys are the kinds of nodes that occur; what changed has tones of its own.
func (p *placer) kindKeys() []key {
	var keys []key
	for _, l := range looks {
		if p.diff || !slices.ContainsFunc(p.boxes, func(b box) bool { return lookOf(b.kind).kind == l.kind }) {
			continue
		}
		keys = append(keys, key{box: &box{tone: l.tone, kind: l.kind}, text: text{string: l.noun}})
	}
	return keys
}

// occurs are the names of the tones that occur.
func (p *placer) occurs() map[string]bool {
	seen := map[string]bool{}
	for _, b := range p.boxes {
		seen[b.tone.name] = true
		seen[badgeTone.name] = seen[badgeTone.name] || b.incomplete
	}
	for i, w := range p.wires {
		seen[w.tone.name] = true
		if p.diff {
			continue
		}
		e := p.graph.Edges[i]
		seen[envEdge.name] = seen[envEdge.name] || len(e.Only()) > 0
		seen[maybeEdge.name] = seen[maybeEdge.name] || e.Maybe
	}
	return seen
}

// tones are those that boxes, edges and lines of text have, in the order of their
// first use, each name once.
func (s *Sheet) tones() (nodes, edges []tone) {
	seen := map[string]bool{}
	use := func(list *[]tone, t tone) {
		if !seen[t.name] {
			seen[t.name] = true
			*list = append(*list, t)
		}
	}
	for _, k := range s.keys {
		if k.box != nil {
			use(&nodes, k.box.tone)
		} else {
			use(&edges, k.wire.tone)
		}
	}
	for _, b := range s.boxes {
		use(&nodes, b.tone)
	}
	for _, w := range s.wires {
		use(&edges, w.tone)
		if w.cased {
			use(&edges, casingEdge)
		}
	}
	for _, t := range s.texts {
		if t.class == cycleEdge.name+"-ink" { // names a cycle that no edge of a diff has the tone of
			use(&edges, cycleEdge)
		}
	}
	return nodes, edges
}
