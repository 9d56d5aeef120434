package draw_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func html(t testing.TB, g *graph.Graph, o draw.HTMLOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := draw.HTML(&b, draw.Place(g, draw.Options{Title: "roles"}), g, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	policyTag = regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`)
	scriptTag = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	styleTag  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	dataTag   = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)
	outside   = regexp.MustCompile(`(src|href|action)="[^"#]|url\(|@import|https?://`)
)

func TestHTMLAllowsItsOwnScriptAndNothingElse(t *testing.T) {
	page := html(t, samples()["cycle"], draw.HTMLOptions{})
	policy := policyTag.FindStringSubmatch(page)[1]
	for name, tag := range map[string]*regexp.Regexp{"script-src": scriptTag, "style-src": styleTag} {
		parts := tag.FindAllStringSubmatch(page, -1)
		if len(parts) != 1 {
			t.Fatalf("%d elements for %s, want one", len(parts), name)
		}
		sum := sha256.Sum256([]byte(parts[0][1]))
		if want := name + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("the policy is %s, want %s in it", policy, want)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "connect-src") {
		t.Errorf("the policy is %s", policy)
	}
	for _, found := range outside.FindAllString(strings.ReplaceAll(page, `href="data:,"`, ""), -1) {
		t.Errorf("the page refers to something outside: %s", found)
	}
	if policy := policyTag.FindStringSubmatch(html(t, samples()["one"], draw.HTMLOptions{Reload: "/events"}))[1]; !strings.HasSuffix(policy, "; connect-src 'self'") {
		t.Errorf("with reloading the policy is %s", policy)
	}
}

func TestHTMLScriptIsPlain(t *testing.T) {
	script := scriptTag.FindStringSubmatch(html(t, samples()["one"], draw.HTMLOptions{}))[1]
	for _, forbidden := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch(", "XMLHttpRequest", "import("} {
		if strings.Contains(script, forbidden) {
			t.Errorf("the script uses %s", forbidden)
		}
	}
}

// pageData is what the page's script is given.
func pageData(t *testing.T, page string) map[string]any {
	t.Helper()
	var data map[string]any
	if err := json.Unmarshal([]byte(dataTag.FindStringSubmatch(page)[1]), &data); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestHTMLDrawsWhatTheGraphHolds(t *testing.T) {
	for name, g := range samples() {
		page := html(t, g, draw.HTMLOptions{})
		data := pageData(t, page)
		nodes, edges := data["nodes"].([]any), data["edges"].([]any)
		if len(nodes) != len(g.Nodes) || strings.Count(page, `<g class="node"`) != len(g.Nodes) {
			t.Errorf("%s: %d nodes are told and %d drawn, want %d", name, len(nodes), strings.Count(page, `<g class="node"`), len(g.Nodes))
		}
		if len(edges) != len(g.Edges) || strings.Count(page, `<g class="edge"`) != len(g.Edges) {
			t.Errorf("%s: %d edges are told, want %d", name, len(edges), len(g.Edges))
		}
		for i, n := range g.Nodes {
			if id := nodes[i].(map[string]any)["id"]; id != n.ID {
				t.Errorf("%s: node %d is %v, want %s", name, i, id, n.ID)
			}
		}
	}
}

func TestHTMLOfHostileNamesHasNoOtherElements(t *testing.T) {
	g := named(acting()...)
	page := html(t, g, draw.HTMLOptions{})
	if got, want := strings.Count(page, "<script"), 2; got != want {
		t.Errorf("%d script elements, want %d", got, want)
	}
	if strings.Contains(page, "<img") || strings.Contains(page, "\x00") || strings.ContainsAny(dataTag.FindString(page), "\u2028\u2029") {
		t.Error("a name stands in the page as it is")
	}
	if n := len(pageData(t, page)["nodes"].([]any)); n != len(g.Nodes) {
		t.Errorf("%d nodes, want %d", n, len(g.Nodes))
	}
}

func TestHTMLIsTheSameTwice(t *testing.T) {
	first, second := html(t, large(), draw.HTMLOptions{}), html(t, large(), draw.HTMLOptions{})
	if first != second {
		t.Error("two pages of one graph differ")
	}
}

func TestHTMLErrors(t *testing.T) {
	g := samples()["web"]
	s := draw.Place(g, draw.Options{})
	for name, err := range map[string]error{
		"a writer that fails": draw.HTML(full{}, s, g, draw.HTMLOptions{}),
		"another graph":       draw.HTML(&bytes.Buffer{}, s, samples()["one"], draw.HTMLOptions{}),
		"a hostile link":      draw.HTML(&bytes.Buffer{}, s, g, draw.HTMLOptions{EditorURL: "javascript:{file}"}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestEditorURL(t *testing.T) {
	for template, says := range map[string]string{
		"vscode://file/{file}:{line}":           "",
		"idea://open?file={file}&line={line}":   "",
		"https://host/blob/main/{path}#L{line}": "",
		"x-my.editor+1:{path}":                  "",
		"{file}":                                "no scheme",
		"/{file}":                               "no scheme",
		"javascript:alert('{file}')":            "would run a script",
		"JavaScript:{file}":                     "would run a script",
		"data:text/html,{file}":                 "would run a script",
		"vbscript:{file}":                       "would run a script",
		" javascript:{file}":                    "no scheme",
		"java\nscript:{file}":                   "no scheme",
		"vscode://file/{file}\":{line}":         `holds '"'`,
		"vscode://file/ {file}":                 "holds ' '",
		"vscode://file/{name}:{line}":           "{name} is not known",
		"vscode://file/:{line}":                 "which file",
	} {
		err := draw.CheckEditorURL(template)
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%q: %v, want %q", template, err, says)
		}
	}
}

func TestEditorLinksOfThePage(t *testing.T) {
	for _, c := range []struct{ template, root, link, encoded string }{
		{"vscode://file/{file}:{line}", "/srv/chef", "vscode://file{file}:{line}", "/srv/chef"},
		{"idea://open?file={file}&line={line}", `/srv/a b&c/#"<`, "idea://open?file={file}&line={line}", "/srv/a%20b%26c/%23%22%3C"},
		{"vscode://file/{file}", "C:/chef", "vscode://file{file}", "/C:/chef"},
		{"https://host/{path}#L{line}", "/srv/chef", "https://host/{path}#L{line}", ""},
	} {
		page := html(t, samples()["one"], draw.HTMLOptions{EditorURL: c.template, Root: c.root})
		data := pageData(t, page)
		if root, _ := data["root"].(string); data["link"] != c.link || root != c.encoded {
			t.Errorf("%s in %s: %v in %q, want %s in %q", c.template, c.root, data["link"], root, c.link, c.encoded)
		}
	}
}
