package draw

import (
	"math"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/layout"
)

// Lengths in points.
const (
	tabRadius = 0.8
	badgeRoom = 6 // a badge stands out of its box by less
)

// radius of the box's corners: roles are round, components are not.
func (b box) radius() float64 {
	switch b.kind {
	case graph.Recipe, graph.Cookbook, graph.Policy:
		return 1.5
	case graph.Machine, graph.Folder:
		return 3
	case graph.Environment, badgeKind:
		return b.h / 2
	}
	return min(7, b.h/2.5)
}

// inner is a rectangle inside a box that tells its kind.
type inner struct {
	area
	radius float64
}

// inners lie inside the box, so that edges end at its border: the two tabs of a
// component, the spine of a book, the slots of a machine, the second line around
// an environment, the tab of a folder.
func (b box) inners() []inner {
	switch b.kind {
	case graph.Recipe:
		w, h := b.h*0.3, b.h*0.19
		return []inner{{area{b.x, b.y + b.h*0.22, w, h}, tabRadius}, {area{b.x, b.y + b.h*0.78 - h, w, h}, tabRadius}}
	case graph.Cookbook:
		return []inner{{area{b.x, b.y, b.h * 0.24, b.h}, 1.5}}
	case graph.Machine:
		var slots []inner
		for i := range 3 {
			slots = append(slots, inner{area{b.x + b.h*0.2, b.y + b.h*(0.2+0.24*float64(i)), b.h * 0.3, b.h * 0.12}, tabRadius})
		}
		return slots
	case graph.Environment:
		in := b.h * 0.11
		return []inner{{area{b.x + in, b.y + in, b.w - 2*in, b.h - 2*in}, b.h/2 - in}}
	case graph.Folder:
		return []inner{{area{b.x, b.y, b.h * 0.9, b.h * 0.2}, 2}}
	}
	return nil
}

// fold is the corner of a policy, turned down; empty for all others.
func (b box) fold() []layout.Point {
	if b.kind != graph.Policy {
		return nil
	}
	in, right := b.h*0.36, b.x+b.w
	return []layout.Point{{X: right - in, Y: b.y}, {X: right, Y: b.y + in}, {X: right - in, Y: b.y + in}}
}

// aside is how far to the right the label stands, to leave the rest its room.
func (b box) aside() float64 {
	switch b.kind {
	case graph.Recipe, graph.Cookbook:
		return 3
	case graph.Machine:
		return 5
	case graph.Policy:
		return -2
	}
	return 0
}

// badgeKind has a shape and stands for nothing in a graph.
const badgeKind graph.Kind = "badge"

// badge is the sign at the upper right corner of a box that there may be more.
func (b box) badge() box {
	const size = 10
	return badgeAt(b.x+b.w-size*0.6, b.y-size*0.4, size)
}

func badgeAt(x, y, size float64) box {
	b := box{x: x, y: y, w: size, h: size, kind: badgeKind, tone: badgeTone}
	b.label = text{x: x + size/2, y: baseline(y+size/2, size*0.8), string: "?", size: size * 0.8, bold: true, middle: true, width: size * 0.8 * 0.611, fill: badgeTone.ink, class: badgeTone.name + "-ink"}
	return b
}

// tip is the arrowhead: a slim triangle with its notch, its point at the end of
// the edge, along the direction in which the edge arrives.
func (w wire) tip() []layout.Point {
	end := w.points[len(w.points)-1]
	long, wide := w.tone.reach(), 2.6+w.tone.width*0.9
	dx, dy := w.arrival()
	at := func(back, aside float64) layout.Point {
		return layout.Point{X: end.X - back*dx - aside*dy, Y: end.Y - back*dy + aside*dx}
	}
	return []layout.Point{end, at(long, wide), at(long*0.75, 0), at(long, -wide)}
}

// shrunk is an arrowhead's hollow.
func shrunk(tip []layout.Point) []layout.Point {
	var x, y float64
	for _, at := range tip {
		x, y = x+at.X/float64(len(tip)), y+at.Y/float64(len(tip))
	}
	in := make([]layout.Point, len(tip))
	for i, at := range tip {
		in[i] = layout.Point{X: x + (at.X-x)*0.5, Y: y + (at.Y-y)*0.5}
	}
	return in
}

// reach is how long the arrowhead of an edge of this tone is.
func (t tone) reach() float64 { return 6.5 + t.width*1.4 }

// arrival is the direction of the edge at its end, of length 1.
func (w wire) arrival() (dx, dy float64) {
	end := w.points[len(w.points)-1]
	for i := len(w.points) - 2; i >= 0; i-- {
		dx, dy = end.X-w.points[i].X, end.Y-w.points[i].Y
		if long := math.Hypot(dx, dy); long > 1e-6 {
			return dx / long, dy / long
		}
	}
	return 1, 0
}

// solid is the tone of what lies inside a box.
func (t tone) solid() tone {
	t.dash, t.width = nil, min(t.width, 1)
	return t
}

// area is a rectangle on the sheet.
type area struct{ x, y, w, h float64 }

// left is where the text begins.
func (t text) left() float64 {
	if t.middle {
		return t.x - t.width/2
	}
	return t.x
}

// halo is the room a label on an edge keeps free of other edges.
func (t text) halo() area {
	return area{t.left() - 2, t.y - t.size*0.85, t.width + 4, t.size * 1.15}
}
