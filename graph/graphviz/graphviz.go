// Package graphviz has an installed Graphviz decide where the boxes and edges of a
// graph stand. The program is told sizes and connections only, never a name.
package graphviz

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/graph/layout"
)

// ErrAbsent is the error of an engine that is not installed.
var ErrAbsent = errors.New("not installed")

// ErrUnknown is the error of a name that is no engine's.
var ErrUnknown = errors.New("unknown")

var engines = []string{"dot", "neato", "fdp", "sfdp", "twopi", "circo"}

// Engines are the programs of Graphviz that this package can use.
func Engines() []string { return slices.Clone(engines) }

// Program is an installed engine.
type Program struct {
	Engine  string        // its name
	Path    string        // of the executable
	Timeout time.Duration // how long it may take; 0 is 5 minutes
}

const (
	patience   = 5 * time.Minute
	answerMost = 128 << 20 // bytes: several times what 10,000 nodes and 30,000 edges take
)

// Find looks for an engine on PATH. The error wraps ErrUnknown or ErrAbsent.
func Find(engine string) (Program, error) {
	if !slices.Contains(engines, engine) {
		return Program{}, fmt.Errorf("%w Graphviz engine %q: expected one of %s", ErrUnknown, engine, strings.Join(engines, ", "))
	}
	path, err := exec.LookPath(engine)
	if err != nil {
		return Program{}, fmt.Errorf("%s of Graphviz is %w: no such program on PATH; layered and force are built in", engine, ErrAbsent)
	}
	return Program{Engine: engine, Path: path}, nil
}

// Arrange lays out a graph: boxes of their sizes, edges as Béziers from border to
// border. Ending the context ends the program. An engine that fails, takes too
// long or answers what cannot be is an error with the first line it complained.
func (p Program) Arrange(ctx context.Context, g layout.Graph, o layout.Options) (layout.Drawing, error) {
	if len(g.Nodes) == 0 {
		return layout.Drawing{Edges: make([]layout.Route, len(g.Edges))}, nil
	}
	d, err := p.place(ctx, g, o, prism)
	if err == nil && p.Engine != "dot" && overlaps(g, d) {
		return p.place(ctx, g, o, scale)
	}
	return d, err
}

// place asks and reads the answer.
func (p Program) place(ctx context.Context, g layout.Graph, o layout.Options, how apart) (layout.Drawing, error) {
	answer, err := p.ask(ctx, question(p.Engine, g, o, how))
	if err != nil {
		return layout.Drawing{}, fmt.Errorf("layout by %s: %w", p.Path, err)
	}
	d, err := read(answer, g)
	if err != nil {
		return layout.Drawing{}, fmt.Errorf("layout by %s: its answer is not what was asked for: %w; layered and force are built in", p.Path, err)
	}
	return d, nil
}

// ask runs the program.
func (p Program) ask(ctx context.Context, question []byte) ([]byte, error) {
	limit := p.Timeout
	if limit == 0 {
		limit = patience
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(within, p.Path, "-Tjson0")
	cmd.Stdin = bytes.NewReader(question)
	var out, complaint limited
	out.most, complaint.most = answerMost, 64<<10
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.WaitDelay = time.Second // for what it may have started itself
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case within.Err() != nil:
		return nil, fmt.Errorf("stopped after %v without an answer%s; layered and force are built in and take less", limit, complaint.firstLine())
	case out.over:
		return nil, fmt.Errorf("an answer of more than %d MB; layered and force are built in", answerMost>>20)
	case err != nil:
		return nil, fmt.Errorf("%w%s; layered and force are built in", err, complaint.firstLine())
	}
	return out.Bytes(), nil
}

// limited is a buffer that takes only so much.
type limited struct {
	bytes.Buffer
	most int
	over bool
}

// Write takes what there is room for. More than that is an error, which ends the
// program that writes.
func (l *limited) Write(p []byte) (int, error) {
	if room := l.most - l.Len(); len(p) > room {
		l.over = true
		n, _ := l.Buffer.Write(p[:room])
		return n, io.ErrShortWrite
	}
	return l.Buffer.Write(p)
}

// firstLine is ": " and the first line, without what a terminal would obey.
func (l *limited) firstLine() string {
	const most = 200 // characters
	line, _, _ := strings.Cut(strings.TrimSpace(l.String()), "\n")
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, ""))
	if line == "" {
		return ""
	}
	runes := []rune(line)
	return ": " + string(runes[:min(len(runes), most)])
}
