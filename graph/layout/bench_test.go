package layout

import (
	"fmt"
	"testing"
)

func BenchmarkLayered(b *testing.B) {
	for _, size := range []struct{ nodes, edges int }{
		{50, 150}, {300, 900}, {1000, 3000}, {3000, 9000}, {10000, 30000},
	} {
		b.Run(fmt.Sprintf("%dnodes%dedges", size.nodes, size.edges), func(b *testing.B) {
			g := roleLike(1, size.nodes, size.edges)
			b.ReportAllocs()
			for b.Loop() {
				Layered(g, Options{})
			}
		})
	}
}
