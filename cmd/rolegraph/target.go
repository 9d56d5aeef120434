package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

// format is a notation that a graph can be written in.
type format struct {
	name  string
	write func(w io.Writer, d *drawing) (notice string, err error)
}

// formats are the notations, by the ending of their files.
var formats = []format{
	{"png", func(w io.Writer, d *drawing) (string, error) { return d.placed().Notice(), draw.PNG(w, d.placed()) }},
	{"svg", func(w io.Writer, d *drawing) (string, error) { return "", draw.SVG(w, d.placed()) }},
	{"dot", func(w io.Writer, d *drawing) (string, error) { return "", draw.DOT(w, d.graph, d.options()) }},
	{"json", func(w io.Writer, d *drawing) (string, error) { return "", draw.JSON(w, d.graph) }},
}

func formatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// drawing is a graph on its way to several files: it is placed once, and only
// when a notation asks where things stand.
type drawing struct {
	graph *graph.Graph
	title string
	scale float64
	sheet *draw.Sheet
}

func (d *drawing) options() draw.Options { return draw.Options{Title: d.title, Scale: d.scale} }

func (d *drawing) placed() *draw.Sheet {
	if d.sheet == nil {
		d.sheet = draw.Place(d.graph, d.options())
	}
	return d.sheet
}

// target is a file to write, or standard output, and its notation.
type target struct {
	path   string
	format format
}

const standardOutput = "-"

func (t target) isStdout() bool { return t.path == standardOutput }

// targets are what --output and --format ask for.
func (f *renderFlags) targets(fallback string) ([]target, error) {
	paths := f.outputs
	if len(paths) == 0 && f.format != "" {
		fallback = "roles." + f.format
	}
	if len(paths) == 0 && fallback != "" {
		paths = []string{fallback}
	}
	all := make([]target, 0, len(paths))
	for _, path := range paths {
		name := f.format
		if name == "" {
			name = strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
		}
		if path == standardOutput && name == "" {
			return nil, fmt.Errorf("--output - needs --format: one of %s", strings.Join(formatNames(), ", "))
		}
		found, err := formatNamed(name, path)
		if err != nil {
			return nil, err
		}
		all = append(all, target{path, found})
	}
	return all, nil
}

func formatNamed(name, path string) (format, error) {
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
	}
	known := strings.Join(formatNames(), ", ")
	if name == "" {
		return format{}, fmt.Errorf("cannot tell the format of %q: give it an ending or --format, one of %s", path, known)
	}
	return format{}, fmt.Errorf("unknown format %q: known are %s", name, known)
}

// write fills the target. A file appears under its name only when it is whole.
func (t target) write(d *drawing, stdout io.Writer) (notice string, err error) {
	if t.isStdout() {
		return t.buffered(d, stdout)
	}
	temp, err := os.CreateTemp(filepath.Dir(t.path), ".rolegraph-*")
	if err != nil {
		return "", fmt.Errorf("creating a file beside it: %w", err)
	}
	defer func() {
		if err != nil {
			_ = temp.Close()
			_ = os.Remove(temp.Name())
		}
	}()
	if notice, err = t.buffered(d, temp); err != nil {
		return "", err
	}
	if err = temp.Chmod(0o644); err != nil {
		return "", err
	}
	if err = temp.Close(); err != nil {
		return "", err
	}
	return notice, os.Rename(temp.Name(), t.path)
}

func (t target) buffered(d *drawing, w io.Writer) (string, error) {
	b := bufio.NewWriterSize(w, 64<<10)
	notice, err := t.format.write(b, d)
	if err != nil {
		return "", err
	}
	return notice, b.Flush()
}
