package check

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Place is where a finding stands in a file.
type Place struct {
	File         string // with slashes; as Settings.Path gives it
	Line, Column int    // from 1; 0 where it is not known
	Text         string // what stands there
}

// Key is what a baseline knows a finding by, or a part of it: an edge, a node or
// a piece of a file, without line numbers, so that it survives edits.
type Key struct {
	Rule    string `json:"rule"`
	Subject string `json:"subject"`      // a node's ID or a file
	To      string `json:"to,omitempty"` // the node an edge leads to, or a text in the file
}

// written is the key as a baseline holds it: JSON has no bytes but UTF-8.
func (k Key) written() Key {
	return Key{k.Rule, string([]rune(k.Subject)), string([]rune(k.To))}
}

// Cut is what opens a cycle when it is taken away.
type Cut struct {
	Edges  [][2]string
	Places []Place
	Exact  bool // it is proven that no smaller cut does
}

// Finding is one thing that a rule found.
type Finding struct {
	Rule    string
	Level   Level    // Warning or Error
	Message string   // what was found, to follow the Title
	Notes   []string // more about it, a line each
	Places  []Place  // the first is the one to show; there may be none
	Cut     *Cut     // of a cycle
	Nodes   []string // the IDs of what it is about, sorted
	Edges   [][2]string
	Keys    []Key // it is known when a baseline has all of them
	Known   bool
}

// Title is the rule in words: every certain sort of cycle is a "cycle".
func (f Finding) Title() string {
	switch f.Rule {
	case Cycle, AcrossEnvironments, SelfReference:
		return "cycle"
	}
	return strings.ReplaceAll(f.Rule, "-", " ")
}

// Headline is all of the finding in a line: "missing role: role[base]".
func (f Finding) Headline() string { return f.Title() + ": " + f.Message }

// Fingerprint tells the finding from all others, and is the same after edits
// that leave what it is about. 32 hexadecimal digits.
func (f Finding) Fingerprint() string {
	h := sha256.New()
	about := slices.Clone(f.Nodes)
	if len(about) == 0 {
		for _, k := range f.Keys {
			about = append(about, k.Subject, k.To)
		}
	}
	for _, part := range append(about, f.Rule) {
		_, _ = fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Report is what all rules found.
type Report struct {
	Findings []Finding // errors first, then in the order of Rules, then by place
	Stale    []Key     // of the baseline, what was not found any more
	Notes    []string  // what was not looked at
	Summary  string    // of what was read
	FailOn   Level     // Error, or Warning where warnings fail, too
	Compared bool      // with a baseline

	unseen map[string]bool // rules that were not looked at
	kept   []Key           // of the baseline, what only such rules could find
}

// Settings are the wishes for a check. The zero value asks for every rule at its
// own level.
type Settings struct {
	Levels   map[string]Level // by rule, where it is not its own
	MaxDepth int              // of nested roles; 0 is DefaultMaxDepth
	FailOn   Level            // the least level that fails; empty is Error
	// Path makes of a file of the graph the one that can be opened; nil leaves it.
	Path func(file string) string
}

// DefaultMaxDepth is how deep roles may nest unless it is said.
const DefaultMaxDepth = 6

// Count is how many findings of a rule or, with an empty one, of all rules there
// are at this level that were not known.
func (r Report) Count(rule string, level Level) int {
	n := 0
	for _, f := range r.Findings {
		if (rule == "" || f.Rule == rule) && f.Level == level && !f.Known {
			n++
		}
	}
	return n
}

// Known is how many findings the baseline has.
func (r Report) Known() int {
	n := 0
	for _, f := range r.Findings {
		if f.Known {
			n++
		}
	}
	return n
}

// Fails says whether there is a finding that is not known and bad enough.
func (r Report) Fails() bool { return slices.ContainsFunc(r.Findings, r.fails) }

func (r Report) fails(f Finding) bool { return !f.Known && (f.Level == Error || r.FailOn == Warning) }

// String is a place as editors open it.
func (p Place) String() string {
	s := p.File
	for _, n := range []int{p.Line, p.Column} {
		if n < 1 {
			break
		}
		s += ":" + strconv.Itoa(n)
	}
	return s
}

// Details are the lines below a finding's message: its notes, where it stands
// and, of a cycle, what opens it.
func (f Finding) Details() []string {
	var lines []string
	for _, p := range f.Places {
		lines = append(lines, strings.TrimSuffix(p.String()+": "+p.Text, ": "))
	}
	lines = append(lines, f.Notes...)
	if f.Cut != nil {
		lines = append(lines, f.Cut.says())
		for i, p := range f.Cut.Places {
			if i == mostCuts {
				lines = append(lines, "and "+strconv.Itoa(len(f.Cut.Places)-i)+" more")
				break
			}
			lines = append(lines, p.String()+": without: "+p.Text)
		}
	}
	return lines
}

// mostCuts is how many edges to cut a text lists.
const mostCuts = 50

// says is how many edges open a cycle, and how sure that is.
func (c Cut) says() string {
	sure := "no fewer do"
	if !c.Exact {
		sure = "found by a heuristic; fewer may do"
	}
	if len(c.Edges) == 1 {
		return "to open it, take away 1 edge:"
	}
	return "to open it, take away " + strconv.Itoa(len(c.Edges)) + " edges (" + sure + "):"
}
