package discover

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is found into testdata")

const samples = "../../testdata/discover"

// lookAt looks at the tree below a directory.
func lookAt(t *testing.T, dir string, o Options) Findings {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := Look(root, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Each tree of testdata has what is found in it, and the configuration made of that.
func TestGolden(t *testing.T) {
	trees, err := filepath.Glob(filepath.Join(samples, "*", "root"))
	if err != nil || len(trees) < 10 {
		t.Fatalf("%d trees, %v", len(trees), err)
	}
	for _, tree := range trees {
		dir := filepath.Dir(tree)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			f := lookAt(t, tree, Options{Home: "/srv/operator"})
			if again := lookAt(t, tree, Options{Home: "/srv/operator"}); again.Configuration() != f.Configuration() {
				t.Error("the same tree gives two configurations")
			}
			f.Looked = nil // the same in all
			for _, tool := range f.Tools {
				for i := range tool.Sources {
					if tool.Sources[i].Files > 0 && tool.Sources[i].Newest == nil {
						t.Errorf("%+v has no newest", tool.Sources[i])
					}
					tool.Sources[i].Newest = nil // as old as the checkout
				}
			}
			var told bytes.Buffer
			document := json.NewEncoder(&told)
			document.SetIndent("", "  ")
			document.SetEscapeHTML(false)
			if err := document.Encode(f); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(dir, "findings.json"), told.Bytes())
			golden(t, filepath.Join(dir, "converged.yaml"), []byte(f.Configuration()))
			for _, secret := range []string{"hunter2", "0123456789abcdef"} {
				if strings.Contains(told.String()+f.Configuration(), secret) {
					t.Errorf("a secret is told: %s", secret)
				}
			}
		})
	}
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %v; got\n%s", file, err, got)
	}
}
