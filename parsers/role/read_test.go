package role

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree writes files below a new directory; a name that ends in "/" is a
// directory, content that begins with "->" a symbolic link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = os.Symlink(target, path)
		} else if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func read(t *testing.T, dirs ...string) Set {
	t.Helper()
	set, err := Read(dirs)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func files(s Set) string {
	var out []string
	for _, r := range s.Roles {
		out = append(out, r.File)
	}
	return strings.Join(out, " ")
}

func kinds(s Set) string {
	var out []string
	for _, p := range s.Problems {
		out = append(out, fmt.Sprintf("%s:%s", p.File, p.Kind))
	}
	return strings.Join(out, " ")
}

func TestWhichFilesAreRoles(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		dir   string
		want  string
	}{
		{"a folder of role files", map[string]string{"b.rb": "", "a.json": "{}", "x.txt": "", "sub/c.rb": ""}, "", "a.json b.rb sub/c.rb"},
		{"a repository", map[string]string{"Rakefile.rb": "", "roles/b.rb": "", "roles/sub/c.json": "{}", "cookbooks/a/recipes/d.rb": "", "site/roles/e.rb": ""},
			"", "roles/b.rb roles/sub/c.json site/roles/e.rb"},
		{"the folder roles itself", map[string]string{"roles/a.rb": "", "roles/x/b.rb": "", "roles/x/roles/c.rb": ""}, "roles", "a.rb x/b.rb x/roles/c.rb"},
		{"a folder roles without files", map[string]string{"a.rb": "", "x/roles/": ""}, "", ""},
		{"a branch named roles", map[string]string{"a.rb": "", ".git/refs/heads/roles/x.rb": ""}, "", "a.rb"},
		{"nothing", map[string]string{"x.txt": ""}, "", ""},
		{"a linked folder", map[string]string{"roles": "->shared", "shared/a.rb": "", "other.rb": ""}, "", "roles/a.rb"},
		{"a linked folder beside the real one", map[string]string{"a/x.rb": "", "b": "->a"}, "", "a/x.rb"},
		{"a linked file", map[string]string{"a.rb": "", "b.rb": "->a.rb"}, "", "a.rb b.rb"},
	} {
		set := read(t, filepath.Join(tree(t, c.files), c.dir))
		if got := files(set); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSeveralDirectoriesStayApart(t *testing.T) {
	root := tree(t, map[string]string{"one/roles/a.rb": "run_list 'x'", "two/roles/a.rb": "run_list 'Recipe[y]', ENV['Z']"})
	t.Chdir(root)
	set := read(t, "two", "./one/")
	if got, want := files(set), "./one/roles/a.rb two/roles/a.rb"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
	if got, want := kinds(set), "./one/roles/a.rb:duplicate-role two/roles/a.rb:invalid-role"; got != want {
		t.Errorf("problems %q, want %q", got, want)
	}
}

func TestDirectoriesThatCannotBeRead(t *testing.T) {
	root := tree(t, map[string]string{"file.rb": "", "file.txt": ""})
	for _, dir := range []string{filepath.Join(root, "absent"), filepath.Join(root, "file.txt")} {
		if _, err := Read([]string{root, dir}); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestUnreadableFilesAreReportedAndTheRestIsRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root reads everything; only links and large files are tried")
	}
	root := tree(t, map[string]string{
		"roles/a.rb": "run_list 'x'", "roles/broken.rb": "->absent.rb", "roles/self.rb": "->self.rb", "roles/loop": "->../roles",
		"roles/up": "->..", "roles/secret.rb": "run_list 'y'", "roles/dir.rb/": "", "roles/ghost": "->absent", "locked/a.rb": "",
	})
	large, err := os.Create(filepath.Join(root, "roles", "large.rb"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	large.Close()
	for _, p := range []string{"roles/secret.rb", "locked"} {
		if err := os.Chmod(filepath.Join(root, filepath.FromSlash(p)), 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(root, "locked"), 0o755) })
	set := read(t, root)
	got := kinds(set)
	want := "roles/broken.rb:unreadable roles/large.rb:too-large roles/loop:unreadable roles/self.rb:unreadable roles/up:unreadable"
	if os.Getuid() != 0 {
		want = "locked:unreadable " + strings.Replace(want, "roles/self.rb", "roles/secret.rb:unreadable roles/self.rb", 1)
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if i := slices.IndexFunc(set.Roles, func(r Role) bool { return r.Name == "a" }); i < 0 || texts(set.Roles[i].RunList) != "recipe[x]" {
		t.Error("roles/a.rb was not read")
	}
}

func TestNamesThatClash(t *testing.T) {
	set := read(t, tree(t, map[string]string{
		"web.rb": "name 'web'", "web.json": "{\"name\":\"web\"}", "sub/web.rb": "", "other.rb": "name 'web'", "bare.rb": "",
		"anonymous.json": "{}", "broken.rb": "name 'renamed'\nrun_list [",
	}))
	want := []string{
		"broken.rb:1 name-mismatch: the role is named \"renamed\", but its file \"broken.rb\"; Chef looks roles up by their files",
		"broken.rb:2 syntax-error: unexpected end of file",
		"other.rb:1 name-mismatch: the role is named \"web\", but its file \"other.rb\"; Chef looks roles up by their files",
		"sub/web.rb:1 duplicate-role: the role \"web\" stands also in other.rb, line 1; each file is loaded under its own base name",
		"web.json:1 duplicate-role: the role \"web\" stands also in sub/web.rb, line 1; chef-solo takes web.json, local mode sees no sub-folders",
		"web.rb:1 duplicate-role: the role \"web\" stands also in sub/web.rb, line 1; chef-solo refuses both as DuplicateRole, local mode sees no sub-folders",
	}
	for i, p := range set.Problems {
		got := fmt.Sprintf("%s:%d %s: %s", p.File, p.Line, p.Kind, p.Message)
		if i >= len(want) || !strings.HasPrefix(got, want[i]) {
			t.Errorf("unexpected: %s", got)
		}
	}
	if len(set.Problems) != len(want) || len(set.Roles) != 7 {
		t.Errorf("%d problems, %d roles", len(set.Problems), len(set.Roles))
	}
	pair := read(t, tree(t, map[string]string{"a.rb": "", "a.json": "{}"}))
	if len(pair.Problems) != 1 || !strings.Contains(pair.Problems[0].Message, "chef-solo takes a.json, local mode a.rb") {
		t.Errorf("%+v", pair.Problems)
	}
	same := read(t, tree(t, map[string]string{"a.rb": "", "x/a.rb": ""}))
	if len(same.Problems) != 1 || !strings.Contains(same.Problems[0].Message, "DuplicateRole") {
		t.Errorf("%+v", same.Problems)
	}
}

func TestFilesOfOneNameClashWhateverTheyDeclare(t *testing.T) {
	set := read(t, tree(t, map[string]string{"web.rb": "name 'front'", "web.json": "{\n\"name\":\"back\"}"}))
	got := kinds(set)
	if want := "web.json:name-mismatch web.rb:duplicate-role web.rb:name-mismatch"; got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	if want := `another role file named "web" is web.json, whose role is named "back", line 2; chef-solo takes web.json, local mode web.rb`; set.Problems[1].Message != want {
		t.Errorf("got  %s\nwant %s", set.Problems[1].Message, want)
	}
	root := tree(t, map[string]string{"one/a.rb": "", "two/a.rb": ""})
	apart := read(t, filepath.Join(root, "one"), filepath.Join(root, "two"))
	if len(apart.Problems) != 1 || !strings.Contains(apart.Problems[0].Message, "chef-solo takes that of the first") {
		t.Errorf("%+v", apart.Problems)
	}
}

func TestASingleFileStandsForItsDirectory(t *testing.T) {
	root := tree(t, map[string]string{"roles/web.rb": "run_list 'x', ENV['Y']", "roles/db.rb": "", "roles/app.json": "{}", "link.rb": "->roles/web.rb"})
	for path, want := range map[string]string{"roles/web.rb": "web.rb", "roles/app.json": "app.json", "link.rb": "link.rb"} {
		set := read(t, filepath.Join(root, filepath.FromSlash(path)))
		if files(set) != want || len(set.Problems) > 0 {
			t.Errorf("%s: read %s, %+v", path, files(set), set.Problems)
		}
	}
	t.Chdir(root)
	set := read(t, "./roles/web.rb", "link.rb", "roles/app.json")
	if got, want := files(set), "./roles/web.rb link.rb roles/app.json"; got != want {
		t.Errorf("read %s, want %s", got, want)
	}
	if u := set.Roles[0].Unresolved; len(u) != 1 || u[0].File != "./roles/web.rb" {
		t.Errorf("%+v", u)
	}
	t.Chdir("roles")
	if got := files(read(t, ".")); got != "app.json db.rb web.rb" {
		t.Errorf("read %s of .", got)
	}
}

func TestOverlappingDirectoriesAreReadOnce(t *testing.T) {
	root := tree(t, map[string]string{"roles/a.rb": "", "roles/sub/b.rb": "", "other/c.rb": "", "alias": "->roles"})
	t.Chdir(root)
	for _, c := range []struct {
		dirs        []string
		files, says string
	}{
		{[]string{"roles", "roles"}, "roles/a.rb roles/sub/b.rb", "roles: 2 role files of it were read before, as part of roles; each counts once"},
		{[]string{"roles", "alias", "other"}, "other/c.rb roles/a.rb roles/sub/b.rb", "alias: 2 role files of it were read before, as part of roles; each counts once"},
		{[]string{"roles/sub", "roles"}, "roles/a.rb roles/sub/b.rb", "roles: a role file of it was read before, as part of roles/sub; each counts once"},
		{[]string{"roles/a.rb", "./roles/a.rb", "other"}, "other/c.rb roles/a.rb", "./roles/a.rb: a role file of it was read before, as part of roles/a.rb; each counts once"},
	} {
		set := read(t, c.dirs...)
		if files(set) != c.files {
			t.Errorf("%s: read %s, want %s", c.dirs, files(set), c.files)
		}
		if len(set.Problems) != 1 || set.Problems[0].Kind != Overlap || set.Problems[0].File+": "+set.Problems[0].Message != c.says {
			t.Errorf("%s: %+v", c.dirs, set.Problems)
		}
	}
}

func TestASingleFileKnowsItsNeighbours(t *testing.T) {
	t.Chdir(tree(t, map[string]string{"roles/a.rb": "run_list 'role[b]'", "roles/b.rb": "name 'other", "roles/c.json": "{", "roles/c.rb": "",
		"roles/README.md": "", "roles/sub/d.rb": "", "more/e.rb": ""}))
	for _, c := range []struct {
		dirs []string
		want string
	}{
		{[]string{"roles/a.rb"}, "[b c]"},
		{[]string{"roles/a.rb", "roles/b.rb"}, "[c]"}, // b was read, whatever it calls itself
		{[]string{"roles/a.rb", "more"}, "[b c]"},
		{[]string{"roles"}, "[]"},
	} {
		if got := fmt.Sprint(read(t, c.dirs...).Beside); got != c.want {
			t.Errorf("beside %s lie %s, want %s", c.dirs, got, c.want)
		}
	}
}

func TestReadingIsDeterministic(t *testing.T) {
	files := map[string]string{}
	for i := range 50 {
		files[fmt.Sprintf("roles/d%d/r%d.rb", i%7, i)] = fmt.Sprintf("env_run_lists '_default' => ['a'], 'p' => ['b'], 'q' => [ENV['X%d']]\nname 'n%d'", i, i%20)
	}
	root := tree(t, files)
	first := fmt.Sprintf("%+v", read(t, root))
	for range 3 {
		if again := fmt.Sprintf("%+v", read(t, root)); again != first {
			t.Fatal("two readings differ")
		}
	}
}
