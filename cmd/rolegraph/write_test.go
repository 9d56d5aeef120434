package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// sample is a folder with one role, and another for what is written.
func sample(t *testing.T) (roles, out string) {
	t.Helper()
	roles, out = t.TempDir(), t.TempDir()
	put(t, filepath.Join(roles, "web.rb"), "run_list 'recipe[nginx]'\n", 0o644)
	return roles, out
}

func put(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// rolegraph runs the program.
func rolegraph(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

func isSVG(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(content), "<svg") || !strings.HasSuffix(string(content), "</svg>\n") {
		t.Errorf("%s is no whole SVG: %.40q, %v", path, content, err)
	}
}

func TestWriteKeepsPermissions(t *testing.T) {
	roles, out := sample(t)
	private := filepath.Join(out, "private.svg")
	put(t, private, "old", 0o600)
	if code, _, stderr := rolegraph(t, "render", roles, "-o", private); code != 0 {
		t.Fatal(stderr)
	}
	isSVG(t, private)
	if info, err := os.Stat(private); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("permissions became %v, %v", info.Mode(), err)
	}
}

func TestWriteFollowsSymbolicLinks(t *testing.T) {
	roles, out := sample(t)
	file, link := filepath.Join(out, "file.svg"), filepath.Join(out, "link.svg")
	put(t, file, "old", 0o644)
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if code, _, stderr := rolegraph(t, "render", roles, "-o", link); code != 0 {
		t.Fatal(stderr)
	}
	isSVG(t, file)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
}

func TestWriteRefusesAndLeavesNothing(t *testing.T) {
	roles, out := sample(t)
	folder := filepath.Join(out, "folder.svg")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, says string }{
		{folder, "is a directory"},
		{filepath.Join(out, "nowhere", "a.svg"), "there is no folder"},
		{filepath.Join(out, strings.Repeat("x", 300)+".svg"), "name too long"},
	} {
		if runtime.GOOS == "windows" {
			c.says = ""
		}
		if code, _, stderr := rolegraph(t, "render", roles, "-o", c.path); code != 2 || !strings.Contains(stderr, c.says) {
			t.Errorf("%.60s: exit code %d: %s", c.path, code, stderr)
		}
	}
	if left, err := os.ReadDir(out); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		paths  []string
		format string
		want   string // the paths and formats, or what the error says
	}{
		{nil, "", "roles.png=png"},
		{nil, "SVG", "roles.svg=svg"},
		{[]string{"a.SVG", "b.dot", "c.gv"}, "", "a.SVG=svg b.dot=dot c.gv=dot"},
		{[]string{"/dev/stdout"}, "json", "-=json"},
		{[]string{"a.svg", "./a.svg"}, "", "given twice"},
		{[]string{"-", "/dev/stdout"}, "json", "given twice"},
		{[]string{"-"}, "", "needs --format"},
		{[]string{""}, "svg", "names no file"},
		{[]string{"folder/"}, "", "cannot tell the format"},
		{[]string{"a.gif"}, "", `unknown format "gif"`},
		{nil, "gv", `unknown format "gv"`},
		{[]string{"a.png", "b.svg"}, "png", "--format png and --output b.svg"},
		{[]string{"a.png", "b"}, "png", "a.png=png b=png"},
		{[]string{"b.svg"}, "png", "b.svg=png"},
	} {
		o := outputs[*drawing]{formats: pictures, paths: c.paths, name: c.format}
		all, err := o.targets("roles.*")
		var got []string
		for _, target := range all {
			got = append(got, target.path+"="+target.format.name)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if joined := strings.Join(got, " "); err == nil && joined != c.want || !strings.Contains(joined, c.want) {
			t.Errorf("%+v: %s, want %s", c, joined, c.want)
		}
	}
}

func TestScaleIsAFactor(t *testing.T) {
	roles, _ := sample(t)
	for _, scale := range []string{"-1", "NaN", "Inf"} {
		if code, _, stderr := rolegraph(t, "render", roles, "--scale", scale); code != 2 || !strings.Contains(stderr, "--scale "+scale[:1]) && !strings.Contains(stderr, "--scale +Inf") {
			t.Errorf("--scale %s: exit code %d: %s", scale, code, stderr)
		}
	}
}
