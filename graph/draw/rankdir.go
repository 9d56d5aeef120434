package draw

import (
	"fmt"
	"strings"

	"github.com/converged/converged/graph/layout"
)

// RankDir is the way the edges of a picture run, named as Graphviz names it.
type RankDir string

// The directions.
const (
	LeftRight RankDir = "LR"
	TopDown   RankDir = "TB"
	RightLeft RankDir = "RL"
	BottomUp  RankDir = "BT"
)

// RankDirs are all directions, the usual one first.
func RankDirs() []string {
	return []string{string(LeftRight), string(TopDown), string(RightLeft), string(BottomUp)}
}

var directions = map[RankDir]layout.Direction{
	LeftRight: layout.LeftRight, TopDown: layout.TopDown, RightLeft: layout.RightLeft, BottomUp: layout.BottomUp,
}

// ParseRankDir reads a direction in either case, the empty one as the usual one;
// its error names those there are.
func ParseRankDir(s string) (RankDir, error) {
	if s == "" {
		return LeftRight, nil
	}
	dir := RankDir(strings.ToUpper(s))
	if _, ok := directions[dir]; !ok {
		return "", fmt.Errorf("no rank direction %q: expected one of %s", s, strings.Join(RankDirs(), ", "))
	}
	return dir, nil
}
