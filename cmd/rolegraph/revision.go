package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/cmd/program"
)

// A revision's files are taken out of git into a folder of our own. What comes
// from there is bounded like what lies on disk.
const (
	mostRevisionFiles = 100_000
	mostRevisionBytes = 1 << 30
	mostFileBytes     = 16 << 20 // what role files may have, and a byte would be too many
)

// revision is a directory as a commit has it, written REV:PATH.
type revision struct {
	rev  string // as given
	path string // of the directory, as given: relative to the working directory, or absolute
}

// asRevision tells REV:PATH from a directory that is there.
func asRevision(dir string) (revision, bool) {
	rev, path, found := strings.Cut(dir, ":")
	if !found || rev == "" || len(rev) == 1 && filepath.VolumeName(dir) != "" {
		return revision{}, false
	}
	if _, err := os.Stat(dir); err == nil {
		return revision{}, false
	}
	if path == "" {
		path = "."
	}
	return revision{rev, path}, true
}

// checkOut writes the directory's Chef files below a folder and returns where
// the directory lies there. Nothing of the repository's own is run.
func (r revision) checkOut(ctx context.Context, into string) (string, error) {
	abs, err := filepath.Abs(r.path)
	if err != nil {
		return "", err
	}
	g := gitAt{dir: nearestDir(abs)}
	top, err := g.top(ctx)
	if err != nil {
		return "", fmt.Errorf("%s:%s: %w", r.rev, r.path, err)
	}
	g.dir = top
	real, err := filepath.EvalSymlinks(nearestDir(abs))
	if err != nil {
		return "", err
	}
	inside, err := filepath.Rel(top, filepath.Join(real, strings.TrimPrefix(abs, nearestDir(abs))))
	if err != nil {
		return "", err
	}
	commit, err := g.line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", r.rev+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%s is no revision of the repository in %s, and %s:%s no directory", r.rev, top, r.rev, r.path)
	}
	blobs, err := g.list(ctx, commit, filepath.ToSlash(inside))
	if err != nil {
		return "", fmt.Errorf("%s:%s: %w", r.rev, r.path, err)
	}
	if len(blobs) == 0 {
		return "", fmt.Errorf("%s has no .rb or .json files in %s; nothing was written", r.rev, r.path)
	}
	if name := filepath.ToSlash(inside); len(blobs) == 1 && blobs[0].name == name {
		// What lies beside a single file tells which roles are there.
		if around, err := g.list(ctx, commit, path.Dir(name)); err == nil {
			blobs = around
		}
	}
	return filepath.Join(into, inside), g.extract(ctx, blobs, into)
}

// nearestDir is the directory itself, or the first above it that is there: a
// revision may hold one that the working tree has no more.
func nearestDir(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// gitAt is git in a directory.
type gitAt struct{ dir string }

func (g gitAt) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", g.dir}, args...)...)
	// A hook of git's is told of its own repository, which need not be this one, and
	// as seen from another directory.
	variables := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX"}, name)
	})
	cmd.Env = slices.Concat(variables, []string{"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C"})
	return cmd
}

func (g gitAt) output(ctx context.Context, args ...string) ([]byte, error) {
	out, err := g.command(ctx, args...).Output()
	var exited *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed: it is needed to read a revision")
	case errors.As(err, &exited):
		said, _, _ := bytes.Cut(exited.Stderr, []byte("\n"))
		return nil, fmt.Errorf("git %s: %s", args[0], program.Visible(string(said)))
	}
	return out, err
}

func (g gitAt) line(ctx context.Context, args ...string) (string, error) {
	out, err := g.output(ctx, args...)
	return strings.TrimRight(string(out), "\r\n"), err
}

// top is the directory that the paths of a commit are relative to: the toplevel,
// or a bare repository itself.
func (g gitAt) top(ctx context.Context) (string, error) {
	top, err := g.line(ctx, "rev-parse", "--show-toplevel")
	if err == nil {
		return top, nil
	}
	if bare, _ := g.line(ctx, "rev-parse", "--is-bare-repository"); bare == "true" {
		return g.line(ctx, "rev-parse", "--absolute-git-dir")
	}
	return "", err
}

const linkMode = "120000" // of a symbolic link in git

// blob is a file in git.
type blob struct {
	hash, name string
	size       int64
	link       bool
}

// list is the Chef files that a commit has in a directory, and where links there
// may lead to.
func (g gitAt) list(ctx context.Context, commit, dir string) ([]blob, error) {
	blobs, err := g.tree(ctx, commit, dir)
	if err != nil || dir == "." || !slices.ContainsFunc(blobs, func(b blob) bool { return b.link }) {
		return blobs, err
	}
	if all, err := g.tree(ctx, commit, "."); err == nil { // else it is too much
		blobs = all
	}
	return blobs, nil
}

// tree is the Chef files and the links that a commit has in a directory: the links
// last and against their order, so that none is there yet when what git calls its
// directory is made.
func (g gitAt) tree(ctx context.Context, commit, dir string) ([]blob, error) {
	args := []string{"ls-tree", "-r", "-z", "-l", commit}
	if dir != "." {
		args = append(args, "--", dir)
	}
	out, err := g.output(ctx, args...)
	if err != nil {
		return nil, err
	}
	var blobs []blob
	var total int64
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		about, name, ok := strings.Cut(string(entry), "\t")
		f := strings.Fields(about) // mode, type, hash, size
		if !ok || len(f) != 4 || f[1] != "blob" || f[0] != linkMode && !isChefFile(name) || !filepath.IsLocal(name) {
			continue
		}
		size, err := strconv.ParseInt(f[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("git ls-tree: the size of %q is %q", name, f[3])
		}
		if total += size; len(blobs) == mostRevisionFiles || total > mostRevisionBytes {
			return nil, fmt.Errorf("more than %d files or %d MiB; nothing of it is read", mostRevisionFiles, mostRevisionBytes>>20)
		}
		blobs = append(blobs, blob{hash: f[2], name: name, size: size, link: f[0] == linkMode})
	}
	files := slices.DeleteFunc(slices.Clone(blobs), func(b blob) bool { return b.link })
	links := slices.DeleteFunc(blobs, func(b blob) bool { return !b.link })
	slices.Reverse(links)
	return append(files, links...), nil
}

// isChefFile tells what any reader of ours may want.
func isChefFile(name string) bool {
	switch path.Ext(name) {
	case ".rb", ".json", ".yml", ".yaml":
		return true
	}
	return false
}

// extract writes the files below a folder.
func (g gitAt) extract(ctx context.Context, blobs []blob, into string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // git waits for more names if a file cannot be written
	cmd := g.command(ctx, "cat-file", "--batch")
	var names bytes.Buffer
	for _, b := range blobs {
		names.WriteString(b.hash + "\n")
	}
	cmd.Stdin = &names
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r := bufio.NewReaderSize(out, 64<<10)
	for _, b := range blobs {
		if err := b.write(r, into); err != nil {
			stop()
			_ = cmd.Wait() // it was told to end
			return fmt.Errorf("taking %s out of git: %w", b.name, err)
		}
	}
	return cmd.Wait()
}

// write takes the next object that git tells of.
func (b blob) write(r *bufio.Reader, into string) error {
	head, err := r.ReadString('\n')
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("%s blob %d\n", b.hash, b.size); head != want {
		return fmt.Errorf("git cat-file says %q", head)
	}
	to := filepath.Join(into, filepath.FromSlash(b.name))
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	content := io.LimitReader(r, b.size)
	if b.link {
		err = b.writeLink(content, to)
	} else {
		err = writeStart(content, to)
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, content); err != nil {
		return err
	}
	_, err = r.Discard(1) // the newline after each object
	return err
}

// writeLink makes a symbolic link, unless it leads out of what was taken out.
func (b blob) writeLink(content io.Reader, to string) error {
	text, err := io.ReadAll(io.LimitReader(content, 4096))
	if err != nil {
		return err
	}
	// Cleaned, it goes up before it goes down: what is up behind another link is elsewhere.
	target := path.Clean(string(text))
	if !filepath.IsLocal(path.Join(path.Dir(b.name), target)) || path.IsAbs(target) {
		target = filepath.Base(to) + " leads out of the repository" // dangling: reading tells it
	}
	return os.Symlink(target, to)
}

// writeStart writes a file as far as it could ever be read.
func writeStart(content io.Reader, to string) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.LimitReader(content, mostFileBytes+1))
	return errors.Join(err, f.Close())
}

// orRevision is a hint for who gave a revision where a directory was expected.
func orRevision(ctx context.Context, dirs []string) string {
	for _, dir := range dirs {
		if _, err := os.Stat(dir); err == nil {
			continue
		}
		if _, err := (gitAt{dir: "."}).line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", dir+"^{commit}"); err == nil {
			return fmt.Sprintf("; it is a git revision: write %s:DIR for a directory as it has it", dir)
		}
	}
	return ""
}
