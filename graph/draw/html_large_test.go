package draw_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func formatted(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// huge is a graph of 3,000 nodes and 9,000 edges: ten levels of roles, some hubs,
// recipes shared by neighbours.
func huge() *graph.Graph {
	const levels, wide = 10, 150
	var lines []string
	for i := range levels * wide {
		level, at := i/wide, i%wide
		line := fmt.Sprintf("role-%d-%d: recipe[own::r%d] recipe[base::hardening] recipe[shared::r%d] recipe[more::r%d]", level, at, i, i%100, (i/7)%100)
		for k := range 3 {
			if level+1 < levels {
				line += fmt.Sprintf(" role[role-%d-%d]", level+1, (at+k*(1+at%5))%wide)
			}
		}
		lines = append(lines, line)
	}
	return roles(lines...)
}

// openLarge opens a large page and moves in it. What is waited for ends with the
// test's patience; how long it took is told.
func openLarge(t *testing.T, browser context.Context) {
	g := huge()
	if len(g.Nodes) < 3000 || len(g.Edges) < 9000 {
		t.Fatalf("it has %s", g.Summary())
	}
	file := pageFile(t, g, draw.HTMLOptions{})
	start := time.Now()
	p := openTab(t, browser, file, "")
	p.until(fmt.Sprintf("document.body.classList.contains('alive') && document.querySelectorAll('#edges .edge').length === %d", len(g.Edges)))
	if _, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot()); err != nil {
		t.Fatal(err)
	}
	loaded := time.Since(start)

	start = time.Now()
	const steps = 20
	for range steps {
		p.await(`new Promise((done) => {
			document.getElementById('view').dispatchEvent(new WheelEvent('wheel', { deltaY: -30, clientX: 500, clientY: 400, bubbles: true, cancelable: true }));
			requestAnimationFrame(done);
		})`)
	}
	frame := time.Since(start) / steps

	start = time.Now()
	ask[any](p, "document.querySelector('#nodes [data-name=\"recipe[base::hardening]\"]').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))")
	p.until("document.querySelectorAll('#lit .node').length === 1501")
	lit := time.Since(start)
	t.Logf("opened in %v, a step of zoom in %v, 1,501 nodes lit in %v", loaded.Round(time.Millisecond), frame.Round(time.Millisecond), lit.Round(time.Millisecond))
}
