package layout

import (
	"math/rand/v2"
	"testing"
)

func TestPackKeepsBoxesApart(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for range 200 {
		sizes := make([]Node, 1+r.IntN(40))
		for i := range sizes {
			sizes[i] = Node{float64(r.IntN(300)), float64(r.IntN(200))}
		}
		places := pack(sizes, 20, 1.6)
		for i, p := range places {
			a := area{p.X, p.Y, p.X + sizes[i].Width, p.Y + sizes[i].Height}
			if p.X < 0 || p.Y < 0 {
				t.Fatalf("box %d at %v", i, p)
			}
			for j, q := range places[:i] {
				b := area{q.X, q.Y, q.X + sizes[j].Width, q.Y + sizes[j].Height}
				if a.overlaps(b, 19.9) {
					t.Fatalf("boxes %v and %v are too near", a, b)
				}
			}
		}
	}
}

func TestPackFillsAPage(t *testing.T) {
	for name, sizes := range map[string][]Node{
		"equal":           equal(100, Node{100, 36}),
		"wide":            equal(30, Node{400, 36}),
		"one large":       append(equal(40, Node{100, 36}), Node{800, 500}),
		"large and small": append(equal(60, Node{100, 36}), Node{800, 300}, Node{300, 500}, Node{200, 200}),
	} {
		t.Run(name, func(t *testing.T) {
			width, height, used := 0.0, 0.0, 0.0
			for i, p := range pack(sizes, 20, 1.6) {
				width, height = max(width, p.X+sizes[i].Width+20), max(height, p.Y+sizes[i].Height+20)
				used += (sizes[i].Width + 20) * (sizes[i].Height + 20)
			}
			if ratio := width / height; ratio < 0.9 || ratio > 2.7 {
				t.Errorf("%.0f x %.0f, a ratio of %.2f", width, height, ratio)
			}
			if used < 0.7*width*height {
				t.Errorf("only %.0f %% of %.0f x %.0f is used", 100*used/width/height, width, height)
			}
		})
	}
}

func equal(n int, s Node) []Node {
	list := make([]Node, n)
	for i := range list {
		list[i] = s
	}
	return list
}

func TestPartsDoNotMix(t *testing.T) {
	g := graphOf(9, 0, 1, 0, 2, 3, 4, 4, 5, 5, 3)
	d := Layered(g, Options{})
	check(t, g, d)
	whole := func(nodes ...int) area {
		a := around(d.Nodes[nodes[0]], g.Nodes[nodes[0]])
		for _, v := range nodes {
			b := around(d.Nodes[v], g.Nodes[v])
			a = area{min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom)}
		}
		return a
	}
	if a, b := whole(0, 1, 2), whole(3, 4, 5); a.overlaps(b, 0) {
		t.Errorf("parts %v and %v overlap", a, b)
	}
}
