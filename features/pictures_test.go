package features

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/png"
	"os"
	"slices"
	"strings"

	"github.com/cucumber/godog"
)

func registerPictures(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^(\d+) role files in "([^"]+)" that name "([^"]+)" and a recipe each$`, w.namingFiles)
	sc.Step(`^"([^"]+)" does not contain "(.+)"$`, w.fileLacks)
	sc.Step(`^"([^"]+)" is a PNG picture$`, w.isPNG)
	sc.Step(`^"([^"]+)" shows the nodes "(.+)"$`, w.showsNodes)
	sc.Step(`^"([^"]+)" shows an edge from "([^"]+)" to "([^"]+)"$`, w.showsEdge)
	sc.Step(`^"([^"]+)" shows (\d+) edges$`, w.showsEdges)
	sc.Step(`^standard output has an edge from "([^"]+)" to "([^"]+)" in "([^"]+)"$`, w.outputHasEdge)
}

func (w *world) namingFiles(n int, dir, item string) error {
	for i := range n {
		text := godog.DocString{Content: fmt.Sprintf("run_list %q, %q", item, fmt.Sprintf("recipe[r%d]", i))}
		if err := w.file(fmt.Sprintf("%s/r%d.rb", dir, i), &text); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) fileLacks(name, text string) error {
	content, err := os.ReadFile(w.path(name))
	if err != nil {
		return err
	}
	if strings.Contains(string(content), text) {
		return fmt.Errorf("%s contains it", name)
	}
	return nil
}

func (w *world) isPNG(name string) error {
	f, err := os.Open(w.path(name))
	if err != nil {
		return err
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		return err
	}
	if size := picture.Bounds().Size(); size.X < 50 || size.Y < 50 {
		return fmt.Errorf("it is only %v pixels", size)
	}
	return nil
}

// svg is what a scenario looks for in a picture.
type svg struct {
	nodes []string
	edges [][2]string
}

// picture reads the groups of an SVG.
func (w *world) picture(name string) (svg, error) {
	f, err := os.Open(w.path(name))
	if err != nil {
		return svg{}, err
	}
	defer f.Close()
	var s svg
	d := xml.NewDecoder(f)
	for {
		token, err := d.Token()
		if token == nil {
			if len(s.nodes) == 0 {
				return s, fmt.Errorf("%s shows nothing (%w)", name, err)
			}
			return s, nil
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "g" {
			continue
		}
		switch a := attributes(start); {
		case slices.Contains(strings.Fields(a["class"]), "node"):
			s.nodes = append(s.nodes, a["data-name"])
		case slices.Contains(strings.Fields(a["class"]), "edge"):
			s.edges = append(s.edges, [2]string{a["data-from"], a["data-to"]})
		}
	}
}

func attributes(e xml.StartElement) map[string]string {
	a := map[string]string{}
	for _, attr := range e.Attr {
		a[attr.Name.Local] = attr.Value
	}
	return a
}

func (w *world) showsNodes(name, list string) error {
	s, err := w.picture(name)
	if err != nil {
		return err
	}
	want := strings.Split(list, ", ")
	slices.Sort(want)
	slices.Sort(s.nodes)
	if !slices.Equal(s.nodes, want) {
		return fmt.Errorf("it shows %v", s.nodes)
	}
	return nil
}

func (w *world) showsEdge(name, from, to string) error {
	s, err := w.picture(name)
	if err != nil {
		return err
	}
	if !slices.Contains(s.edges, [2]string{from, to}) {
		return fmt.Errorf("it shows %v", s.edges)
	}
	return nil
}

func (w *world) showsEdges(name string, n int) error {
	s, err := w.picture(name)
	if err != nil {
		return err
	}
	if len(s.edges) != n {
		return fmt.Errorf("it shows %v", s.edges)
	}
	return nil
}

func (w *world) outputHasEdge(from, to, environment string) error {
	var document struct {
		Edges []struct {
			From, To     string
			Environments []string
		}
	}
	if err := json.Unmarshal([]byte(w.stdout), &document); err != nil {
		return err
	}
	for _, e := range document.Edges {
		if e.From == from && e.To == to && slices.Contains(e.Environments, environment) {
			return nil
		}
	}
	return fmt.Errorf("the edges are %+v", document.Edges)
}
