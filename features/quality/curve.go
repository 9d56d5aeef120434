package main

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
)

type point struct{ x, y float64 }

func (p point) to(q point) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

func cmpFloat(a, b float64) int { return cmp.Compare(a, b) }

func separates(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' || r == '\r' }

// pairs are the points that numbers, two and two, stand for.
func pairs(fields []string) ([]point, error) {
	if len(fields)%2 != 0 {
		return nil, fmt.Errorf("%d numbers are no points", len(fields))
	}
	points := make([]point, 0, len(fields)/2)
	for i := 0; i < len(fields); i += 2 {
		x, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return nil, err
		}
		y, err := strconv.ParseFloat(fields[i+1], 64)
		if err != nil {
			return nil, err
		}
		points = append(points, point{x, y})
	}
	return points, nil
}

// flatten turns path data into a polyline that follows the true curve to a tenth
// of a point. It knows the commands that the two programs write: M, L, C and Z.
func flatten(d string) ([]point, error) {
	const commands = "MLCZ"
	var line []point
	for len(d) > 0 {
		command := d[0]
		if strings.IndexByte(commands, command) < 0 {
			return nil, fmt.Errorf("a path with %.20q: only the commands %s are known", d, commands)
		}
		end := 1
		for end < len(d) && strings.IndexByte(commands, d[end]) < 0 {
			end++
		}
		points, err := pairs(strings.FieldsFunc(d[1:end], separates))
		if err != nil {
			return nil, fmt.Errorf("path data %.40q: %w", d, err)
		}
		d = d[end:]
		if command != 'C' {
			line = append(line, points...)
			continue
		}
		if len(points)%3 != 0 || len(line) == 0 {
			return nil, fmt.Errorf("a curve with %d points", len(points))
		}
		for i := 0; i < len(points); i += 3 {
			line = curve(line, points[i], points[i+1], points[i+2])
		}
	}
	return line, nil
}

// curve continues the line by a cubic curve, as finely as its second differences
// ask for.
func curve(line []point, b, c, d point) []point {
	const tolerance = 0.1
	a := line[len(line)-1]
	bend := max(math.Hypot(a.x-2*b.x+c.x, a.y-2*b.y+c.y), math.Hypot(b.x-2*c.x+d.x, b.y-2*c.y+d.y))
	n := min(max(1, int(math.Ceil(math.Sqrt(0.75*bend/tolerance)))), 400)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		s := 1 - t
		p, q, r, u := s*s*s, 3*s*s*t, 3*s*t*t, t*t*t
		line = append(line, point{p*a.x + q*b.x + r*c.x + u*d.x, p*a.y + q*b.y + r*c.y + u*d.y})
	}
	return line
}

// rect is an upright rectangle.
type rect struct{ left, top, right, bottom float64 }

func bounds(points []point) rect {
	r := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		r = rect{min(r.left, p.x), min(r.top, p.y), max(r.right, p.x), max(r.bottom, p.y)}
	}
	return r
}

func (r rect) grown(by float64) rect {
	return rect{r.left - by, r.top - by, r.right + by, r.bottom + by}
}

func (r rect) holds(p point) bool {
	return r.left < p.x && p.x < r.right && r.top < p.y && p.y < r.bottom
}

func (r rect) meets(o rect) bool {
	return r.left < o.right && o.left < r.right && r.top < o.bottom && o.top < r.bottom
}

// cut says whether the stretch from a to b passes through the rectangle.
func (r rect) cut(a, b point) bool {
	from, to := 0.0, 1.0
	for _, side := range [2]struct{ at, way, low, high float64 }{
		{a.x, b.x - a.x, r.left, r.right}, {a.y, b.y - a.y, r.top, r.bottom},
	} {
		if side.way == 0 {
			if side.at <= side.low || side.at >= side.high {
				return false
			}
			continue
		}
		in, out := (side.low-side.at)/side.way, (side.high-side.at)/side.way
		from, to = max(from, min(in, out)), min(to, max(in, out))
	}
	return from < to
}
