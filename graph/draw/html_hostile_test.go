package draw_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

// acting are names that run a script wherever one is let in: all set canary.
func acting() []string {
	const act = "self.canary=1"
	return append(hostile(),
		"</script><script>"+act+"</script>", "<!--<script>"+act+"</script>", "<img src=x onerror="+act+">", `"><img src=x onerror=`+act+`>`,
		"<svg onload="+act+">", "' onfocus="+act+" autofocus '", "javascript:"+act, "]]><script>"+act+"</script>", "</style><script>"+act+"</script>",
		"</template><script>"+act+"</script>", "</title><script>"+act+"</script>", "`${"+act+"}`", "{{script}}", "{{data}}", "__proto__", "constructor", "toString",
		"\u2028"+act+"\u2029", "\u202e"+act, "nul\x00<script>"+act+"</script>", "&lt;script&gt;"+act, strings.Repeat("<script>"+act+"</script>", 400))
}

// hostilePage opens a page of such names and uses all of them.
func hostilePage(t *testing.T, browser context.Context) {
	g := named(acting()...)
	o := draw.HTMLOptions{EditorURL: "https://x.invalid/{path}?{line}"}
	file := filepath.Join(t.TempDir(), "hostile.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	title := strings.Join(acting()[:60], " ") + "</title><script>self.canary=1</script>"
	if err := draw.HTML(f, draw.Place(g, draw.Options{Title: title}), g, o); err != nil {
		t.Fatal(err)
	}
	p := openTab(t, browser, file, "#</script><img src=x onerror=self.canary=1>")
	p.until("document.body.classList.contains('alive')")
	if n := ask[int](p, "document.querySelectorAll('#nodes .node').length"); n != len(g.Nodes) {
		t.Errorf("%d nodes are in the page, want %d", n, len(g.Nodes))
	}
	unopened := ask[[]string](p, `[...document.querySelectorAll('#nodes .node')].filter((node) => {
		node.dispatchEvent(new MouseEvent('click', { bubbles: true }));
		return document.querySelector('#panel h2').textContent === '' || document.querySelector('#lit .self').dataset.name !== node.dataset.name;
	}).map((node) => node.dataset.name)`)
	if len(unopened) != 0 {
		t.Errorf("did not open: %.60q", unopened)
	}
	p.press("o", "/")
	p.press("s", "c", "r", "i", "p", "t")
	p.until("document.querySelectorAll('#matches li').length > 5")
	p.press(enter)
	unharmed(t, p)
}

// hostilePicture opens the SVG of such names.
func hostilePicture(t *testing.T, browser context.Context) {
	file := filepath.Join(t.TempDir(), "hostile.svg")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := draw.SVG(f, draw.Place(named(acting()...), draw.Options{Title: acting()[60]})); err != nil {
		t.Fatal(err)
	}
	p := openTab(t, browser, file, "")
	p.until("document.readyState === 'complete' && document.querySelectorAll('.node').length > 100")
	unharmed(t, p)
}

// unharmed says whether no name became anything but text.
func unharmed(t *testing.T, p *tab) {
	t.Helper()
	if ask[bool](p, "'canary' in self") {
		t.Error("a name ran as a script")
	}
	if n := ask[int](p, "document.querySelectorAll('img, iframe, object, embed, foreignObject, svg script, [onload], [onerror], [onfocus]').length"); n != 0 {
		t.Errorf("%d elements came out of names", n)
	}
	if bad := ask[[]string](p, "[...document.querySelectorAll('a')].map(a => a.protocol).filter(p => p !== 'https:')"); len(bad) != 0 {
		t.Errorf("links lead to %q", bad)
	}
}

// reloads serves a page that loads itself anew, as rolegraph does when it watches.
func reloads(t *testing.T, browser context.Context) {
	change := make(chan struct{})
	loads := make(chan struct{}, 8)
	page := func(g *graph.Graph) []byte {
		content, err := os.ReadFile(pageFile(t, g, draw.HTMLOptions{Reload: "/events"}))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	pages := make(chan []byte, 2)
	pages <- page(samples()["web"])
	pages <- page(roles("webserver: recipe[new]", "other:"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/events" {
			loads <- struct{}{}
			_, _ = w.Write(<-pages)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		select {
		case <-change:
			_, _ = w.Write([]byte("data: changed\n\n"))
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
		}
		<-r.Context().Done()
	}))
	t.Cleanup(server.CloseClientConnections)
	p := openURL(t, browser, server.URL+"/", "#role[webserver]")
	p.until("document.querySelector('#panel h2')?.textContent === 'role[webserver]'")
	p.press("t", "+", "+")
	was := ask[[]float64](p, place)
	<-loads
	change <- struct{}{}
	<-loads
	p.until("document.querySelector('#nodes [data-name=\"recipe[new]\"]') && document.querySelector('#panel h2')?.textContent === 'role[webserver]'")
	if is := ask[[]float64](p, place); is[0] != was[0] || is[1] != was[1] {
		t.Errorf("what is in view moved from %v to %v", was, is)
	}
	if ask[string](p, "document.documentElement.dataset.theme") != "dark" {
		t.Error("the page is light again")
	}
}
