package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// inRepository makes a git repository whose first commit, tagged one, has these
// files; it is the working directory for the rest of the test.
func inRepository(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: revisions are not tried")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, name, content, 0o644)
	}
	git(t, "init", "-q")
	commitAs(t, "one")
	return dir
}

func commitAs(t *testing.T, tag string) {
	t.Helper()
	git(t, "add", "-A")
	git(t, "-c", "user.name=n", "-c", "user.email=n@localhost", "commit", "-q", "-m", tag)
	git(t, "tag", tag)
}

func git(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func TestReadRevision(t *testing.T) {
	inRepository(t, map[string]string{"chef/roles/web.rb": "run_list 'recipe[old]'\n", "chef/roles/big.txt": "x"})
	if err := os.RemoveAll("chef"); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := rolegraph(t, "render", "one:chef/roles", "-f", "json", "-o", "-")
	if code != 0 || !strings.Contains(stdout, "recipe[old]") || !strings.Contains(stdout, `"file": "web.rb"`) {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	t.Chdir(t.TempDir()) // by an absolute path, from anywhere
	if code, _, stderr := rolegraph(t, "check", "one:/nowhere/at/all"); code != 2 || !strings.Contains(stderr, "not a git repository") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestReadRevisionFromBelow(t *testing.T) {
	dir := inRepository(t, map[string]string{"chef/roles/web.rb": "run_list 'role[gone]'\n"})
	t.Chdir("chef")
	for _, arg := range []string{"HEAD:roles", "HEAD:", "HEAD:" + filepath.Join(dir, "chef", "roles")} {
		code, stdout, stderr := rolegraph(t, "check", arg)
		want := arg + "/web.rb:1"
		if arg == "HEAD:" {
			want = "HEAD:roles/web.rb:1"
		}
		if code != 1 || !strings.Contains(stdout, want) {
			t.Errorf("%s: exit code %d, without %s: %s%s", arg, code, want, stdout, stderr)
		}
	}
}

// What the files are called for git's sake is nobody's business.
func TestReadRevisionsTogether(t *testing.T) {
	inRepository(t, map[string]string{"roles/a.rb": "run_list 'role[b]'\nname ENV['X']\n", "teams/a.rb": "run_list 'role[a', 1"})
	code, stdout, stderr := rolegraph(t, "render", "one:roles", "HEAD:teams", "-f", "json", "-o", "-")
	if code != 2 || strings.Contains(stdout+stderr, "rolegraph-") || !strings.Contains(stdout, `"file": "one:roles/a.rb"`) || !strings.Contains(stderr, "HEAD:teams/a.rb:1: invalid-role") {
		t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
	}
}

func TestReadRevisionOfAFile(t *testing.T) {
	inRepository(t, map[string]string{"roles/a.rb": "run_list ENV['X']\n", "roles/b.rb": "run_list 'recipe[b]'\n"})
	code, stdout, stderr := rolegraph(t, "render", "one:roles/a.rb", "-f", "json", "-o", "-")
	if code != 0 || !strings.Contains(stdout, `"file": "a.rb"`) || strings.Contains(stdout, "recipe[b]") || !strings.Contains(stderr, "one:roles/a.rb:1: unresolved") {
		t.Errorf("exit code %d:\n%s\n%s", code, stdout, stderr)
	}
}

func TestReadRevisionRefuses(t *testing.T) {
	inRepository(t, map[string]string{"roles/web.rb": "", "doc/x.txt": "y"})
	for _, c := range []struct{ arg, says string }{
		{"nope:roles", "nope is no revision"},
		{"one", "it is a git revision: write one:DIR"},
		{"one:doc", "one has no .rb or .json files in doc"},
		{"one:elsewhere", "one has no .rb or .json files in elsewhere"},
		{"one:../out", "not a git repository"},
	} {
		if code, _, stderr := rolegraph(t, "check", c.arg); code != 2 || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit code %d: %s", c.arg, code, stderr)
		}
	}
	if code, _, stderr := rolegraph(t, "check", "--", "--output=x:roles"); code != 2 || !strings.Contains(stderr, "is no revision") {
		t.Errorf("an option as a revision: exit code %d: %s", code, stderr)
	}
}

// A link in a commit must not make us read what lies outside.
func TestReadRevisionStaysInside(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.rb")
	put(t, secret, "run_list 'recipe[stolen]'\n", 0o600)
	inRepository(t, map[string]string{"roles/a.rb": "run_list 'recipe[a]'\n"})
	for name, target := range map[string]string{"out.rb": secret, "up.rb": "../../../x.rb", "in.rb": "a.rb"} {
		if err := os.Symlink(target, filepath.Join("roles", name)); err != nil {
			t.Skip(err)
		}
	}
	commitAs(t, "two")
	_, stdout, stderr := rolegraph(t, "render", "two:roles", "-f", "json", "-o", "-")
	if strings.Contains(stdout, "stolen") || !strings.Contains(stdout, `"file": "in.rb"`) {
		t.Error(stdout)
	}
	for _, name := range []string{"out.rb", "up.rb"} {
		if !strings.Contains(stderr, name+":1: unreadable") {
			t.Errorf("%s is not told: %s", name, stderr)
		}
	}
}

// Through another link, a way that looks like one inside may lead out.
func TestReadRevisionStaysInsideBehindLinks(t *testing.T) {
	inRepository(t, map[string]string{"roles/a.rb": "run_list 'recipe[a]'\n", "top/x.rb": "", "p/q/r/s/t/y.rb": ""})
	for name, target := range map[string]string{
		"p/q/r/s/t/u.rb": "../../../../../top",
		"roles/b.rb":     "../p/q/r/s/t/u.rb/../../s/b.txt",
	} {
		if err := os.Symlink(target, name); err != nil {
			t.Skip(err)
		}
	}
	commitAs(t, "two")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp) // two above top is here
	if err := os.Mkdir(filepath.Join(temp, "s"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(temp, "s", "b.txt"), "run_list 'recipe[stolen]'", 0o644)
	_, stdout, stderr := rolegraph(t, "render", "two:.", "-f", "json", "-o", "-")
	if strings.Contains(stdout, "stolen") || !strings.Contains(stderr, "b.rb:1: unreadable") {
		t.Errorf("%s%s", stdout, stderr)
	}
}

func TestReadRevisionFollowsLinks(t *testing.T) {
	inRepository(t, map[string]string{"chef/roles/a.rb": "run_list 'role[b]', 'role[c]'\n", "shared/b.rb": "run_list 'recipe[b]'\n", "more/c.rb": "", "readme.txt": ""})
	for name, target := range map[string]string{"b.rb": "../../shared/b.rb", "more": "../../more", "note.rb.txt": "../../readme.txt"} {
		if err := os.Symlink(target, filepath.Join("chef/roles", name)); err != nil {
			t.Skip(err)
		}
	}
	commitAs(t, "two")
	if code, stdout, stderr := rolegraph(t, "diff", "two:chef/roles", "chef/roles"); code != 0 || stdout+stderr != "" {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if code, stdout, _ := rolegraph(t, "expand", "a", "two:chef/roles", "-f", "names"); code != 0 || stdout != "recipe[b]\n" {
		t.Errorf("exit code %d: %s", code, stdout)
	}
}

// Git tells its hooks of the repository by variables that hold for its own
// directory only.
func TestReadRevisionInAHook(t *testing.T) {
	dir := inRepository(t, map[string]string{"roles/a.rb": "run_list 'recipe[a]'\n", "b.rb": "run_list 'recipe[b]'\n"})
	for _, gitDir := range []string{".git", filepath.Join(dir, ".git"), filepath.Join(t.TempDir(), "none")} {
		t.Setenv("GIT_DIR", gitDir)
		code, stdout, stderr := rolegraph(t, "expand", "a", "one:roles", "-f", "names")
		if code != 0 || stdout != "recipe[a]\n" {
			t.Errorf("GIT_DIR=%s: exit code %d: %s%s", gitDir, code, stdout, stderr)
		}
		if code, stdout, _ := rolegraph(t, "expand", "b", "one:roles"); code != 2 {
			t.Errorf("GIT_DIR=%s: it read the whole repository: %s", gitDir, stdout)
		}
	}
}

func TestReadRevisionOfABareRepository(t *testing.T) {
	dir := inRepository(t, map[string]string{"roles/a.rb": "run_list 'recipe[a]'\n"})
	bare := filepath.Join(t.TempDir(), "roles.git")
	git(t, "clone", "-q", "--bare", dir, bare)
	t.Chdir(bare)
	code, stdout, stderr := rolegraph(t, "expand", "a", "one:roles", "-f", "names")
	if code != 0 || stdout != "recipe[a]\n" {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}
