package draw_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/converged/converged/graph/draw"
)

var update = flag.Bool("update", false, "write testdata anew")

func TestGolden(t *testing.T) {
	for name, g := range samples() {
		o := draw.Options{Title: name}
		for ending, write := range map[string]func(io.Writer) error{
			"svg":  func(w io.Writer) error { return draw.SVG(w, draw.Place(g, o)) },
			"dot":  func(w io.Writer) error { return draw.DOT(w, g, o) },
			"json": func(w io.Writer) error { return draw.JSON(w, g) },
		} {
			t.Run(name+"."+ending, func(t *testing.T) {
				var got bytes.Buffer
				if err := write(&got); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", name+"."+ending)
				if *update {
					if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), want) {
					t.Errorf("differs from %s; look at it, then run go test -update\n%s", file, got.String())
				}
			})
		}
	}
}

func TestSameGraphSameBytes(t *testing.T) {
	drawn := func() map[string][]byte {
		g, out := large(), map[string][]byte{}
		s := draw.Place(g, draw.Options{Scale: 0.25})
		for name, write := range map[string]func(io.Writer) error{
			"svg":  func(w io.Writer) error { return draw.SVG(w, s) },
			"png":  func(w io.Writer) error { return draw.PNG(w, s) },
			"dot":  func(w io.Writer) error { return draw.DOT(w, g, draw.Options{}) },
			"json": func(w io.Writer) error { return draw.JSON(w, g) },
		} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			out[name] = b.Bytes()
		}
		return out
	}
	first, second := drawn(), drawn()
	for name := range first {
		if !bytes.Equal(first[name], second[name]) {
			t.Errorf("%s: two drawings of one graph differ", name)
		}
	}
}

// full refuses to be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteErrorsAreReported(t *testing.T) {
	g := samples()["web"]
	s := draw.Place(g, draw.Options{})
	for name, err := range map[string]error{
		"svg": draw.SVG(full{}, s), "png": draw.PNG(full{}, s), "dot": draw.DOT(full{}, g, draw.Options{}), "json": draw.JSON(full{}, g),
	} {
		if err == nil {
			t.Errorf("%s: no error from a writer that fails", name)
		}
	}
}
