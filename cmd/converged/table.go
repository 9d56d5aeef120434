package main

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/converged/converged/cmd/program"
)

// table aligns columns of foreign words.
type table struct {
	head []string
	rows [][]string
}

// widths is how many characters each column takes. What is foreign is made
// visible first.
func (t *table) widths() []int {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i := range row {
			row[i] = program.Visible(row[i])
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	return widths
}

// print writes one row and what follows it. Colour may be asked for a cell.
func (t *table) print(w io.Writer, widths []int, row []string, colour func(column int) string, rest ...program.Painted) {
	var line strings.Builder
	for i, cell := range row {
		text := cell
		if c := colour(i); c != "" {
			text = string(program.PainterIn(w, c)(cell))
		}
		line.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
	}
	for i, text := range rest {
		if i > 0 {
			line.WriteString("  ")
		}
		line.WriteString(string(text))
	}
	program.PrintLine(w, "%s", program.Painted(strings.TrimRight(line.String(), " ")))
}
