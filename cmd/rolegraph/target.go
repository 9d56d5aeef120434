package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
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

// standardOutputs are the names of standard output on systems that have it as a file.
var standardOutputs = []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}

func (t target) isStdout() bool { return t.path == standardOutput }

func (t target) same(other target) bool { return filepath.Clean(t.path) == filepath.Clean(other.path) }

// String is the target as messages name it.
func (t target) String() string {
	if t.isStdout() {
		return "standard output"
	}
	return t.path
}

// targets are what --output and --format ask for.
func (f *renderFlags) targets(fallback string) ([]target, error) {
	if f.scale < 0 || math.IsNaN(f.scale) || math.IsInf(f.scale, 0) {
		return nil, fmt.Errorf("--scale %v is no factor: expected a number above 0", f.scale)
	}
	paths := f.outputs
	if fallback != "" && f.format != "" {
		fallback = "roles." + strings.ToLower(f.format)
	}
	if len(paths) == 0 && fallback != "" {
		paths = []string{fallback}
	}
	all := make([]target, 0, len(paths))
	for _, path := range paths {
		t, err := f.target(path)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, t.same) {
			return nil, fmt.Errorf("--output %s is given twice", path)
		}
		all = append(all, t)
	}
	return all, nil
}

func (f *renderFlags) target(path string) (target, error) {
	if path == "" {
		return target{}, errors.New(`--output "" names no file`)
	}
	if slices.Contains(standardOutputs, path) {
		path = standardOutput
	}
	name := strings.ToLower(f.format)
	if name == "" {
		name = strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	}
	if path == standardOutput && name == "" {
		return target{}, fmt.Errorf("--output - needs --format: one of %s", strings.Join(formatNames(), ", "))
	}
	found, err := formatNamed(name, path)
	return target{path, found}, err
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
