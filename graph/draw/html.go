package draw

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/converged/converged/graph"
)

//go:embed html
var pageFiles embed.FS

// scripts are the parts of the page's script, in the order in which they stand.
var scripts = []string{"model.js", "view.js", "light.js", "panel.js", "search.js", "filter.js", "keys.js", "main.js"}

// HTMLOptions are the wishes for a page. The zero value works.
type HTMLOptions struct {
	// EditorURL makes links of files: see CheckEditorURL. Empty is no links.
	EditorURL string
	// Root is the absolute directory that files of the graph are relative to, Here
	// the one for those that begin with "./" or "../". They are part of the page
	// only where EditorURL holds {file}.
	Root, Here string
	// Reload is the path of a stream of server-sent events on the page's own
	// origin; each makes the page load itself anew, with the same part in view.
	// Empty is a page that asks for nothing.
	Reload string
}

// HTML writes the sheet, placed from g, as one page that needs nothing but
// itself: the drawing to pan, zoom, search and filter, and what the graph knows of
// each node. Its content security policy allows no request.
func HTML(w io.Writer, s *Sheet, g *graph.Graph, o HTMLOptions) error {
	if s.err != nil {
		return s.err
	}
	if len(s.boxes) != len(g.Nodes) || len(s.wires) != len(g.Edges) {
		return errors.New("write the HTML: the sheet was placed from another graph")
	}
	link, err := editorLink(o)
	if err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	data, err := json.Marshal(describe(s, g, link, o))
	if err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	page, err := assemble(s, string(data), o.Reload != "")
	if err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	if _, err := io.WriteString(w, page); err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	return nil
}

// assemble puts the parts into the template. data is JSON as encoding/json
// escapes it, which cannot end the element it stands in.
func assemble(s *Sheet, data string, reload bool) (string, error) {
	script, err := script()
	if err != nil {
		return "", err
	}
	style, err := pageFiles.ReadFile("html/style.css")
	if err != nil {
		return "", err
	}
	template, err := pageFiles.ReadFile("html/page.html")
	if err != nil {
		return "", err
	}
	css := "\n" + s.coloured() + string(style)
	return strings.NewReplacer(
		"{{policy}}", policy(script, css, reload),
		"{{title}}", escaped(s.title),
		"{{summary}}", escaped(s.summary),
		"{{style}}", css,
		"{{drawing}}", s.inline(),
		"{{legend}}", s.legendList(),
		"{{data}}", data,
		"{{script}}", script,
	).Replace(string(template)), nil
}

// script is the whole script, in a scope of its own.
func script() (string, error) {
	var b strings.Builder
	b.WriteString("\n'use strict';\n(() => {\n")
	for _, name := range scripts {
		part, err := pageFiles.ReadFile("html/" + name)
		if err != nil {
			return "", err
		}
		b.Write(part)
	}
	b.WriteString("})();\n")
	return b.String(), nil
}

// policy lets the browser run this very script and use this very style, and fetch
// nothing.
func policy(script, style string, reload bool) string {
	p := "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; script-src " + hash(script) + "; style-src " + hash(style)
	if reload {
		p += "; connect-src 'self'"
	}
	return p
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func escaped(s string) string {
	p := pen{}
	p.escape(s)
	return string(p.out)
}
