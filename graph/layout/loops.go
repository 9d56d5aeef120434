package layout

// labelGap is the room between an edge and its label.
const labelGap = 4

// loop is the room the self edges of a node take at its right side.
type loop struct {
	edges         []int32
	width, height float64 // all of it; height is about the middle of the box
	step          float64 // from one loop to the next
	labels        float64 // where labels begin, from the box
}

const (
	loopReach = 16 // of the first loop, from the box
	loopHalf  = 6  // half the height of a loop, at least
)

// measureLoops finds the self edges of every node and the room they need. Loops
// of one node are nested; their labels stand in a column beside the outermost.
func measureLoops(g Graph) []loop {
	const most = 160 // however many there are
	loops := make([]loop, len(g.Nodes))
	for i, e := range g.Edges {
		if e.From == e.To {
			loops[e.From].edges = append(loops[e.From].edges, int32(i))
		}
	}
	for v := range loops {
		l := &loops[v]
		if len(l.edges) == 0 {
			continue
		}
		n := float64(len(l.edges))
		l.step = min(8, most/n)
		l.labels = loopReach + (n-1)*l.step
		l.width = l.labels
		l.height = max(g.Nodes[v].Height, 2*loopHalf)
		tall := 0.0
		for _, e := range l.edges {
			if b := g.Edges[e].Label; b != (Node{}) {
				l.width = max(l.width, l.labels+labelGap+b.Width)
				tall += b.Height
			}
		}
		l.height = max(l.height, tall)
	}
	return loops
}

// draw routes the loops of a box at c.
func (l *loop) draw(g Graph, box Node, c Point, routes []Route) {
	y := c.Y
	for _, e := range l.edges {
		y -= g.Edges[e].Label.Height / 2
	}
	right := c.X + box.Width/2
	for i, e := range l.edges {
		foot := box.Height / 2 * float64(i+1) / float64(len(l.edges)+1)
		bulge := max(foot, loopHalf)
		// a cubic reaches three quarters of the way to its inner points
		reach := right + (loopReach+float64(i)*l.step)*4/3
		routes[e].Points = []Point{
			{right, c.Y - foot}, {reach, c.Y - bulge},
			{reach, c.Y + bulge}, {right, c.Y + foot},
		}
		if b := g.Edges[e].Label; b != (Node{}) {
			routes[e].Label = Point{right + l.labels + labelGap + b.Width/2, y + b.Height/2}
			y += b.Height
		}
	}
}
