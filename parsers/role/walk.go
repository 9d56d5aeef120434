package role

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What is read from outside is bounded.
const (
	maxFileSize = 16 << 20
	maxFiles    = 100_000
	maxDirDepth = 200
	maxDirs     = 200_000
)

// rolesFolder is the name of the folders of a repository that hold its roles.
const rolesFolder = "roles"

// walker collects the role files below one directory.
type walker struct {
	root     string
	files    []string // relative to root, with slashes
	inRoles  []string // those in or below a folder named roles
	hasRoles bool
	links    []place         // symbolic links to directories, followed last
	visited  map[string]bool // real path -> as part of a folder named roles
	problems []Problem
	full     bool // a limit was met and reported
}

// place is a directory below the root.
type place struct {
	rel     string // with slashes, "" for the root
	real    string // its path without symbolic links
	inRoles bool
	depth   int
}

// find lists the role files of a directory, sorted: those in or below its
// folders named roles, or all if there is no such folder. What it cannot read
// or leaves out stands in the problems.
func find(root string) (files []string, problems []Problem, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, nil, fmt.Errorf("reading roles: %w", err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("reading roles: %s is not a directory", root)
	}
	real, err := realPath(root)
	if err != nil {
		return nil, nil, fmt.Errorf("reading roles: %w", err)
	}
	w := &walker{root: root, visited: make(map[string]bool)}
	start := place{real: real, inRoles: filepath.Base(real) == rolesFolder || filepath.Base(filepath.Clean(root)) == rolesFolder}
	w.hasRoles = start.inRoles
	w.dir(start)
	for len(w.links) > 0 {
		link := w.links[0]
		w.links = w.links[1:]
		w.dir(link)
	}
	if w.hasRoles {
		w.files = w.inRoles
	}
	slices.Sort(w.files)
	return w.files, w.problems, nil
}

func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// problem reports a place that is left out.
func (w *walker) problem(rel string, kind ProblemKind, format string, args ...any) {
	if rel == "" {
		rel = "."
	}
	w.problems = append(w.problems, Problem{File: rel, Line: 1, Kind: kind, Message: fmt.Sprintf(format, args...) + "; it is left out"})
}

// limit reports, once, that there is more than is read.
func (w *walker) limit(rel, what string) {
	if !w.full {
		w.full = true
		w.problem(rel, TooLarge, "%s", what)
	}
}

func (w *walker) path(rel string) string { return filepath.Join(w.root, filepath.FromSlash(rel)) }

// dir lists a directory and those below it, each once by its real path. Links
// to directories wait until all that is really there has been seen.
func (w *walker) dir(p place) {
	inRoles, visited := w.visited[p.real]
	switch {
	case visited && (inRoles || !p.inRoles):
		return
	case p.depth > maxDirDepth:
		w.limit(p.rel, fmt.Sprintf("nested deeper than %d directories", maxDirDepth))
		return
	case len(w.visited) >= maxDirs:
		w.limit(p.rel, fmt.Sprintf("more than %d directories", maxDirs))
		return
	}
	w.visited[p.real] = p.inRoles
	entries, err := os.ReadDir(w.path(p.rel))
	if err != nil {
		w.problem(p.rel, Unreadable, "the directory cannot be read: %s", reason(err))
	}
	for _, e := range entries {
		rel := e.Name()
		if p.rel != "" {
			rel = p.rel + "/" + rel
		}
		if e.Type()&fs.ModeSymlink != 0 {
			w.link(p, rel)
			continue
		}
		w.entry(p, rel, e.Type())
	}
}

// entry takes a file or directory of p.
func (w *walker) entry(p place, rel string, mode fs.FileMode) {
	name := rel[strings.LastIndexByte(rel, '/')+1:]
	switch {
	case mode.IsDir():
		if !isVersionControl(name) {
			w.dir(w.below(p, rel, filepath.Join(p.real, name)))
		}
	case !isRoleFile(name):
	case !mode.IsRegular():
		w.problem(rel, Unreadable, "not a regular file")
	case len(w.files) >= maxFiles:
		w.limit(rel, fmt.Sprintf("more than %d files", maxFiles))
	default:
		w.files = append(w.files, rel)
		if p.inRoles {
			w.inRoles = append(w.inRoles, rel)
		}
	}
}

// below is the place of a directory in p.
func (w *walker) below(p place, rel, real string) place {
	inRoles := p.inRoles || rel[strings.LastIndexByte(rel, '/')+1:] == rolesFolder
	w.hasRoles = w.hasRoles || inRoles
	return place{rel: rel, real: real, inRoles: inRoles, depth: p.depth + 1}
}

// link takes a symbolic link in p. One to a directory around it is a loop.
func (w *walker) link(p place, rel string) {
	info, err := os.Stat(w.path(rel))
	if err != nil {
		if isRoleFile(rel) || !errors.Is(err, fs.ErrNotExist) {
			w.problem(rel, Unreadable, "the symbolic link cannot be followed: %s", reason(err))
		}
		return
	}
	if !info.IsDir() {
		w.entry(p, rel, info.Mode().Type())
		return
	}
	real, err := filepath.EvalSymlinks(w.path(rel))
	if err == nil {
		real, err = filepath.Abs(real)
	}
	switch {
	case err != nil:
		w.problem(rel, Unreadable, "the symbolic link cannot be followed: %s", reason(err))
	case p.real == real || strings.HasPrefix(p.real, strings.TrimSuffix(real, string(filepath.Separator))+string(filepath.Separator)):
		w.problem(rel, Unreadable, "the symbolic link leads to a directory around it, a loop")
	default:
		w.links = append(w.links, w.below(p, rel, real))
	}
}

func isRoleFile(name string) bool {
	return strings.HasSuffix(name, ".rb") || strings.HasSuffix(name, ".json")
}

// isVersionControl names the folders that hold a repository's own data.
func isVersionControl(name string) bool {
	return name == ".git" || name == ".hg" || name == ".svn"
}

// reason is what went wrong, without the path that the problem names already.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}
