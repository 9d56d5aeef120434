// Command picture opens a page of rolegraph in a browser and writes what one
// sees there as PNG, for the documentation.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func main() {
	page := flag.String("page", "", "the page")
	node := flag.String("select", "", "the node that is selected, such as role[web]")
	out := flag.String("o", "", "the picture")
	flag.Parse()
	if err := picture(*page, *node, *out); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func picture(page, node, out string) error {
	browser, err := find()
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(page)
	if err != nil {
		return err
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), Fragment: node}
	allocated, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))...)
	defer stop()
	ctx, end := chromedp.NewContext(allocated)
	defer end()
	still := func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: "light"}},
		})
		return err
	}
	err = chromedp.Do(ctx, chromedp.Func(still), chromedp.EmulateViewport(1200, 760), chromedp.Navigate(address.String()))
	if err != nil {
		return fmt.Errorf("opening %s: %w", page, err)
	}
	if err := sharp(ctx); err != nil {
		return err
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return fmt.Errorf("looking at %s: %w", page, err)
	}
	return os.WriteFile(out, png, 0o644)
}

// sharp waits until the page has painted the drawing at the scale it shows it.
func sharp(ctx context.Context) error {
	const settled = `new Promise((done) => {
		const look = () => document.getElementById('stage').style.transform.endsWith('scale(1)') ? requestAnimationFrame(done) : requestAnimationFrame(look);
		look();
	})`
	patient, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := chromedp.Run(patient, chromedp.Evaluate[any](settled, chromedp.EvalAwaitPromise)); err != nil {
		return fmt.Errorf("waiting for the page: %w", err)
	}
	return nil
}

// find is a browser that can be driven.
func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no browser on PATH: install chromium")
}
