package layout

import (
	"cmp"
	"math"
	"slices"
)

// spread moves boxes that overlap apart, as little as can be, and makes all larger
// if that is not enough.
func spread(boxes []Node, at []Point, gap float64) []Point {
	const tries = 40
	rounds := max(6, min(60, 60_000/max(len(at), 1)))
	for range tries {
		for range rounds {
			if !pushApart(boxes, at, gap) {
				return at
			}
		}
		for v := range at {
			at[v].X, at[v].Y = at[v].X*1.15, at[v].Y*1.15
		}
	}
	return inLine(boxes, at, gap)
}

// fitted scales the places to where the boxes fill a part of the sheet, and
// stretches them: boxes are wider than high, as pages are. No more than it takes to
// see an edge of usual length: a few boxes do not need a sheet.
func fitted(boxes []Node, edges []Edge, at []Point, gap, aspect float64) []Point {
	const fill = 0.45
	long := 2.2 * max(1, math.Sqrt(float64(len(boxes)))/8)
	area, x, y := 0.0, make([]float64, len(at)), make([]float64, len(at))
	for v, b := range boxes {
		area += (b.Width + gap) * (b.Height + gap) / fill
		x[v], y[v] = at[v].X, at[v].Y
	}
	left, right, top, bottom := extremes(x, y)
	wide, tall := max(right-left, 1e-6), max(bottom-top, 1e-6)
	// the shape comes half way to the one that is wished for: a chain stays a chain
	scale := math.Sqrt(area / (wide * tall))
	sx := math.Sqrt(scale * min(math.Sqrt(area*aspect)/wide, 20*scale))
	sy := math.Sqrt(scale * min(math.Sqrt(area/aspect)/tall, 20*scale))
	most, usual := 0.0, 0.0
	for _, e := range edges {
		usual += math.Hypot((x[e.From]-x[e.To])*sx, (y[e.From]-y[e.To])*sy)
		most += long * ((boxes[e.From].Width+boxes[e.To].Width)/2 + gap)
	}
	if usual > most {
		sx, sy = sx*most/usual, sy*most/usual
	}
	placed := make([]Point, len(at))
	for v := range at {
		placed[v] = Point{(x[v] - left) * sx, (y[v] - top) * sy}
	}
	return placed
}

// pushApart moves every two boxes that are too near each other half of what is
// missing, the shorter way. It says whether there were any.
func pushApart(boxes []Node, at []Point, gap float64) bool {
	turn := make([]int, len(at))
	for v := range turn {
		turn[v] = v
	}
	widest := 0.0
	for _, b := range boxes {
		widest = max(widest, b.Width)
	}
	slices.SortStableFunc(turn, func(a, b int) int { return cmp.Compare(at[a].X, at[b].X) })
	moved := false
	for i, v := range turn {
		for _, w := range turn[i+1:] {
			if at[w].X-at[v].X > (boxes[v].Width+widest)/2+2*gap {
				break
			}
			moved = separate(boxes, at, v, w, gap) || moved
		}
	}
	return moved
}

// separate moves v and w apart if they are nearer to each other than the gap.
func separate(boxes []Node, at []Point, v, w int, gap float64) bool {
	const least = 1e-3 // what is missing is not worth another round
	dx, dy := at[w].X-at[v].X, at[w].Y-at[v].Y
	x := (boxes[v].Width+boxes[w].Width)/2 + gap - math.Abs(dx)
	y := (boxes[v].Height+boxes[w].Height)/2 + gap - math.Abs(dy)
	if x < least || y < least {
		return false
	}
	if x < y {
		x = math.Copysign(x/2+least, dx)
		at[v].X, at[w].X = at[v].X-x, at[w].X+x
	} else {
		y = math.Copysign(y/2+least, dy)
		at[v].Y, at[w].Y = at[v].Y-y, at[w].Y+y
	}
	return true
}

// inLine puts the boxes, which found no room otherwise, side by side, in columns
// from the left.
func inLine(boxes []Node, at []Point, gap float64) []Point {
	turn := make([]int, len(at))
	for v := range turn {
		turn[v] = v
	}
	slices.SortStableFunc(turn, func(a, b int) int { return cmp.Compare(at[a].X, at[b].X) })
	columns := int(math.Ceil(math.Sqrt(float64(len(at)))))
	x := 0.0
	for column := range slices.Chunk(turn, columns) {
		slices.SortStableFunc(column, func(a, b int) int { return cmp.Compare(at[a].Y, at[b].Y) })
		wide, y := 0.0, 0.0
		for _, v := range column {
			wide = max(wide, boxes[v].Width)
		}
		for _, v := range column {
			at[v] = Point{x + wide/2, y + boxes[v].Height/2}
			y += boxes[v].Height + gap
		}
		x += wide + gap
	}
	return at
}
