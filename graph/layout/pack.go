package layout

import (
	"cmp"
	"math"
	"slices"
)

// pack finds places for the top left corners of boxes, the tallest first, in
// shelves of a width that makes the whole come near the aspect.
func pack(sizes []Node, gap, aspect float64) []Point {
	turn := make([]int, len(sizes))
	area, widest := 0.0, 0.0
	for i, s := range sizes {
		turn[i] = i
		area += (s.Width + gap) * (s.Height + gap)
		widest = max(widest, s.Width)
	}
	slices.SortStableFunc(turn, func(a, b int) int { return cmp.Compare(sizes[b].Height, sizes[a].Height) })
	limit := max(widest, math.Sqrt(area*aspect))
	places := make([]Point, len(sizes))
	x, y, tall := 0.0, 0.0, 0.0
	for _, i := range turn {
		if x > 0 && x+sizes[i].Width > limit {
			x, y, tall = 0, y+tall+gap, 0
		}
		places[i] = Point{x, y}
		x += sizes[i].Width + gap
		tall = max(tall, sizes[i].Height)
	}
	return places
}
