package role

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Read reads the role files of directories, each a folder of role files or a
// repository. In a repository, where a folder named roles lies in or below the
// directory, exactly the .rb and .json files in or below such folders are role
// files; elsewhere all are. A role file may stand in a directory's place and is
// then the only one of it. Nothing is executed.
//
// Every file has its own Role, sorted by file. What is wrong with a file, and
// what of it could not be read, stands in the Problems and the Role's
// Unresolved; only a directory that is not there is an error. With several
// directories, File begins with the directory as it was given; a file that lies
// in two of them is read once.
func Read(dirs []string) (Set, error) {
	r := reading{several: len(dirs) > 1, seen: make(map[string]string), folders: make(map[string]string)}
	for _, dir := range dirs {
		if err := r.dir(dir); err != nil {
			return Set{}, err
		}
	}
	r.set.nameProblems(r.origins)
	r.set.sort()
	r.set.settleBeside()
	return r.set, nil
}

// origin is where one of the roles of a Set comes from.
type origin struct {
	dir      string // as it was given
	declared bool   // its name stands in the file
}

// reading is what Read has read so far.
type reading struct {
	several bool
	set     Set
	origins []origin          // of set.Roles, in their order
	seen    map[string]string // file, by its real path -> the directory that it was read of
	folders map[string]string // folder -> its real path
}

// dir reads one directory, or one file.
func (r *reading) dir(dir string) error {
	root, prefix := dir, ""
	if r.several {
		prefix = strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/"
	}
	var files []string
	var problems []Problem
	if info, err := os.Stat(dir); err == nil && info.Mode().IsRegular() {
		if !isRoleFile(dir) {
			return fmt.Errorf("reading roles: %s is no role file: expected a directory, or a file that ends in .rb or .json", dir)
		}
		root, files = filepath.Dir(dir), []string{filepath.Base(dir)}
		if prefix != "" {
			prefix = strings.TrimSuffix(filepath.ToSlash(dir), files[0])
		}
		r.beside(root)
	} else if files, problems, err = Find(dir, Search{What: "roles", Folder: rolesFolder, Match: isRoleFile}); err != nil {
		return err
	}
	for _, p := range problems {
		p.File = prefix + p.File
		r.set.Problems = append(r.set.Problems, p)
	}
	again := overlap{of: dir}
	for _, file := range files {
		full := filepath.Join(root, filepath.FromSlash(file))
		if first, read := r.before(full, dir); read {
			again.add(first)
			continue
		}
		d := readFile(full, file)
		d.place(prefix + file)
		r.set.Roles = append(r.set.Roles, d.role)
		r.set.Problems = append(r.set.Problems, d.problems...)
		r.origins = append(r.origins, origin{dir: dir, declared: d.declared})
	}
	again.tell(&r.set)
	return nil
}

// beside notes the names of the role files in a folder of which one is read.
func (r *reading) beside(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return // the file itself was found: its neighbours remain unknown
	}
	for _, e := range entries {
		if !e.IsDir() && isRoleFile(e.Name()) && len(r.set.Beside) < maxFiles {
			r.set.Beside = append(r.set.Beside, baseName(e.Name()))
		}
	}
}

// before tells whether a file was read already, as part of another directory.
// Two links to one file are two roles: each is looked up by its own name.
func (r *reading) before(full, dir string) (first string, read bool) {
	if !r.several {
		return "", false
	}
	folder, name := filepath.Split(full)
	real, known := r.folders[folder]
	if !known {
		var err error
		if real, err = realPath(folder); err != nil {
			real = folder
		}
		r.folders[folder] = real
	}
	key := filepath.Join(real, name)
	if first, read = r.seen[key]; !read {
		r.seen[key] = dir
	}
	return first, read
}

// overlap counts the files of a directory that were read before.
type overlap struct {
	of, first string
	files     int
}

func (o *overlap) add(first string) {
	if o.files++; o.files == 1 {
		o.first = first
	}
}

// tell reports an overlap once.
func (o *overlap) tell(s *Set) {
	if o.files == 0 {
		return
	}
	what := "a role file of it was read before"
	if o.files > 1 {
		what = fmt.Sprintf("%d role files of it were read before", o.files)
	}
	s.Problems = append(s.Problems, Problem{File: filepath.ToSlash(o.of), Line: 1, Kind: Overlap,
		Message: fmt.Sprintf("%s, as part of %s; each counts once", what, o.first)})
}

// place names the file in all that was found in it.
func (d *document) place(file string) {
	d.role.File = file
	for i := range d.role.Unresolved {
		d.role.Unresolved[i].File = file
	}
	for i := range d.problems {
		d.problems[i].File = file
	}
}

// readFile reads one role file.
func readFile(full, name string) document {
	base := path.Base(name)
	format := Format(strings.TrimPrefix(path.Ext(base), "."))
	empty := document{role: Role{Name: baseName(base), Format: format, Line: 1}}
	src, err := Contents(full)
	switch {
	case errors.Is(err, ErrTooLarge):
		empty.problem(TooLarge, 1, 0, "%v", err)
		return empty
	case err != nil:
		empty.problem(Unreadable, 1, 0, "%s; the file is left out", Reason(err))
		return empty
	case format == JSON:
		return readJSON(src, base)
	}
	return readRuby(src, base)
}

// baseName is the name of a role that its file gives it.
func baseName(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// ErrTooLarge says that a file is over the limit of what is read.
var ErrTooLarge = fmt.Errorf("larger than %d MiB; the file is not read", maxFileSize>>20)

// Contents is what a file holds, if that is no more than 16 MiB; otherwise the
// error is ErrTooLarge.
func Contents(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() > maxFileSize {
		return "", ErrTooLarge
	}
	buf := make([]byte, info.Size()+1) // one more, to see the end at once
	n, err := io.ReadFull(f, buf)
	switch {
	case err == nil: // it grew since
		rest, err := io.ReadAll(io.LimitReader(f, maxFileSize-info.Size()))
		if len(rest)+n > maxFileSize {
			return "", ErrTooLarge
		}
		return string(append(buf, rest...)), err
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return string(buf[:n]), nil
	}
	return "", err
}

// settleBeside sorts the names beside single files and drops what was read too.
func (s *Set) settleBeside() {
	if len(s.Beside) == 0 {
		return
	}
	read := make(map[string]bool, len(s.Roles))
	for _, r := range s.Roles {
		read[baseName(r.File)] = true
	}
	slices.Sort(s.Beside)
	s.Beside = slices.DeleteFunc(slices.Compact(s.Beside), func(name string) bool { return read[name] })
}

func (s *Set) sort() {
	slices.SortStableFunc(s.Roles, func(a, b Role) int { return strings.Compare(a.File, b.File) })
	slices.SortStableFunc(s.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Message, b.Message))
	})
}
