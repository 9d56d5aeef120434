package draw_test

import (
	"io"
	"testing"

	"github.com/converged/converged/graph/draw"
)

// The pictures of 300 nodes and 900 edges, from the graph to the last byte.

func BenchmarkSVG300(b *testing.B) {
	g := large()
	for b.Loop() {
		if err := draw.SVG(io.Discard, draw.Place(g, draw.Options{})); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHTML300(b *testing.B) {
	g := large()
	for b.Loop() {
		if err := draw.HTML(io.Discard, draw.Place(g, draw.Options{}), g, draw.HTMLOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPNG300(b *testing.B) {
	g := large()
	for b.Loop() {
		if err := draw.PNG(io.Discard, draw.Place(g, draw.Options{})); err != nil {
			b.Fatal(err)
		}
	}
}

// Without the layout, to tell the two apart.

func BenchmarkPNG300Placed(b *testing.B) {
	s := draw.Place(large(), draw.Options{})
	b.ResetTimer()
	for b.Loop() {
		if err := draw.PNG(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDOT300(b *testing.B) {
	g := large()
	for b.Loop() {
		if err := draw.DOT(io.Discard, g, draw.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJSON300(b *testing.B) {
	g := large()
	for b.Loop() {
		if err := draw.JSON(io.Discard, g); err != nil {
			b.Fatal(err)
		}
	}
}
