// Package discover finds which tools are on a node, where their reports are, and
// what has to be switched on for there to be any. It reads files below a root and
// does nothing else: nothing is run, asked or changed, and no secret that stands in
// a tool's configuration is kept.
package discover

import (
	"os"
	"slices"
	"time"
)

// Options say for whom a node is looked at.
type Options struct {
	Home string              // of the user whose own settings count, too; "" is none
	User string              // who shall read the reports; "" is whoever asks
	Env  func(string) string // the environment that tools run in; nil is not known
}

// Findings are what a node shows.
type Findings struct {
	User   string   `json:"user,omitempty"` // whose rights Access tells of; "" is whoever asked
	Tools  []Tool   `json:"tools"`
	Agent  Agent    `json:"agent"`
	Looked []string `json:"looked"` // the places that show a tool, of all tools
}

// Tool is a tool of configuration management that is on the node.
type Tool struct {
	Name     string   `json:"tool"`
	Found    []string `json:"found"`             // files that show it
	Version  string   `json:"version,omitempty"` // where a file tells it
	Sources  []Source `json:"sources"`
	SendsTo  []string `json:"sends_to,omitempty"`  // where it sends reports over HTTP: "https://host:port"
	SwitchOn []Step   `json:"switch_on,omitempty"` // what has to be done for there to be reports
	Notes    []string `json:"notes,omitempty"`     // what its settings say, a sentence each
	Traps    []string `json:"traps"`               // what goes wrong silently, a sentence each
}

// Step is something to write into a file.
type Step struct {
	File  string `json:"file"`
	Lines string `json:"lines"` // ends in a newline
}

// State is how a source is to be taken.
type State string

// The states of a source.
const (
	On    State = "on"    // the tool writes there, as settings or reports show
	Off   State = "off"   // it will, once that is switched on
	Other State = "other" // it could, instead of or beside another source
)

// Source is a place where a tool leaves reports.
type Source struct {
	Format string     `json:"format"`               // as in the configuration
	Path   string     `json:"path"`                 // a file, a directory or a glob
	Cache  string     `json:"cache_path,omitempty"` // of Chef, where it is not the usual one
	State  State      `json:"state"`
	Why    string     `json:"why"` // how the place is known
	Files  int        `json:"files"`
	More   bool       `json:"more,omitzero"` // than Files
	Newest *time.Time `json:"newest,omitempty"`
	Access string     `json:"access"` // "readable", "absent", or why it cannot be read
}

// The values of Source.Access that are not reasons.
const (
	Readable = "readable"
	Absent   = "absent"
)

// Look looks at the node below root. The error is one of the Options; what cannot
// be read on the node is told among the findings.
func Look(root *os.Root, o Options) (Findings, error) {
	n := &node{tree: tree{root: root}, Options: o}
	if n.Env == nil {
		n.Env = func(string) string { return "" }
	}
	var err error
	if n.reader, err = n.readerNamed(o.User); err != nil {
		return Findings{}, err
	}
	f := Findings{User: n.reader.name, Tools: []Tool{}}
	for _, look := range []func(*node) Tool{chef, puppet, ansible, salt} {
		tool := look(n)
		if len(tool.Found) == 0 {
			continue
		}
		for i := range tool.Sources {
			n.survey(&tool.Sources[i])
			tool.Notes = append(tool.Notes, n.outOfSight(tool.Sources[i])...)
		}
		f.Tools = append(f.Tools, tool)
	}
	f.Agent = n.agent()
	f.Looked = n.looked
	return f, nil
}

// node is what is looked at, and by whom.
type node struct {
	tree
	Options
	reader reader
	looked []string
}

// present is those of the paths that are there; all are noted as looked at.
func (n *node) present(paths ...string) []string {
	var found []string
	for _, path := range paths {
		if path == "" {
			continue
		}
		n.looked = append(n.looked, path)
		if n.exists(path) {
			found = append(found, path)
		}
	}
	return found
}

// home is a path below the home directory, or "".
func (n *node) home(path string) string {
	if n.Home == "" {
		return ""
	}
	return n.Home + "/" + path
}

// add adds a source unless it is there already.
func (t *Tool) add(s Source) {
	same := func(other Source) bool { return other.Format == s.Format && other.Path == s.Path }
	if !slices.ContainsFunc(t.Sources, same) {
		t.Sources = append(t.Sources, s)
	}
}

// has says whether there is a source of that format in that state.
func (t *Tool) has(format string, state State) bool {
	return slices.ContainsFunc(t.Sources, func(s Source) bool { return s.Format == format && s.State == state })
}

func (t *Tool) note(sentence string) {
	if !slices.Contains(t.Notes, sentence) {
		t.Notes = append(t.Notes, sentence)
	}
}
