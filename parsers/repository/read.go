package repository

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
)

// Folders says where the parts of a repository lie.
type Folders struct {
	Cookbooks    []string // each a cookbook, a folder of cookbooks, or a repository with folders cookbooks or site-cookbooks
	Nodes        []string // each a node file, a folder of them, or a repository with folders nodes
	Environments []string // each an environment file, a folder of them, or a repository with folders environments
	Policyfiles  []string // each a Policyfile, a lock, or a directory to search for them
}

// All is every folder and file, each once.
func (f Folders) All() []string {
	all := slices.Concat(f.Cookbooks, f.Nodes, f.Environments, f.Policyfiles)
	slices.Sort(all)
	return slices.Compact(all)
}

// Read reads what the folders hold, without executing anything. What is wrong
// with a file stands in the Problems and its Unresolved; a folder that is not
// there, or holds nothing of the kind, is an error.
//
// Every File begins with the folder as it was given, after "./" unless that is
// absolute or leads upwards: it can be opened from where Read was called.
func Read(f Folders) (Set, error) {
	r := reader{seen: map[string]bool{}}
	for _, part := range []struct {
		folders []string
		read    func(dir string) error
	}{{f.Cookbooks, r.cookbooks}, {f.Nodes, r.nodes}, {f.Environments, r.environments}, {f.Policyfiles, r.policies}} {
		for _, dir := range part.folders {
			if err := part.read(dir); err != nil {
				return Set{}, err
			}
		}
	}
	r.set.sort()
	r.set.duplicates()
	r.set.sortProblems()
	return r.set, nil
}

// reader collects the Set.
type reader struct {
	set  Set
	seen map[string]bool // files that were read, and the folders of cookbooks
}

// rooted is a folder as the Files in it begin.
func rooted(dir string) string {
	dir = path.Clean(filepath.ToSlash(dir))
	if dir == "." || dir == ".." || path.IsAbs(dir) || filepath.IsAbs(dir) || strings.HasPrefix(dir, "../") {
		return dir
	}
	return "./" + dir
}

// below is the File of what lies in a folder; "" and "." are the folder itself.
func below(dir, rel string) string {
	if rel == "" || rel == "." {
		return rooted(dir)
	}
	return strings.TrimSuffix(rooted(dir), "/") + "/" + rel
}

// find lists the files of a folder, as role.Find does, and keeps its problems.
func (r *reader) find(dir string, s role.Search) ([]string, error) {
	files, problems, err := role.Find(dir, s)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		p.File = below(dir, p.File)
		r.set.Problems = append(r.set.Problems, p)
	}
	if len(files) == 0 && len(problems) == 0 {
		return nil, fmt.Errorf("reading %s: none found in %s", s.What, dir)
	}
	return files, nil
}

// files reads the .json and .rb files of a folder, or one such file.
func (r *reader) files(dir, what string, read func(d *document)) error {
	if isFile(dir) {
		return r.one(dir, what, read)
	}
	found, err := r.find(dir, role.Search{What: what, Folder: what, Match: func(rel string) bool {
		return strings.HasSuffix(rel, ".json") || strings.HasSuffix(rel, ".rb")
	}})
	if err != nil {
		return fmt.Errorf("%w; expected .json or .rb files there, or a folder named %s", err, what)
	}
	for _, rel := range found {
		r.file(below(dir, rel), read)
	}
	return nil
}

func isFile(place string) bool {
	info, err := os.Stat(place)
	return err == nil && !info.IsDir()
}

// one reads a file that was named itself.
func (r *reader) one(file, what string, read func(d *document)) error {
	if !strings.HasSuffix(file, ".rb") && !strings.HasSuffix(file, ".json") {
		return fmt.Errorf("reading %s: %s is none: expected a directory, or a file that ends in .rb or .json", what, file)
	}
	r.file(rooted(file), read)
	return nil
}

// file reads one file, once.
func (r *reader) file(file string, read func(d *document)) {
	if r.seen[file] {
		return
	}
	r.seen[file] = true
	d := open(file)
	read(&d)
	r.set.Problems = append(r.set.Problems, d.problems...)
}

func (r *reader) nodes(dir string) error {
	return r.files(dir, "nodes", func(d *document) { r.set.Nodes = append(r.set.Nodes, d.node()) })
}

func (r *reader) environments(dir string) error {
	return r.files(dir, "environments", func(d *document) { r.set.Environments = append(r.set.Environments, d.environment()) })
}

func (s *Set) sort() {
	slices.SortStableFunc(s.Cookbooks, func(a, b Cookbook) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Dir, b.Dir)) })
	slices.SortStableFunc(s.Nodes, func(a, b Node) int { return cmp.Compare(a.File, b.File) })
	slices.SortStableFunc(s.Environments, func(a, b Environment) int { return cmp.Compare(a.File, b.File) })
	slices.SortStableFunc(s.Policies, func(a, b Policy) int { return cmp.Compare(a.File, b.File) })
}

func (s *Set) sortProblems() {
	slices.SortStableFunc(s.Problems, func(a, b role.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Message, b.Message))
	})
}
