// Package layout decides where the boxes and edges of a graph stand. It knows
// sizes and connections, nothing of roles or notations.
package layout

// Point is a place on the sheet, in points (1/72 inch), y downwards.
type Point struct{ X, Y float64 }

// Node is a box to place.
type Node struct{ Width, Height float64 }

// Edge connects two nodes by index. From may equal To; edges may repeat.
type Edge struct {
	From, To int
	// Label is the room to keep beside the edge for its label; zero for none.
	Label Node
}

// Graph is what is to be placed.
type Graph struct {
	Nodes []Node
	Edges []Edge
}

// Route is an edge's way: a start point, then three points for each cubic
// Bézier segment. It runs from From's border to To's border, arrowhead at the end.
type Route struct {
	Points []Point
	Label  Point // centre of the label's room; meaningful only when it was asked for
}

// Drawing is a placed graph. Nodes and Edges stand in the order of the Graph.
type Drawing struct {
	Width, Height float64
	Nodes         []Point // centres
	Edges         []Route
}

// Direction is the way the edges of a layered drawing run.
type Direction int

// The directions a layered drawing can have.
const (
	TopDown   Direction = iota // from the top to the bottom
	LeftRight                  // from the left to the right
	BottomUp                   // from the bottom to the top
	RightLeft                  // from the right to the left
)

// Options are the wishes for a layered drawing. Lengths are in points; the zero
// value of each, and anything that is not a length, stands for its default.
type Options struct {
	RankDir Direction
	NodeSep float64 // between boxes beside each other; default 18
	EdgeSep float64 // between edges beside each other; default 7
	RankSep float64 // between rows, at least; default 36
	Pad     float64 // around the drawing; default 12
	Aspect  float64 // width to height the drawing should come near; default 1.6
}
