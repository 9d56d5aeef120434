package draw_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph/draw"
)

func FuzzHTML(f *testing.F) {
	for _, name := range acting() {
		f.Add(name, "b")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		g := named(a, b)
		page := html(t, g, draw.HTMLOptions{})
		if strings.Count(page, "<script") != 2 || strings.Count(page, "</script") != 2 {
			t.Error("a name made or ended a script")
		}
		if n := len(pageData(t, page)["nodes"].([]any)); n != len(g.Nodes) {
			t.Errorf("%d nodes, want %d", n, len(g.Nodes))
		}
	})
}

func FuzzEditorURL(f *testing.F) {
	for _, template := range []string{"vscode://file/{file}:{line}", "javascript:{file}", "DATA:{path}", "a:{file}{line}{x}", "{file}", "x:{file}\n"} {
		f.Add(template, "/srv/chef")
	}
	f.Fuzz(func(t *testing.T, template, root string) {
		if draw.CheckEditorURL(template) != nil {
			return
		}
		page := html(t, samples()["one"], draw.HTMLOptions{EditorURL: template, Root: root})
		link := pageData(t, page)["link"].(string)
		scheme, _, _ := strings.Cut(link, ":")
		if slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(scheme)) || strings.ContainsAny(link, " \"<>\n") {
			t.Errorf("%q in %q makes %q", template, root, link)
		}
		if u, err := url.Parse(strings.NewReplacer("{path}", "p", "{line}", "1").Replace(link)); err == nil && !strings.EqualFold(u.Scheme, scheme) {
			t.Errorf("%q has the scheme %q", link, u.Scheme)
		}
	})
}
