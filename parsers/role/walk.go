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

// Search says which files Find lists.
type Search struct {
	What string // "roles", for errors
	// Folder is the name of the folders that hold the files: where one lies in or
	// below the directory, only files in or below such folders count.
	Folder string
	Match  func(rel string) bool // tells a file that is looked for by its path below the directory
	// Within is what of a directory is looked at, when not all of it is.
	Within func(rel string, entries []fs.DirEntry) []fs.DirEntry
}

// walker collects the files below one directory.
type walker struct {
	Search
	root     string
	files    []string        // relative to root, with slashes
	inFolder []string        // those in or below a folder of the name that holds them
	folders  bool            // there is one
	links    []place         // symbolic links to directories, followed last
	visited  map[string]bool // real path -> as part of such a folder
	problems []Problem
	full     bool // a limit was met and reported
}

// place is a directory below the root.
type place struct {
	rel      string // with slashes, "" for the root
	real     string // its path without symbolic links
	inFolder bool
	depth    int
}

// Find lists the files of a directory that are searched, sorted, relative to it
// and with slashes. What it cannot read or leaves out stands in the problems,
// whose File is relative, too; a directory that is none is an error. Links are
// followed, each directory is seen once, and all is bounded: 200 levels,
// 100,000 files.
func Find(root string, s Search) (files []string, problems []Problem, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", s.What, err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("reading %s: %s is not a directory", s.What, root)
	}
	real, err := realPath(root)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", s.What, err)
	}
	w := &walker{Search: s, root: root, visited: make(map[string]bool)}
	start := place{real: real, inFolder: w.holds(filepath.Base(real)) || w.holds(filepath.Base(filepath.Clean(root)))}
	w.folders = start.inFolder
	w.dir(start)
	for len(w.links) > 0 {
		link := w.links[0]
		w.links = w.links[1:]
		w.dir(link)
	}
	if w.folders {
		w.files = w.inFolder
	}
	slices.Sort(w.files)
	return w.files, w.problems, nil
}

// holds tells a folder that holds the files by its name.
func (w *walker) holds(name string) bool { return w.Folder != "" && name == w.Folder }

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
	inFolder, visited := w.visited[p.real]
	switch {
	case visited && (inFolder || !p.inFolder):
		return
	case p.depth > maxDirDepth:
		w.limit(p.rel, fmt.Sprintf("nested deeper than %d directories", maxDirDepth))
		return
	case len(w.visited) >= maxDirs:
		w.limit(p.rel, fmt.Sprintf("more than %d directories", maxDirs))
		return
	}
	w.visited[p.real] = p.inFolder
	entries, err := os.ReadDir(w.path(p.rel))
	if err != nil {
		w.problem(p.rel, Unreadable, "the directory cannot be read: %s", Reason(err))
	}
	if w.Within != nil {
		entries = w.Within(p.rel, entries)
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
	case !w.Match(rel):
	case !mode.IsRegular():
		w.problem(rel, Unreadable, "not a regular file")
	case len(w.files) >= maxFiles:
		w.limit(rel, fmt.Sprintf("more than %d files", maxFiles))
	default:
		w.files = append(w.files, rel)
		if p.inFolder {
			w.inFolder = append(w.inFolder, rel)
		}
	}
}

// below is the place of a directory in p.
func (w *walker) below(p place, rel, real string) place {
	inFolder := p.inFolder || w.holds(rel[strings.LastIndexByte(rel, '/')+1:])
	w.folders = w.folders || inFolder
	return place{rel: rel, real: real, inFolder: inFolder, depth: p.depth + 1}
}

// link takes a symbolic link in p. One to a directory around it is a loop.
func (w *walker) link(p place, rel string) {
	info, err := os.Stat(w.path(rel))
	if err != nil {
		if w.Match(rel) || !errors.Is(err, fs.ErrNotExist) {
			w.problem(rel, Unreadable, "the symbolic link cannot be followed: %s", Reason(err))
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
		w.problem(rel, Unreadable, "the symbolic link cannot be followed: %s", Reason(err))
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

// Reason is what went wrong, without the path that the problem names already.
func Reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}
