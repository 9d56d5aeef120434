package draw

import (
	"math"

	"github.com/converged/converged/graph/layout"
)

const tabRadius = 0.8 // points

// radius of the box's corners: roles are round, components are not.
func (b box) radius() float64 {
	if b.recipe {
		return 1.5
	}
	return min(7, b.h/2.5)
}

// tabs are the two of a component, inside its left side: edges end there.
func (b box) tabs() []area {
	if !b.recipe {
		return nil
	}
	w, h := b.h*0.3, b.h*0.19
	return []area{{b.x, b.y + b.h*0.22, w, h}, {b.x, b.y + b.h*0.78 - h, w, h}}
}

// aside is how far to the right the label stands, to leave the tabs their room.
func (b box) aside() float64 {
	if b.recipe {
		return 3
	}
	return 0
}

// tip is the arrowhead: a slim triangle with its notch, its point at the end of
// the edge, along the direction in which the edge arrives.
func (w wire) tip() [4]layout.Point {
	end := w.points[len(w.points)-1]
	long, wide := w.tone.reach(), 2.6+w.tone.width*0.9
	dx, dy := w.arrival()
	at := func(back, aside float64) layout.Point {
		return layout.Point{X: end.X - back*dx - aside*dy, Y: end.Y - back*dy + aside*dx}
	}
	return [4]layout.Point{end, at(long, wide), at(long*0.75, 0), at(long, -wide)}
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
