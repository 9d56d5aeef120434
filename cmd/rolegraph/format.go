package main

import (
	"context"
	"io"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

// format is a notation that a T can be written in.
type format[T any] struct {
	name    string
	endings []string // of files, beside its name
	write   func(w io.Writer, of T) (notice string, err error)
}

// pictures are the notations of a graph.
var pictures = []format[*drawing]{
	{"png", nil, func(w io.Writer, d *drawing) (string, error) { return d.placed().Notice(), draw.PNG(w, d.placed()) }},
	{"svg", nil, func(w io.Writer, d *drawing) (string, error) { return "", draw.SVG(w, d.placed()) }},
	{"pdf", nil, func(w io.Writer, d *drawing) (string, error) { return d.placed().PDFNotice(), draw.PDF(w, d.placed()) }},
	{"dot", []string{"gv"}, func(w io.Writer, d *drawing) (string, error) { return "", draw.DOT(w, d.graph, d.options) }},
	{"html", []string{"htm"}, func(w io.Writer, d *drawing) (string, error) { return "", draw.HTML(w, d.placed(), d.graph, d.page) }},
	{"mermaid", []string{"mmd"}, func(w io.Writer, d *drawing) (string, error) { return draw.Mermaid(w, d.graph, d.options) }},
	{"json", nil, func(w io.Writer, d *drawing) (string, error) { return "", draw.JSON(w, d.graph) }},
	{"tree", []string{"txt"}, func(w io.Writer, d *drawing) (string, error) {
		return "", draw.Tree(w, d.graph, draw.TreeOptions{})
	}},
}

// drawing is a graph on its way to several files: it is placed once, and only
// when a notation asks where things stand.
type drawing struct {
	ctx     context.Context
	graph   *graph.Graph
	options draw.Options
	page    draw.HTMLOptions
	sheet   *draw.Sheet
}

func (d *drawing) placed() *draw.Sheet {
	if d.sheet == nil {
		defer stage(d.ctx, "placing %d nodes and %d edges", len(d.graph.Nodes), len(d.graph.Edges))()
		d.sheet = draw.Place(d.graph, d.options)
	}
	return d.sheet
}
