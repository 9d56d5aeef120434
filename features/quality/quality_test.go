package main

import (
	"math"
	"strings"
	"testing"
)

// drawn reads an SVG of the boxes and edges given, in the notation of ours.
func drawn(t *testing.T, body string) picture {
	t.Helper()
	all, err := groups(strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg">` + body + `</svg>`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pictured(all)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func box(name, at string) string {
	return `<g class="node" data-name="` + name + `"><title>t</title><rect ` + at + ` width="20" height="10"/><rect x="0" y="0" width="1" height="1"/><text font-size="10">x</text></g>`
}

func edge(from, to, d string) string {
	return `<g class="edge" data-from="` + from + `" data-to="` + to + `"><path d="` + d + `"/><polygon points="0,0 1,1 2,0"/></g>`
}

var corners = box("a", `x="0" y="0"`) + box("b", `x="100" y="0"`) + box("c", `x="0" y="100"`) + box("d", `x="100" y="100"`)

func TestCrossings(t *testing.T) {
	for name, c := range map[string]struct {
		body           string
		apart, sharing int
	}{
		"a cross":          {edge("a", "d", "M10,10L110,100") + edge("b", "c", "M110,10L10,100"), 1, 0},
		"side by side":     {edge("a", "c", "M10,10L10,100") + edge("b", "d", "M110,10L110,100"), 0, 0},
		"at a joint":       {edge("a", "d", "M10,10L60,55L110,100") + edge("b", "c", "M110,10L60,55L10,100"), 1, 0},
		"one upon another": {edge("a", "d", "M10,10L110,100") + edge("c", "b", "M10,10L110,100"), 0, 0},
		"a touch":          {edge("a", "c", "M10,10L60,55L10,100") + edge("b", "d", "M110,10L60.0001,55L110,100"), 0, 0},
		"out of one box":   {edge("a", "d", "M12,10L12,14L110,100") + edge("a", "c", "M14,10L10,15L10,100"), 0, 0},
		"weaving":          {edge("a", "d", "M10,10L10,60L110,100") + edge("a", "c", "M14,10L14,50L8,70L10,100"), 0, 1},
		"curves":           {edge("a", "d", "M10,10C10,55 110,55 110,100") + edge("b", "c", "M110,10C110,55 10,55 10,100"), 1, 0},
		"twice":            {edge("a", "c", "M10,10C200,40 200,70 10,100") + edge("b", "d", "M110,10L110,100"), 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			apart, sharing := drawn(t, corners+c.body).crossings()
			if apart != c.apart || sharing != c.sharing {
				t.Errorf("%d crossings and %d tangles, want %d and %d", apart, sharing, c.apart, c.sharing)
			}
		})
	}
}

func TestEdgesThroughForeignBoxes(t *testing.T) {
	for d, want := range map[string]int{
		"M20,5L100,5":                  0,
		"M10,10L110,200":               0,
		"M20,5L110,105L20,105":         1, // d's box, on the way from a to c
		"M10,10C150,20 150,180 20,105": 1,
		"M10,10C45,20 45,180 20,105":   0, // its control points are not the curve
		"M20,110.5L130,110.5":          0, // along the border
	} {
		if got := drawn(t, corners+edge("a", "c", d)).through(); got != want {
			t.Errorf("%s passes through %d boxes, want %d", d, got, want)
		}
	}
}

func TestOverlapsAndLengths(t *testing.T) {
	p := drawn(t, corners+box("e", `x="115" y="5"`)+box("f", `x="20" y="0"`)+edge("a", "b", "M20,5L50,5L50,45"))
	f := p.measure()
	if f.overlaps != 1 { // f only touches a
		t.Errorf("%d boxes overlap, want 1", f.overlaps)
	}
	if math.Abs(f.length-7) > 1e-9 { // 70 points in text of 10
		t.Errorf("a length of %g, want 7", f.length)
	}
	if want := 135. / 110; math.Abs(f.aspect-want) > 1e-9 {
		t.Errorf("an aspect of %g, want %g", f.aspect, want)
	}
}

// TestLengthOfACurve holds the flattening to a quarter of a circle.
func TestLengthOfACurve(t *testing.T) {
	line, err := flatten("M100,0C100,55.22847498 55.22847498,100 0,100")
	if err != nil {
		t.Fatal(err)
	}
	long := 0.0
	for i := 1; i < len(line); i++ {
		long += line[i-1].to(line[i])
	}
	if want := 50 * math.Pi; math.Abs(long-want) > 0.3 {
		t.Errorf("a quarter of a circle is %g long, want %g", long, want)
	}
}

func TestGraphvizPictures(t *testing.T) {
	node := func(name, points string) string {
		return `<g id="node1" class="node"><title>` + name + `</title><polygon points="` + points + `"/><polyline points="1,2 3,4"/><text font-size="14.00">x</text></g>`
	}
	p := drawn(t, `<g id="graph0" class="graph"><title>roles</title>`+
		node("role[a]", "20,-10 0,-10 0,0 20,0 20,-10")+node("x-&gt;y", "120,-10 100,-10 100,0 120,0 120,-10")+
		`<g id="edge1" class="edge"><title>role[a]&#45;&gt;x&#45;&gt;y</title><path d="M20,-5C40,-5 60,-5 90,-5"/><polygon points="90,-8 100,-5 90,-2"/></g></g>`)
	if len(p.boxes) != 2 || len(p.wires) != 1 {
		t.Fatalf("%d boxes, %d edges", len(p.boxes), len(p.wires))
	}
	if w := p.wires[0]; w.from != 0 || w.to != 1 || w.line[len(w.line)-1] != (point{100, -5}) {
		t.Errorf("an edge %d to %d that ends at %v, want 0 to 1 and the head's point", w.from, w.to, w.line[len(w.line)-1])
	}
	if got := p.measure().length; math.Abs(got-80./14) > 1e-9 {
		t.Errorf("a length of %g, want that of the line and its head, %g", got, 80./14)
	}
}

func TestPicturesThatCannotBeMeasured(t *testing.T) {
	for name, body := range map[string]string{
		"cut short":       `<svg><g class="node">`,
		"no box":          `<svg><g class="node"><title>a</title></g></svg>`,
		"no path":         `<svg><g class="edge"><title>a</title></g></svg>`,
		"unknown ends":    `<svg><g class="edge"><title>a-&gt;b</title><path d="M0,0L1,1"/></g></svg>`,
		"unknown command": `<svg><g class="edge"><title>a</title><path d="m0,0 1,1"/></g></svg>`,
		"no number":       `<svg><g class="edge"><title>a</title><path d="M0,z"/></g></svg>`,
		"half a point":    `<svg><g class="edge"><title>a</title><path d="M0"/></g></svg>`,
		"half a curve":    `<svg><g class="edge"><title>a</title><path d="M0,0C1,1 2,2"/></g></svg>`,
		"no width":        `<svg><g class="node"><rect x="0" y="0" height="1"/></g></svg>`,
	} {
		t.Run(name, func(t *testing.T) {
			all, err := groups(strings.NewReader(body))
			if err == nil {
				_, err = pictured(all)
			}
			if err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	good := row{ours: figures{edges: 10, crossings: 2, length: 10, aspect: 1.5}, dot: figures{edges: 10, crossings: 4, length: 10, aspect: 0.4}}
	for name, c := range map[string]struct {
		spoil func(*row)
		met   bool
	}{
		"all met":                 {func(*row) {}, true},
		"none where dot too":      {func(r *row) { r.ours.crossings, r.dot.crossings = 0, 0 }, true},
		"some where dot has none": {func(r *row) { r.ours.crossings, r.dot.crossings = 1, 0 }, false},
		"too many crossings":      {func(r *row) { r.ours.crossings = 7 }, false},
		"too many tangles":        {func(r *row) { r.ours.tangles = 9 }, false},
		"an overlap":              {func(r *row) { r.ours.overlaps = 1 }, false},
		"through a box":           {func(r *row) { r.ours.through = 1 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			c.spoil(&bad)
			var out strings.Builder
			if met := report(&out, []row{good, good, bad}); met != c.met {
				t.Errorf("met: %v, want %v\n%s", met, c.met, out.String())
			}
		})
	}
	long := good
	long.ours.length = 11.5
	if report(&strings.Builder{}, []row{long, long, good}) {
		t.Error("a median length of 1.15 was found good")
	}
	if m := median([]row{good, long}, row.length); math.Abs(m-1.075) > 1e-9 {
		t.Errorf("the median of 1 and 1.15 is %g", m)
	}
}
