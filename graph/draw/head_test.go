package draw_test

import (
	"bytes"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func TestTheHeadTellsWhatIsMissingByKind(t *testing.T) {
	g := graph.New(role.Set{}, repository.Set{
		Cookbooks: []repository.Cookbook{{Name: "a", Dir: "./a", File: "./a", Unresolved: []role.Unresolved{{File: "./a", Line: 1}}}},
		Nodes: []repository.Node{{Name: "n", Environment: "prod", RunList: []role.Item{
			{Kind: role.RecipeItem, Name: "a::x"}, {Kind: role.RecipeItem, Name: "a::y"}}}},
		Environments: []repository.Environment{{Name: "qa", File: "./qa.rb"}},
	})
	var b bytes.Buffer
	if err := draw.SVG(&b, draw.Place(g, draw.Options{})); err != nil {
		t.Fatal(err)
	}
	if want := "2 missing recipes, 1 missing environment, 1 place not known"; !bytes.Contains(b.Bytes(), []byte(want)) {
		t.Errorf("the picture does not say %q", want)
	}
}
