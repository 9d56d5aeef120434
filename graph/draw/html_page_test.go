package draw_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// pageFile writes a graph's page.
func pageFile(t testing.TB, g *graph.Graph, o draw.HTMLOptions) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "roles.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := draw.HTML(f, draw.Place(g, draw.Options{Title: "Sample roles"}), g, o); err != nil {
		t.Fatal(err)
	}
	return file
}

func openPage(t *testing.T, browser context.Context, sample, fragment string, before ...act) *tab {
	t.Helper()
	return openTab(t, browser, pageFile(t, samples()[sample], draw.HTMLOptions{}), fragment, before...)
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func searches(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "")
	p.press("/")
	p.until("document.activeElement.id === 'query'")
	p.press("w", "e", "b")
	p.until("document.querySelectorAll('#matches li').length === 2")
	same(t, "the matches", p.texts("#matches li"), "role[web1]", "role[webserver]")
	same(t, "lit", p.lit(".hit"), "role[web1]", "role[webserver]")

	p.press(down)
	p.until("document.querySelector('#matches [aria-selected=true]').textContent === 'role[webserver]'")
	p.press(enter)
	p.until("location.hash === '#role[webserver]' && !document.getElementById('panel').hidden")
	if !p.inView(node("role[webserver]")) || ask[bool](p, "!document.getElementById('matches').hidden") {
		t.Error("the node is not in view, or the list still is")
	}

	p.press("/")
	p.press(strings.Split("apache ssl", "")...)
	p.until("document.querySelectorAll('#matches li').length === 1")
	p.press("x")
	p.until("document.getElementById('matches').hidden && document.getElementById('status').textContent === 'No match'")
	p.press(escape)
	p.until("document.getElementById('query').value === ''")
}

func hovers(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "")
	p.point(node("role[webserver]"))
	p.until("document.querySelector('#lit .self')?.dataset.name === 'role[webserver]'")
	same(t, "up", p.lit(".up"), "role[web1]")
	same(t, "down", p.lit(".down"), "recipe[apache2::mod_ssl@1.2.3]", "recipe[apache2]", "recipe[ntp]", "recipe[openssh]", "role[base]")
	if n := ask[int](p, "document.querySelectorAll('#lit .edge.down').length"); n != 5 {
		t.Errorf("%d edges lead down, want 5", n)
	}
	if dotted := ask[string](p, "getComputedStyle(document.querySelector('#lit .edge.up path')).strokeDasharray"); dotted == "none" {
		t.Error("up looks like down to those who see no colour")
	}
	if ask[string](p, "document.getElementById('veil').getAttribute('visibility')") != "visible" {
		t.Error("the rest is not dimmed")
	}
	on := ask[[]float64](p, `(path => (at => [at.x, at.y])(path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM())))(
		document.querySelector('#edges [data-from="role[webserver]"][data-to="role[base]"] path'))`)
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, on[0], on[1]))
	p.until("document.getElementById('status').textContent === 'role[webserver] → role[base], roles/webserver.rb:4'")
	p.point("h1")
	p.until("document.querySelector('#lit').children.length === 0 && document.getElementById('veil').getAttribute('visibility') === 'hidden'")
}

func clicks(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "environments", "")
	p.click(node("role[app]"))
	p.until("document.querySelector('#panel h2')?.textContent === 'role[app]'")
	same(t, "the run lists", p.texts("#panel h3"),
		"Run list: _default1", "Run list: eu-west-production1", "Run list: prod2", "Run list: qa1", "Run list: staging1", "Run list: us-east-production1", "Named by1")
	same(t, "those of prod, in order", p.texts("#panel section:nth-of-type(3) li .to"), "recipe[app]", "role[hardened]")

	p.point("h1") // what was clicked stays lit
	p.click("#panel section:nth-of-type(3) li:nth-child(2) .to")
	p.until("document.querySelector('#panel h2')?.textContent === 'role[hardened]'")
	same(t, "lit", p.lit(".self"), "role[hardened]")
	same(t, "both ways", p.lit(".both"), "role[app]")

	p.click("#close")
	p.until("document.getElementById('panel').hidden && location.hash === '' && document.querySelector('#lit').children.length === 0")
}

// tellsReach filters while a node is chosen: the panel tells what holds then.
func tellsReach(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "environments", "#role[app]")
	p.until("document.querySelector('#panel .reach')?.textContent === 'brings 1 recipe, 1 role; brought by 1 role'")
	p.do(chromedp.Focus(chromedp.ID("environment")))
	p.press("_")
	p.until("document.getElementById('environment').value === '0'")
	same(t, "by default", p.texts("#panel .reach"), "brings 1 recipe; brought by nothing")
}

// keepsFocus goes through the panel by keys only.
func keepsFocus(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "environments", "#role[app]")
	p.until("document.querySelector('#panel [data-to=\"role[hardened]\"]')")
	ask[any](p, "document.querySelector('#panel [data-to=\"role[hardened]\"]').focus()")
	p.press(enter)
	p.until("document.querySelector('#panel h2').textContent === 'role[hardened]' && document.activeElement.id === 'panel'")
	p.press(tabKey, enter) // the first there closes it
	p.until("document.getElementById('panel').hidden && document.activeElement.id === 'overview'")
}

func links(t *testing.T, browser context.Context) {
	o := draw.HTMLOptions{EditorURL: "vscode://file/{file}:{line}", Root: "/srv/chef repo"}
	p := openTab(t, browser, pageFile(t, roles("web: role[a&b#c?d] role[base]", "base:"), o), "#role[base]")
	p.until("document.querySelector('#panel h2')?.textContent === 'role[base]'")
	hrefs := "[...document.querySelectorAll('#panel a')].map(a => a.getAttribute('href'))"
	same(t, "the links", ask[[]string](p, hrefs), "vscode://file/srv/chef%20repo/roles/base.rb:1", "vscode://file/srv/chef%20repo/roles/web.rb:3")

	g := roles("a:", "b:", "c:")
	for i, file := range []string{"./nodes/a b.json", "../up.rb", "/abs.rb"} {
		g.Nodes[i].File = file
	}
	o.Here = "/home/me"
	p = openTab(t, browser, pageFile(t, g, o), "")
	var found []string
	for _, name := range []string{"role[a]", "role[b]", "role[c]"} {
		p.click(node(name))
		p.until("document.querySelector('#panel h2')?.textContent === '" + name + "'")
		found = append(found, ask[[]string](p, hrefs)[0])
	}
	same(t, "links from here", found, "vscode://file/home/me/nodes/a%20b.json:1", "vscode://file/home/me/../up.rb:1", "vscode://file/abs.rb:1")
}

func filtersEnvironment(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "environments", "")
	same(t, "the environments", p.texts("#environment option"), "all environments", "_default", "eu-west-production", "prod", "qa", "staging", "us-east-production")
	p.do(chromedp.Focus(chromedp.ID("environment")))
	p.press("_")
	p.until("document.getElementById('environment').value === '0'")
	gone := "[...document.querySelectorAll('#edges .off')].map(e => e.dataset.from + '>' + e.dataset.to)"
	same(t, "gone by default", ask[[]string](p, gone), "role[app]>role[hardened]", "role[hardened]>role[app]")
	pale := "[...document.querySelectorAll('#nodes .pale')].map(e => e.dataset.name)"
	same(t, "out of reach", ask[[]string](p, pale), "role[hardened]")

	p.press(down, down, down, down)
	p.until("document.getElementById('environment').value === '4'")
	same(t, "gone in qa", ask[[]string](p, gone), "role[app]>recipe[app]", "role[hardened]>role[app]")
	p.do(chromedp.Focus(chromedp.ID("overview")))
	p.until("!document.getElementById('panel').hidden")
	p.press(escape, escape)
	p.until("document.getElementById('environment').value === '' && document.querySelectorAll('.off, .pale').length === 0")
}

// filtersMachines chooses an environment in which some machines do not run.
func filtersMachines(t *testing.T, browser context.Context) {
	web, db := role.Item{Kind: role.RoleItem, Name: "web", Line: 1}, role.Item{Kind: role.RoleItem, Name: "db", Line: 1}
	g := graph.New(role.Set{Roles: []role.Role{
		{Name: "web", File: "web.rb", Line: 1, RunList: []role.Item{item("recipe[nginx]", 1)}},
		{Name: "db", File: "db.rb", Line: 1, EnvRunLists: map[string][]role.Item{"qa": {}}},
	}}, repository.Set{Nodes: []repository.Node{
		{Name: "db1", File: "db1.json", Line: 1, Environment: "prod", EnvLine: 1, RunList: []role.Item{db}},
		{Name: "web1", File: "web1.json", Line: 1, Environment: "prod", EnvLine: 1, RunList: []role.Item{web}},
		{Name: "web2", File: "web2.json", Line: 1, Environment: "qa", EnvLine: 1, RunList: []role.Item{web}},
	}})
	p := openTab(t, browser, pageFile(t, g, draw.HTMLOptions{}), "")
	same(t, "the environments", p.texts("#environment option"), "all environments", "_default", "prod", "qa")
	p.do(chromedp.Focus(chromedp.ID("environment")))
	p.press("q")
	p.until("document.getElementById('environment').value === '2'")
	off := func(what, name string) []string {
		return ask[[]string](p, "[...document.querySelectorAll('#"+what+" .off')].map(e => "+name+").sort()")
	}
	same(t, "machines gone", off("nodes", "e.dataset.name"), "environment[prod]", "node[db1]", "node[web1]")
	same(t, "their edges", off("edges", "e.dataset.from + '>' + e.dataset.to"), "node[db1]>environment[prod]", "node[db1]>role[db]", "node[web1]>environment[prod]", "node[web1]>role[web]")
	same(t, "out of reach", ask[[]string](p, "[...document.querySelectorAll('#nodes .pale')].map(e => e.dataset.name)"), "role[db]")
	same(t, "told", p.texts("#status"), "qa: 3 of 7 edges hold, 1 node out of reach, 3 nodes in other environments")
	ask[any](p, "location.hash = '#node[web1]'")
	p.until("document.querySelector('#panel h2')?.textContent === 'node[web1]' && document.getElementById('environment').value === ''")
	same(t, "gone when one of them is chosen", off("nodes", "e.dataset.name"))
}

func filtersKinds(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "")
	p.click("#kind-recipe")
	shown := "[...document.querySelectorAll('#nodes .node')].filter(e => e.getClientRects().length && getComputedStyle(e).display !== 'none').map(e => e.dataset.name)"
	p.until("document.querySelectorAll('#nodes .off').length === 5")
	same(t, "shown", ask[[]string](p, shown), "role[base]", "role[database]", "role[db1]", "role[web1]", "role[webserver]")
	p.point(node("role[webserver]"))
	p.until("document.querySelector('#lit .self')")
	same(t, "down", p.lit(".down"), "role[base]")
	p.click("#kind-recipe")
	p.until("document.querySelectorAll('.off').length === 0")
	p.click("#kind-role")
	p.until("document.querySelectorAll('#nodes .off').length === 5")
	if stop := ask[string](p, "document.querySelector('#nodes [tabindex=\"0\"]:not(.off)')?.dataset.name ?? ''"); !strings.HasPrefix(stop, "recipe[") {
		t.Errorf("Tab comes to %q in the drawing, want a recipe: no role is shown", stop)
	}
}

func zoomsToCycle(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "cycle", "")
	same(t, "the cycles", p.texts("#cycles .to"), "role[alerting] → role[monitoring] → role[alerting]", "role[pager] → role[pager]")
	same(t, "the missing", p.texts("#missing .to"), "role[gone]")
	for range 9 { // far away from it
		p.press("+")
	}
	p.press(right, right)
	p.click("#cycles .to")
	p.until("document.querySelectorAll('#lit .node.strong').length === 2")
	same(t, "lit", p.lit(".strong"), "role[alerting]", "role[monitoring]")
	if !p.inView("#lit .node.strong") {
		t.Error("the cycle is not in view")
	}
	steps := p.texts("#panel ol li")
	if len(steps) != 2 || !strings.Contains(steps[0], "roles/alerting.rb:2") {
		t.Errorf("the steps are %q", steps)
	}
	p.press("c")
	p.until("document.querySelectorAll('#lit .node.strong').length === 1")
	same(t, "the next", p.lit(".strong"), "role[pager]")
}

func goesByKeys(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "")
	p.do(chromedp.Focus(chromedp.ID("keys")))
	p.press(tabKey)
	p.until("document.activeElement.dataset.name === 'role[base]'")
	p.until("document.querySelector('#lit .self')?.dataset.name === 'role[base]'")
	p.press(left)
	p.until("['role[webserver]', 'role[database]'].includes(document.activeElement.dataset.name)")
	p.press(left)
	p.until("['role[web1]', 'role[db1]'].includes(document.activeElement.dataset.name)")
	p.press(right, right, enter)
	p.until("location.hash === '#role[base]' && document.querySelector('#panel h2').textContent === 'role[base]'")
	p.press(tabKey)
	p.until("document.activeElement.closest('.zoom')")
	p.press(escape)
	p.until("document.getElementById('panel').hidden && location.hash === ''")
	p.press("?")
	p.until("document.getElementById('help').open")
	p.press(escape)
	p.until("!document.getElementById('help').open")
	before := ask[float64](p, "document.getElementById('drawing').getBoundingClientRect().width")
	p.press("+")
	p.until("document.getElementById('drawing').getBoundingClientRect().width > " + formatted(before))
}

func keepsFragment(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "#role[base]")
	p.until("document.querySelector('#panel h2')?.textContent === 'role[base]'")
	p.click(node("role[database]"))
	p.until("location.hash === '#role[database]'")
	ask[any](p, "history.back()")
	p.until("document.querySelector('#panel h2')?.textContent === 'role[base]'")

	p = openPage(t, browser, "web", "#role%5Bnowhere%5D")
	p.until("document.getElementById('status').textContent.includes('Nothing is named role[nowhere] here')")
}

func turnsDark(t *testing.T, browser context.Context) {
	paper := "getComputedStyle(document.body).backgroundColor"
	p := openPage(t, browser, "web", "")
	light := ask[string](p, paper)
	p.press("t")
	p.until(paper + " !== '" + light + "'")
	if fill := ask[string](p, "getComputedStyle(document.querySelector('#nodes rect')).fill"); fill != "rgb(27, 58, 87)" {
		t.Errorf("a role's box is %s in the dark", fill)
	}
	p.press("t")
	p.until(paper + " === '" + light + "'")

	p = openPage(t, browser, "web", "", prefer("dark"))
	p.until(paper + " !== '" + light + "'")
}

func prints(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "#role[base]", command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	p.until("getComputedStyle(document.getElementById('panel')).display === 'none' && getComputedStyle(document.getElementById('search')).display === 'none'")
	at := ask[[]float64](p, place)
	if at[0] < 0 || at[0] > 1 || at[2] < 1390 {
		t.Errorf("the drawing is printed at %v", at)
	}
}

// place is where the drawing stands in the window: x, y and its width.
const place = "(r => [r.x, r.y, r.width])(document.getElementById('drawing').getBoundingClientRect())"

func pansAndZooms(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "")
	before := ask[[]float64](p, place)
	p.do(chromedp.DragAndDropXY(300, 700, 400, 750))
	p.until("Math.abs(" + place + "[0] - " + formatted(before[0]+100) + ") < 1")
	if after := ask[[]float64](p, place); after[1]-before[1] < 49 || after[1]-before[1] > 51 || after[2] != before[2] {
		t.Errorf("dragged from %v to %v", before, after)
	}
	p.do(command(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseWheel, X: 500, Y: 500, DeltaX: 0.01, DeltaY: -300}))
	p.until(place + "[2] > " + formatted(before[2]*1.2))
	p.press("0")
	p.until("Math.abs(" + place + "[0] - " + formatted(before[0]) + ") < 1")
}

func pinches(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "web", "", command(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 2}))
	before := ask[[]float64](p, place)
	touch := func(kind input.DispatchTouchEventType, xs ...float64) act {
		points := []*input.TouchPoint{}
		for i, x := range xs {
			points = append(points, &input.TouchPoint{X: x, Y: 500, ID: new(float64(i))})
		}
		return command(input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
	}
	p.do(touch(input.DispatchTouchEventTypeTouchStart, 400, 500), touch(input.DispatchTouchEventTypeTouchMove, 380, 520), touch(input.DispatchTouchEventTypeTouchMove, 350, 550), touch(input.DispatchTouchEventTypeTouchEnd))
	p.until(place + "[2] > " + formatted(before[2]*1.5))
}

func fitsAPhone(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "cycle", "", chromedp.EmulateViewport(390, 780, chromedp.EmulateMobile))
	p.until("document.documentElement.scrollWidth <= 390")
	p.click(node("role[base]"))
	p.until("!document.getElementById('panel').hidden")
	r := ask[[]float64](p, "(r => [r.left, r.right, r.top, r.bottom])(document.getElementById('panel').getBoundingClientRect())")
	if r[0] != 0 || r[1] != 390 || r[2] < 350 || r[3] > 781 {
		t.Errorf("the panel is at %v", r)
	}
	if !p.inView(node("role[base]")) {
		t.Error("the node is not in view")
	}
}

func opensEmpty(t *testing.T, browser context.Context) {
	p := openPage(t, browser, "empty", "")
	p.until("document.getElementById('status').textContent === 'Nothing to draw'")
	p = openPage(t, browser, "empty", "#role[a]")
	p.press("0", "c", "z", down, enter, "/", "x", escape, escape)
	p.until("document.getElementById('query').value === ''")
}
