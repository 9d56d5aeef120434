package graph

import "fmt"

// ElsewhereError is a node that is not there in the environment it was asked for:
// a machine runs in its own, and an environment is that one alone.
type ElsewhereError struct {
	ID, Home, Environment string
}

// Error names the environment that the node is there in.
func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("%s is in environment %s, so it is not there in %s: expected %s, or no environment", e.ID, e.Home, e.Environment, e.Home)
}

// Home is the one environment that a node is there in; empty for all of them.
func (n Node) Home() string {
	switch n.Kind {
	case Machine:
		return n.Environment
	case Environment:
		return n.Name
	}
	return ""
}

// There says with an *ElsewhereError which of some nodes is not there in an
// environment. With "" all are.
func (g *Graph) There(ids []string, environment string) error {
	if environment == "" || len(ids) == 0 {
		return nil
	}
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	for _, n := range g.Nodes {
		if home := n.Home(); asked[n.ID] && home != "" && home != environment {
			return &ElsewhereError{n.ID, home, environment}
		}
	}
	return nil
}
