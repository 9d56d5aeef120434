package layout

import "math"

// pivots places the nodes of a connected graph in the unit square so that their
// distances are about as in the graph: classical scaling of the distances to a few
// nodes far from each other.
func pivots(near csr) []Point {
	n := len(near.start) - 1
	far := distances(near, min(n, 40))
	centred(far)
	x := project(far, nil)
	y := project(far, x)
	at := make([]Point, n)
	left, right, top, bottom := extremes(x, y)
	scale := max(right-left, bottom-top, 1e-9)
	for v := range at {
		// nodes that are equally far from everything, as the leaves of a hub are,
		// would stand at one place: a spiral of their own keeps them apart
		a, r := float64(v)*2.39996, 0.03*math.Sqrt(float64(v+1)/float64(n))
		at[v] = Point{
			0.05 + 0.9*(x[v]-left)/scale + r*math.Cos(a),
			0.05 + 0.9*(y[v]-top)/scale + r*math.Sin(a),
		}
	}
	return at
}

// distances are those of every node to k pivots, each as far from those before
// it as can be.
func distances(near csr, k int) [][]float64 {
	n := len(near.start) - 1
	least := make([]float64, n)
	for v := range least {
		least[v] = math.Inf(1)
	}
	var all [][]float64
	pivot := int32(0)
	for range k {
		d := distancesFrom(near, pivot)
		all = append(all, d)
		for v := range least {
			least[v] = min(least[v], d[v])
			if least[v] > least[pivot] {
				pivot = int32(v)
			}
		}
	}
	return all
}

func distancesFrom(near csr, v int32) []float64 {
	d := make([]float64, len(near.start)-1)
	for w := range d {
		d[w] = -1
	}
	d[v] = 0
	queue := []int32{v}
	for i := 0; i < len(queue); i++ {
		for _, w := range near.of(queue[i]) {
			if d[w] < 0 {
				d[w] = d[queue[i]] + 1
				queue = append(queue, w)
			}
		}
	}
	return d
}

// centred squares the distances and takes the means of rows and columns away.
func centred(far [][]float64) {
	n := len(far[0])
	column := make([]float64, n)
	for _, d := range far {
		mean := 0.0
		for v := range d {
			d[v] *= d[v]
			mean += d[v] / float64(n)
		}
		for v := range d {
			d[v] -= mean
			column[v] += d[v] / float64(len(far))
		}
	}
	for _, d := range far {
		for v := range d {
			d[v] -= column[v]
		}
	}
}

// project are the nodes' places along the direction in which the columns differ
// most, at right angles to those along another.
func project(far [][]float64, across []float64) []float64 {
	const rounds = 30
	n := len(far[0])
	weight, x := make([]float64, len(far)), make([]float64, n)
	for i := range weight {
		weight[i] = 1 + float64(i%7)
	}
	for range rounds {
		clear(x)
		for i, d := range far {
			for v := range d {
				x[v] += weight[i] * d[v]
			}
		}
		square, shared := dot(x, x), 0.0
		if across != nil {
			if s := dot(across, across); s > 0 {
				shared = dot(x, across) / s
			}
			for v := range x {
				x[v] -= shared * across[v]
			}
			square = dot(x, x)
		}
		if square < 1e-12 {
			clear(x)
			return x
		}
		for v := range x {
			x[v] /= math.Sqrt(square)
		}
		for i, d := range far {
			weight[i] = dot(x, d)
		}
	}
	scale := math.Sqrt(dot(weight, weight)) // how much of the distances lies this way
	for v := range x {
		x[v] *= scale
	}
	return x
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func extremes(x, y []float64) (left, right, top, bottom float64) {
	left, right, top, bottom = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for v := range x {
		left, right = min(left, x[v]), max(right, x[v])
		top, bottom = min(top, y[v]), max(bottom, y[v])
	}
	return left, right, top, bottom
}
