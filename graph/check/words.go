package check

import (
	"strconv"
	"strings"

	"github.com/converged/converged/graph"
)

// verbs are what an edge does for sure, and what it does if a condition holds.
var verbs = map[graph.Relation][2]string{
	graph.RunList:  {"names", "may name"},
	graph.Includes: {"includes", "may include"},
	graph.Depends:  {"depends on", "may depend on"},
	graph.PartOf:   {"is of", "may be of"},
	graph.Belongs:  {"is in", "may be in"},
	graph.Follows:  {"follows", "may follow"},
	graph.Merges:   {"includes", "may include"},
	graph.Named:    {"has the list", "has the list"},
}

// said is what an edge says: "role[a] names role[b] (prod)".
func said(e graph.Edge) string {
	verb := verbs[e.Relation][0]
	if e.Maybe {
		verb = verbs[e.Relation][1]
	}
	text := e.From + " " + verb + " " + e.To
	if only := e.Only(); len(only) > 0 {
		text += " (" + some(only, 8) + ")"
	}
	return text
}

// some is the first names of a list, and how many more there are.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + strconv.Itoa(len(names)-most) + " more"
}

// arrows is a cycle as one reads it aloud; of a long one the middle is left out.
func arrows(path []string) string {
	const most = 20
	shown := path
	if len(path) > most {
		shown = append(append([]string{}, path[:most-5]...), "("+strconv.Itoa(len(path)-most)+" more)")
		shown = append(shown, path[len(path)-5:]...)
	}
	return strings.Join(shown, " -> ") + " -> " + path[0]
}

// kinds is "5 roles" for so many nodes of which this is one.
func kinds(n int, id string) string {
	kind, _, _ := strings.Cut(id, "[")
	return graph.Counted(n, kind)
}
