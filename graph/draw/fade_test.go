package draw_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

// hubbed is 60 roles that all name the base, 30 of them also one another.
func hubbed() *graph.Graph {
	lines := []string{"base:"}
	for i := range 60 {
		line := fmt.Sprintf("r%02d: role[base]", i)
		if i%2 == 0 {
			line += fmt.Sprintf(" role[r%02d] recipe[c%02d]", i+1, i)
		}
		lines = append(lines, line)
	}
	return roles(lines...)
}

func classes(svg element) map[string]int {
	n := map[string]int{}
	for _, e := range svg.groups("edge") {
		n[e.all("path")[0].attr("class")]++
	}
	return n
}

func legend(svg element) string {
	var words []string
	for _, k := range svg.groups("legend") {
		for _, t := range k.all("text") {
			words = append(words, t.Text)
		}
	}
	return strings.Join(words, "|")
}

func TestEdgesToHubsAreFaint(t *testing.T) {
	svg := parseSVG(t, hubbed())
	edges := svg.groups("edge")
	for i, e := range edges {
		faint := e.all("path")[0].attr("class") == "faint"
		if hub := e.attr("data-to") == "role[base]"; hub != faint {
			t.Errorf("%s -> %s: faint is %v", e.attr("data-from"), e.attr("data-to"), faint)
		}
		if faint && i >= 60 {
			t.Errorf("the faint edge %d lies above others", i)
		}
	}
	if !strings.Contains(legend(svg), "to 1 hub, drawn faint") {
		t.Errorf("the legend says %s", legend(svg))
	}
}

func TestFadingIsLeftOutWhereItDoesNotPay(t *testing.T) {
	star := []string{"base:"}
	for i := range 99 {
		star = append(star, fmt.Sprintf("r%02d: role[base]", i))
	}
	for name, svg := range map[string]element{
		"not wished":          parseSVGWith(t, hubbed(), draw.Options{NoFade: true}),
		"nothing else to see": parseSVG(t, roles(star...)),
		"small":               parseSVG(t, roles(star[:50]...)),
	} {
		if n := classes(svg)["faint"]; n > 0 || strings.Contains(legend(svg), "faint") {
			t.Errorf("%s: %d faint edges, legend %s", name, n, legend(svg))
		}
	}
}

func TestFansHaveColoursOfTheirOwn(t *testing.T) {
	svg := parseSVG(t, hubbed())
	byFan := map[string][]string{}
	for _, e := range svg.groups("edge") {
		if class := e.all("path")[0].attr("class"); class != "faint" {
			byFan[e.attr("data-from")] = append(byFan[e.attr("data-from")], class)
		}
	}
	used := map[string]bool{}
	for from, list := range byFan {
		used[list[0]] = true
		if len(slices.Compact(list)) > 1 {
			t.Errorf("the edges of %s have the colours %v", from, list)
		}
	}
	if len(used) < 4 {
		t.Errorf("only the colours %v are used", used)
	}
	if !strings.Contains(legend(svg), "its colour only tells it from its neighbours") {
		t.Errorf("the legend says %s", legend(svg))
	}
	if small := classes(parseSVG(t, samples()["web"])); len(small) != 1 || small["plain"] == 0 {
		t.Errorf("a small picture has the edges %v", small)
	}
}
