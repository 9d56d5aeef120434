package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// ratio of crossings: none and none is 1; some where dot has none is infinite,
// and a bar missed.
func ratio(ours, dots int) float64 {
	if ours == 0 && dots == 0 {
		return 1
	}
	return float64(ours) / float64(dots)
}

func (r row) crossings() float64 { return ratio(r.ours.crossings, r.dot.crossings) }
func (r row) smoothed() float64  { return ratio(r.ours.crossings+1, r.dot.crossings+1) }
func (r row) tangles() float64 {
	return ratio(r.ours.crossings+r.ours.tangles, r.dot.crossings+r.dot.tangles)
}
func (r row) length() float64 { return r.ours.length / r.dot.length }

// report prints the table and the bars, and says whether all are met.
func report(w io.Writer, rows []row) bool {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "nodes\tedges\tcrossings\tdot\tratio\ttangles\tdot\tlength\toverlaps\tthrough\tdot\taspect\tdot\tms\tdot\t  directory")
	for _, r := range rows {
		_, _ = fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%.2f\t%d\t%d\t%.2f\t%d\t%d\t%d\t%.2f\t%.2f\t%d\t%d\t  %s\n",
			r.ours.nodes, r.ours.edges, r.ours.crossings, r.dot.crossings, r.crossings(), r.ours.tangles, r.dot.tangles, r.length(),
			r.ours.overlaps, r.ours.through, r.dot.through, r.ours.aspect, r.dot.aspect,
			r.oursCPU.Milliseconds(), r.dotsCPU.Milliseconds(), r.name)
	}
	_ = table.Flush()
	_, _ = fmt.Fprintln(w)
	bars := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	met := true
	for _, b := range judge(rows) {
		_, _ = fmt.Fprintf(bars, "%s\t%.2f\t%s\n", b.what, b.figure, b.verdict())
		met = met && b.met()
	}
	_, _ = fmt.Fprintf(bars, "crossings, ours+1 to dot's+1, median and most\t%.2f, %.2f\t\n", median(rows, row.smoothed), most(rows, row.smoothed))
	_, _ = fmt.Fprintf(bars, "tangles: crossings of two edges of one box, away from it\t\t\n")
	_, _ = fmt.Fprintf(bars, "length of edges to dot's, most\t%.2f\t\n", most(rows, row.length))
	_ = bars.Flush()
	return met
}

// bar is a figure that may not be above its limit.
type bar struct {
	what          string
	figure, limit float64
}

func (b bar) met() bool { return b.figure <= b.limit }

func (b bar) verdict() string {
	if b.met() {
		return fmt.Sprintf("met: at most %.2f", b.limit)
	}
	return fmt.Sprintf("MISSED: at most %.2f", b.limit)
}

func judge(rows []row) []bar {
	overlaps := func(r row) float64 { return float64(r.ours.overlaps) }
	through := func(r row) float64 { return float64(r.ours.through) }
	ours := func(r row) float64 { return r.ours.strangeness() }
	dots := func(r row) float64 { return r.dot.strangeness() }
	return []bar{
		{"crossings to dot's, median", median(rows, row.crossings), 1},
		{"crossings to dot's, most", most(rows, row.crossings), 1.5},
		{"the same with tangles, median", median(rows, row.tangles), 1},
		{"the same with tangles, most", most(rows, row.tangles), 1.5},
		{"length of edges to dot's, median", median(rows, row.length), 1.1},
		{"overlapping boxes, most", most(rows, overlaps), 0},
		{"edges through foreign boxes, most", most(rows, through), 0},
		{"|ln(aspect/1.6)|, median; dot's is the limit", median(rows, ours), median(rows, dots)},
	}
}

// median of an even number is the mean of the middle two.
func median(rows []row, of func(row) float64) float64 {
	v := make([]float64, len(rows))
	for i, r := range rows {
		v[i] = of(r)
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func most(rows []row, of func(row) float64) float64 {
	top := math.Inf(-1)
	for _, r := range rows {
		top = max(top, of(r))
	}
	return top
}
