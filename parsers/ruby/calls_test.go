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

func TestCallsTellTheirReceiversAndAssignments(t *testing.T) {
	file, err := Parse(`
handlers << A::B.new(path: "/x")
settings.url = "u"
settings[:files] = ["f"]
self.url = "own"
url "plain"
later = ::C.new
later.new
(a || b).new
x.y.new
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range file.Calls("<<", "new", "url", "url=", "[]=") {
		got = append(got, fmt.Sprintf("%d %s on %s with %d", s.Line, s.Name, s.On, len(s.Args)))
	}
	want := `2 << on handlers with 1
2 new on A::B with 1
3 url= on settings with 1
3 url on settings with 0
4 []= on settings with 2
5 url= on  with 1
5 url on  with 0
6 url on  with 1
7 new on C with 0
8 new on later with 0
9 new on  with 0
10 new on  with 0`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
