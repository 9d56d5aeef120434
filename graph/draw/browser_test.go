package draw_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browsers are the names of a browser that can be driven.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// patience is how long a page may take to come to what a test waits for.
const patience = 5 * time.Minute

// TestBrowser opens what HTML and SVG write in a real browser and uses it.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("what happens in the page is none of Go")
	}
	ctx := startBrowser(t)
	for name, test := range map[string]func(*testing.T, context.Context){
		"search": searches, "hover": hovers, "click": clicks, "links": links, "reach": tellsReach, "focus": keepsFocus, "environment": filtersEnvironment, "machines": filtersMachines, "kinds": filtersKinds,
		"cycle": zoomsToCycle, "keyboard": goesByKeys, "fragment": keepsFragment, "dark": turnsDark, "print": prints, "pan and zoom": pansAndZooms, "touch": pinches,
		"phone": fitsAPhone, "3,000 nodes": openLarge, "hostile page": hostilePage, "hostile picture": hostilePicture, "empty": opensEmpty, "reload": reloads,
	} {
		t.Run(name, func(t *testing.T) { test(t, ctx) })
	}
}

// startBrowser is a browser that stays for the test, or the end of the test where
// there is none.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	for _, name := range browsers {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		allocated, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))...)
		t.Cleanup(stop)
		ctx, end := chromedp.NewContext(allocated)
		t.Cleanup(end)
		if err := chromedp.Do(ctx); err != nil {
			t.Fatalf("starting %s: %v", path, err)
		}
		t.Cleanup(func() { _ = chromedp.Cancel(ctx) })
		return ctx
	}
	say := t.Skipf
	if os.Getenv("CI") != "" {
		say = t.Fatalf
	}
	say("no browser on PATH, so nothing was tried in one: install one of %s (on Debian: apt-get install chromium)", strings.Join(browsers, ", "))
	return nil
}

// act is a step in a tab.
type act = chromedp.Action[chromedp.Void]

// command is a command of the browser's protocol as a step.
func command[P, R any](c cdp.Command[P, R], params P) act {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// prefer is a user who likes no motion, and this scheme of colours.
func prefer(scheme string) act {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: scheme},
	}})
}

// tab is a page in the browser, and what it did that a page of ours must not do.
type tab struct {
	*testing.T
	ctx    context.Context
	mu     sync.Mutex
	faults []string
}

// openTab opens a file; whatever it fetches beside it, every error and every
// dialog fail the test.
func openTab(t *testing.T, browser context.Context, file, fragment string, before ...act) *tab {
	t.Helper()
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(file)}
	return openURL(t, browser, address.String(), fragment, before...)
}

func openURL(t *testing.T, browser context.Context, address, fragment string, before ...act) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	p := &tab{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, func(event any) { p.watch(event, address) }); err != nil {
		t.Fatal(err)
	}
	steps := append([]act{command(log.Enable, cdp.Empty{}), prefer("light"), chromedp.EmulateViewport(1400, 900)}, before...)
	p.do(append(steps, chromedp.Navigate(address+fragment))...)
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, fault := range p.faults {
			t.Errorf("the page: %s", fault)
		}
	})
	return p
}

// watch notes what a page of ours must not do.
func (p *tab) watch(event any, address string) {
	fault := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if asked, _, _ := strings.Cut(e.Request.URL, "#"); asked != address && asked != address+"events" && !strings.HasPrefix(asked, "data:,") {
			fault = "asked for " + e.Request.URL
		}
	case *runtime.EventExceptionThrown:
		fault = "threw " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		fault = fmt.Sprintf("wrote to the console: %v", e.Type)
	case *log.EventEntryAdded:
		fault = fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text)
	case *page.EventJavascriptDialogOpening:
		fault = "opened a dialog: " + e.Message
	}
	if fault != "" {
		p.mu.Lock()
		p.faults = append(p.faults, fault)
		p.mu.Unlock()
	}
}

func (p *tab) do(steps ...act) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// ask evaluates an expression in the page.
func ask[T any](p *tab, expression string) T {
	p.Helper()
	answer, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// until waits for an expression to be true.
func (p *tab) until(expression string) {
	p.Helper()
	deadline := time.Now().Add(patience)
	for !ask[bool](p, "Boolean("+expression+")") {
		if time.Now().After(deadline) {
			p.Fatalf("it never came to be that %s\nstatus: %s\nlit: %s", expression, ask[string](p, "document.getElementById('status')?.textContent ?? ''"), p.lit(""))
		}
		p.await("new Promise(requestAnimationFrame)")
	}
}

// await waits for a promise.
func (p *tab) await(promise string) {
	p.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](promise, chromedp.EvalAwaitPromise)); err != nil {
		p.Fatalf("%s: %v", promise, err)
	}
}

// texts are those of the elements that a selector finds.
func (p *tab) texts(selector string) []string {
	p.Helper()
	return ask[[]string](p, fmt.Sprintf("[...document.querySelectorAll(%q)].map(e => e.textContent.trim())", selector))
}

// lit are the names of the lit nodes of a class.
func (p *tab) lit(class string) []string {
	p.Helper()
	names := ask[[]string](p, fmt.Sprintf("[...document.querySelectorAll('#lit .node%s')].map(e => e.dataset.name)", class))
	slices.Sort(names)
	return names
}

// press presses keys, as a user does: the character is typed only where nothing
// took the key.
func (p *tab) press(keys ...string) {
	p.Helper()
	for _, name := range keys {
		key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: name, Text: name}
		if code, named := keyCodes[name]; named {
			key.Text, key.WindowsVirtualKeyCode, key.Code = "", code, name
		}
		if name == enter {
			key.Text = "\r"
		}
		p.do(command(input.DispatchKeyEvent, key))
		key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
		p.do(command(input.DispatchKeyEvent, key))
	}
}

// point moves the pointer to the middle of an element.
func (p *tab) point(selector string) (x, y float64) {
	p.Helper()
	at := ask[[]float64](p, fmt.Sprintf("(r => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector(%q).getBoundingClientRect())", selector))
	p.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	return at[0], at[1]
}

func (p *tab) click(selector string) {
	p.Helper()
	x, y := p.point(selector)
	p.do(chromedp.MouseClickXY(x, y))
}

// node is the selector of a node.
func node(name string) string { return fmt.Sprintf(`#nodes [data-name="%s"] > rect`, name) }

// inView says whether all that a selector finds is wholly in view.
func (p *tab) inView(selector string) bool {
	p.Helper()
	return ask[bool](p, fmt.Sprintf(`(v => [...document.querySelectorAll(%q)].every(e => (r =>
		r.left >= v.left - 1 && r.right <= v.right + 1 && r.top >= v.top - 1 && r.bottom <= v.bottom + 1)(e.getBoundingClientRect()))
	)(document.getElementById('view').getBoundingClientRect())`, selector))
}

// The keys that have no character.
const (
	enter  = "Enter"
	escape = "Escape"
	down   = "ArrowDown"
	left   = "ArrowLeft"
	right  = "ArrowRight"
	tabKey = "Tab"
)

var keyCodes = map[string]int64{enter: 13, escape: 27, down: 40, left: 37, right: 39, tabKey: 9}
