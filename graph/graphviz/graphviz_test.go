package graphviz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/graph/layout"
)

// The test binary is the engine as well, when it is called with this variable.
const part = "GRAPHVIZ_TEST_PART"

func TestMain(m *testing.M) {
	if role := os.Getenv(part); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

// play is an engine that behaves as told.
func play(role string) int {
	switch kind, text, _ := strings.Cut(role, ":"); kind {
	case "answer":
		fmt.Print(text)
	case "crash":
		fmt.Fprintln(os.Stderr, "Error: \x1b[31mout of memory\nsecond line")
		return 3
	case "prism": // is none: it leaves boxes on each other unless distances may grow
		asked, _ := io.ReadAll(os.Stdin)
		if strings.Contains(string(asked), "overlap=scale,") {
			fmt.Print(goodNodes + goodEdge + "]}")
			break
		}
		fmt.Print(strings.ReplaceAll(goodNodes+goodEdge+"]}", `"20,90"`, `"20,20"`))
	case "hang":
		fmt.Fprintln(os.Stderr, "thinking")
		time.Sleep(time.Hour)
	}
	return 0
}

// engine puts the test binary on PATH as dot, in the given part.
func engine(t *testing.T, role string) Program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "dot")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	t.Setenv("PATH", dir)
	t.Setenv(part, role)
	p, err := Find("dot")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var pair = layout.Graph{
	Nodes: []layout.Node{{Width: 40, Height: 20}, {Width: 40, Height: 20}},
	Edges: []layout.Edge{{From: 0, To: 1, Label: layout.Node{Width: 10, Height: 5}}, {From: 1, To: 7}},
}

const (
	goodNodes = `{"bb":"0,0,40,100","objects":[{"name":"n1","pos":"20,10"},{"name":"n0","pos":"20,90"}],"edges":[`
	goodEdge  = `{"id":"0","pos":"20,80.2 20,60 20,40 20,19.9","lp":"30,50"}`
)

func TestAnswerBecomesADrawing(t *testing.T) {
	d, err := engine(t, "answer:"+goodNodes+goodEdge+"]}").Arrange(t.Context(), pair, layout.Options{})
	if err != nil {
		t.Fatal(err)
	}
	at := func(x, y float64) layout.Point { return layout.Point{X: x + 12, Y: y + 12} }
	want := layout.Drawing{
		Width: 64, Height: 124, Nodes: []layout.Point{at(20, 10), at(20, 90)},
		Edges: []layout.Route{{Points: []layout.Point{at(20, 20), at(20, 40), at(20, 60), at(20, 80)}, Label: at(30, 50)}, {Label: at(0, 0)}},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("%+v\nwant %+v", d, want)
	}
}

func TestWrongAnswersAreErrors(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":             "",
		"no JSON":             "graph 1 2 3",
		"no extent":           "{}",
		"too few nodes":       `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"1,1"}]}`,
		"a foreign node":      `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"1,1"},{"name":"n2","pos":"1,1"}]}`,
		"a node twice":        `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"1,1"},{"name":"n0","pos":"1,1"}]}`,
		"a negative node":     `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"1,1"},{"name":"n-1","pos":"1,1"}]}`,
		"no place":            `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"1"},{"name":"n1","pos":"1,1"}]}`,
		"not a number":        `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"NaN,1"},{"name":"n1","pos":"1,1"}]}`,
		"infinite":            `{"bb":"0,0,1,1","objects":[{"name":"n0","pos":"1e99,1"},{"name":"n1","pos":"1,1"}]}`,
		"no edge":             goodNodes + "]}",
		"an edge twice":       goodNodes + goodEdge + "," + goodEdge + "]}",
		"an edge to nowhere":  goodNodes + goodEdge + `,{"id":"1","pos":"0,0 1,1 2,2 3,3"}]}`,
		"half a curve":        goodNodes + `{"id":"0","pos":"20,80 20,60 20,40","lp":"1,1"}]}`,
		"an arrow of its own": goodNodes + `{"id":"0","pos":"e,20,20 20,80 20,60 20,40 20,20","lp":"1,1"}]}`,
		"no label":            goodNodes + `{"id":"0","pos":"20,80 20,60 20,40 20,20"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := engine(t, "answer:"+answer).Arrange(t.Context(), pair, layout.Options{})
			if err == nil || !strings.Contains(err.Error(), "layered and force are built in") {
				t.Errorf("error %v, want one that names what is built in", err)
			}
		})
	}
}

func TestEngineThatCrashes(t *testing.T) {
	_, err := engine(t, "crash").Arrange(t.Context(), pair, layout.Options{})
	if err == nil || !strings.Contains(err.Error(), "exit status 3: Error: [31mout of memory;") {
		t.Errorf("error %v, want the exit code and the first line without control characters", err)
	}
}

func TestEngineThatHangs(t *testing.T) {
	p := engine(t, "hang")
	p.Timeout = 300 * time.Millisecond
	_, err := p.Arrange(t.Context(), pair, layout.Options{})
	if err == nil || !strings.Contains(err.Error(), "stopped after 300ms") || !strings.Contains(err.Error(), "layered") {
		t.Errorf("error %v, want one about the time", err)
	}
	p.Timeout = 0
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Arrange(ctx, pair, layout.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestEnginesThatAreNotThere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Find("neato")
	if !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "layered") || !strings.Contains(err.Error(), "force") {
		t.Errorf("error %v, want one that names what is built in", err)
	}
	if _, err := Find("rm"); !errors.Is(err, ErrUnknown) {
		t.Errorf("error %v, want an unknown engine", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	l := limited{most: 5}
	if n, err := l.Write([]byte("1234567")); n != 5 || err == nil || !l.over || l.String() != "12345" {
		t.Errorf("took %d bytes, %q, error %v", n, l.String(), err)
	}
}

func TestComplaintsAreCutBetweenCharacters(t *testing.T) {
	l := limited{most: 1000}
	_, _ = l.WriteString("a" + strings.Repeat("é", 300) + "\nmore")
	if want := ": a" + strings.Repeat("é", 199); l.firstLine() != want {
		t.Errorf("%q, want %q", l.firstLine(), want)
	}
}

func TestQuestionHoldsNumbersOnly(t *testing.T) {
	g := layout.Graph{Nodes: []layout.Node{{Width: math.NaN(), Height: math.Inf(1)}, {Width: -1, Height: 36}}, Edges: pair.Edges}
	got := string(question("dot", g, layout.Options{RankDir: layout.LeftRight}, prism))
	for _, want := range []string{"rankdir=LR", "n0[width=0.01389,height=0.01389]", "n1[width=0.01389,height=0.5]", "n0->n1[id=0,label="} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "n7") || strings.Contains(got, "NaN") {
		t.Error(got)
	}
}

// TestInstalledEngines asks the real ones, where there are any.
func TestInstalledEngines(t *testing.T) {
	g := layout.Graph{Edges: []layout.Edge{{From: 0, To: 0}, {From: 1, To: 2}, {From: 1, To: 2}, {From: 2, To: 1, Label: layout.Node{Width: 30, Height: 12}}, {From: 9, To: 1}}}
	for v := range 12 {
		g.Nodes = append(g.Nodes, layout.Node{Width: 50 + float64(v), Height: 24})
		g.Edges = append(g.Edges, layout.Edge{From: v / 3, To: v})
	}
	for _, name := range Engines() {
		t.Run(name, func(t *testing.T) {
			p, err := Find(name)
			if err != nil {
				t.Skip(err)
			}
			if exec.Command(p.Path, "-V").Run() != nil {
				t.Skip(p.Path, "does not run")
			}
			d, err := p.Arrange(t.Context(), g, layout.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for v, a := range d.Nodes {
				for w, b := range d.Nodes[:v] {
					if math.Abs(a.X-b.X) < 50 && math.Abs(a.Y-b.Y) < 24 {
						t.Errorf("boxes %d and %d overlap at %v and %v", v, w, a, b)
					}
				}
			}
			for i, e := range g.Edges {
				if !joins(g, e) {
					continue
				}
				r := d.Edges[i].Points
				end := r[len(r)-1]
				if on := onto(end, d.Nodes[e.To], g.Nodes[e.To]); math.Hypot(on.X-end.X, on.Y-end.Y) > 1e-6 {
					t.Errorf("edge %d ends at %v, off the border of box %d at %v", i, end, e.To, d.Nodes[e.To])
				}
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(goodNodes + goodEdge + "]}"))
	f.Add([]byte(`{"bb":"0,0,1,1","objects":[],"edges":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := read(text, pair)
		if err == nil && (len(d.Nodes) != 2 || len(d.Edges[0].Points) < 4 || len(d.Edges[1].Points) > 0) {
			t.Errorf("%s became %+v", text, d)
		}
	})
}
