package layout

import (
	"math"
	"math/rand/v2"
)

// stressMost is up to how many nodes all pairs are looked at, some ten times each.
const stressMost = 1000

// stressed moves the nodes of a connected graph until any two are as far from each
// other as the edges between them are many, or nearly: by gradient descent a pair
// at a time, as Zheng, Pawar and Goodman have it (doi:10.1109/TVCG.2018.2859997).
func stressed(near csr, at []Point) {
	const rounds, last = 30, 0.1
	pairs, most := pairsOf(near)
	chance := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // orders pairs, the same way every time
	for i := range rounds {
		step := float64(most*most) * math.Pow(last/float64(most*most), float64(i)/(rounds-1))
		chance.Shuffle(len(pairs), func(a, b int) { pairs[a], pairs[b] = pairs[b], pairs[a] })
		for _, p := range pairs {
			p.relax(at, step)
		}
	}
}

// distant are two nodes and how many edges lie between them.
type distant struct {
	v, w int32
	far  float32
}

// pairsOf are all pairs of nodes, and the longest distance.
func pairsOf(near csr) (pairs []distant, most int) {
	n := len(near.start) - 1
	pairs = make([]distant, 0, n*(n-1)/2)
	most = 1
	for v := range n {
		for w, far := range distancesFrom(near, int32(v))[:v] {
			pairs = append(pairs, distant{int32(v), int32(w), float32(far)})
			most = max(most, int(far))
		}
	}
	return pairs, most
}

// relax moves both nodes towards their distance: near pairs more than far ones.
func (p distant) relax(at []Point, step float64) {
	far := float64(p.far)
	dx, dy := at[p.v].X-at[p.w].X, at[p.v].Y-at[p.w].Y
	long := math.Hypot(dx, dy)
	if long < 1e-9 {
		dx, long = 1e-9, 1e-9
	}
	part := min(1, step/(far*far)) * (long - far) / 2 / long
	at[p.v].X, at[p.v].Y = at[p.v].X-part*dx, at[p.v].Y-part*dy
	at[p.w].X, at[p.w].Y = at[p.w].X+part*dx, at[p.w].Y+part*dy
}
