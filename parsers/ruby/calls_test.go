package ruby

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCallsAreFoundWhereverTheyStand(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(samples, "sites.rb"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse(string(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range file.Calls("include_recipe") {
		var args []string
		for _, a := range s.Args {
			if u, ok := a.(*Unknown); ok {
				args = append(args, "<"+u.Reason+">")
			} else if name, ok := Name(a); ok {
				args = append(args, name)
			} else {
				args = append(args, Noun(a))
			}
		}
		line := fmt.Sprintf("%d %s %s", s.Line, strings.Join(args, ","), s.Under)
		if s.Receiver {
			line += " of another"
		}
		got = append(got, strings.TrimSpace(line))
	}
	want := `2 a
3 b,c::d
4 <is no constant>
5 e if
7 f case
8 g case
12 i block
14 <is no constant> block
16 l if
18 <is no constant>  of another
19 n,o,<is no constant>
20 p if
21 q if
23 r
25 s rescue
27 t
29 u class
30 v loop
31 w if
31 x if
31 y if
32 z
33
35 <is no constant>`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
