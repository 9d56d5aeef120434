package discover

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// planted is a tree of files; a text that begins with "-> " is a symbolic link.
func planted(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(text, "-> "); link {
			err = os.Symlink(target, file)
		} else {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func treeAt(t *testing.T, dir string) *tree {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return &tree{root: root}
}

func TestLinksPointBelowTheRoot(t *testing.T) {
	dir := planted(t, map[string]string{
		"run/a/file": "here", "var/run": "-> /run", "var/up": "-> ../../../../run/a", "var/chain": "-> run/a/../a/./file",
	})
	tr := treeAt(t, dir)
	for _, name := range []string{"/run/a/file", "/var/run/a/file", "/var/up/file", "/var/chain", "//var//run/./a/file", "/../../run/a/file"} {
		if text, err := tr.read(name); string(text) != "here" || err != nil {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

func TestNothingOutsideTheRootIsRead(t *testing.T) {
	outside := planted(t, map[string]string{"secret": "hunter2"})
	dir := planted(t, map[string]string{"absolute": "-> " + outside + "/secret", "relative": "-> ../" + filepath.Base(outside) + "/secret", "above": "-> ../../../../../../../.." + outside + "/secret"})
	tr := treeAt(t, dir)
	for _, name := range []string{"/absolute", "/relative", "/above", "/.." + outside + "/secret"} {
		if text, err := tr.read(name); err == nil {
			t.Errorf("%s gave %q", name, text)
		}
	}
}

func TestWhatWouldHoldUpOrFillMemoryIsNotRead(t *testing.T) {
	dir := planted(t, map[string]string{
		"loop": "-> loop", "ping": "-> pong", "pong": "-> ping", "growing": "-> growing/more",
		"huge": strings.Repeat("x", maxFile+1), "full": strings.Repeat("x", maxFile), "to-pipe": "-> pipe", "to-full": "-> full", "folder/file": "",
	})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	tr := treeAt(t, dir)
	for _, name := range []string{"/loop", "/ping", "/growing", "/huge", "/pipe", "/to-pipe", "/folder", "/absent", "/full/below", strings.Repeat("/folder/..", 1000) + "/full"} {
		if text, err := tr.read(name); err == nil {
			t.Errorf("%.40s gave %d bytes", name, len(text))
		}
	}
	if text, err := tr.read("/full"); len(text) != maxFile || err != nil {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	for range maxFiles / maxFile {
		_, _ = tr.read("/full")
	}
	if text, err := tr.read("/to-full"); !errors.Is(err, errMany) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	for _, name := range []string{"/loop", "/pipe", "/full", "/absent"} {
		if entries, _, err := tr.list(name); err == nil {
			t.Errorf("%s lists %v", name, entries)
		}
	}
}

func TestOfAFullDirectorySoManyNamesAreRead(t *testing.T) {
	dir := t.TempDir()
	for i := range maxEntries + 5 {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	entries, more, err := treeAt(t, dir).list("/")
	if len(entries) != maxEntries || !more || err != nil {
		t.Errorf("%d entries, more: %v, %v", len(entries), more, err)
	}
	if paths := treeAt(t, dir).glob("/", "*.json"); len(paths) != maxSettings {
		t.Errorf("%d paths", len(paths))
	}
}
