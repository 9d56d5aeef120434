package layout

import (
	"cmp"
	"math"
	"slices"
)

// pack finds places for the top left corners of boxes, the tallest first, each
// as high up as it can go. Of several widths it takes the one at which the whole,
// brought to the aspect, is smallest.
func pack(sizes []Node, gap, aspect float64) []Point {
	turn := make([]int, len(sizes))
	area, widest := 0.0, 0.0
	for i, s := range sizes {
		turn[i] = i
		area += (s.Width + gap) * (s.Height + gap)
		widest = max(widest, s.Width)
	}
	slices.SortStableFunc(turn, func(a, b int) int { return cmp.Compare(sizes[b].Height, sizes[a].Height) })
	var best []Point
	least := math.Inf(1)
	for _, stretch := range []float64{1, 0.9, 1.1, 1.2, 1.35, 1.5} {
		limit := max(widest, math.Sqrt(area*aspect)*stretch)
		places, width, height := packWithin(sizes, turn, gap, limit)
		if size := max(width, height*aspect); size < least {
			best, least = places, size
		}
	}
	return best
}

// ledge is a stretch of the lower edge of what has been packed, from left on.
type ledge struct{ left, y float64 }

// packWithin packs the boxes, in turn, into a strip of the given width (bottom
// left by skyline, only upside down).
func packWithin(sizes []Node, turn []int, gap, limit float64) (places []Point, width, height float64) {
	places = make([]Point, len(sizes))
	skyline := []ledge{{0, 0}}
	for _, i := range turn {
		s := sizes[i]
		at, best := 0, Point{0, math.Inf(1)}
		for k := range skyline {
			x := skyline[k].left
			if x > 0 && x+s.Width > limit {
				break
			}
			y := 0.0
			for j := k; j < len(skyline) && skyline[j].left < x+s.Width+gap; j++ {
				y = max(y, skyline[j].y)
			}
			if y < best.Y {
				at, best = k, Point{x, y}
			}
		}
		places[i] = best
		width, height = max(width, best.X+s.Width), max(height, best.Y+s.Height)
		skyline = lower(skyline, at, best.X+s.Width+gap, best.Y+s.Height+gap)
	}
	return places, width, height
}

// lower brings the skyline down to y from ledge k on as far as right.
func lower(skyline []ledge, k int, right, y float64) []ledge {
	end, after := k, 0.0
	for end < len(skyline) && skyline[end].left < right {
		after = skyline[end].y
		end++
	}
	put := []ledge{{skyline[k].left, y}}
	if end == len(skyline) || skyline[end].left > right {
		put = append(put, ledge{right, after})
	}
	return slices.Replace(skyline, k, end, put...)
}
