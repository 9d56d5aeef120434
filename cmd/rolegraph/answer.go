package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/role"
)

// onStdout is where answers go when nothing else is asked for.
const onStdout = "default standard output, as text"

// answer writes what was found everywhere it is wanted.
func (o *outputs[T]) answer(targets []target[T], found T, stdout, stderr io.Writer) error {
	for _, t := range targets {
		notice, err := t.write(found, stdout)
		if err != nil {
			return program.Fail(program.Usage, fmt.Errorf("writing %s: %w", t, err))
		}
		if notice != "" {
			program.PrintLine(stderr, "rolegraph: %s: %s", t.String(), notice)
		}
		if !t.isStdout() {
			program.PrintLine(stderr, "wrote %s", t.path)
		}
	}
	return nil
}

// encode writes one JSON document.
func encode(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// printProblemsOf says what reading found in these files. It tells whether one
// could not be read as Chef would, so that an answer from it may be wrong.
func (in *input) printProblemsOf(w io.Writer, files map[string]bool) (broken bool) {
	part := input{dirs: in.dirs, graph: &graph.Graph{}}
	for _, p := range in.graph.Problems {
		if files[p.File] {
			part.graph.Problems = append(part.graph.Problems, p)
		}
	}
	for _, r := range in.graph.Roles {
		if files[r.File] {
			part.graph.Roles = append(part.graph.Roles, role.Role{Unresolved: r.Unresolved})
		}
	}
	part.printProblems(w)
	return part.incomplete()
}
