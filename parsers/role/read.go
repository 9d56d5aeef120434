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
// files; elsewhere all are. Nothing is executed.
//
// Every file has its own Role, sorted by file. What is wrong with a file, and
// what of it could not be read, stands in the Problems and the Role's
// Unresolved; only a directory that is not there is an error. With several
// directories, File begins with the directory as it was given.
func Read(dirs []string) (Set, error) {
	var set Set
	var declared []string // in the order of set.Roles
	for _, dir := range dirs {
		files, problems, err := Find(dir, Search{What: "roles", Folder: rolesFolder, Match: isRoleFile})
		if err != nil {
			return Set{}, err
		}
		prefix := ""
		if len(dirs) > 1 {
			prefix = strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/"
		}
		for i := range problems {
			problems[i].File = prefix + problems[i].File
		}
		set.Problems = append(set.Problems, problems...)
		for _, file := range files {
			d := readFile(filepath.Join(dir, filepath.FromSlash(file)), file)
			d.place(prefix + file)
			set.Roles = append(set.Roles, d.role)
			set.Problems = append(set.Problems, d.problems...)
			if d.declared {
				declared = append(declared, d.role.File)
			}
		}
	}
	set.nameProblems(declared)
	set.sort()
	return set, nil
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

// nameProblems reports names that two files declare, and names that are not
// their file's: Chef finds roles by the file.
func (s *Set) nameProblems(declared []string) {
	first := make(map[string]int, len(s.Roles))
	inFile := make(map[string]bool, len(declared))
	for _, file := range declared {
		inFile[file] = true
	}
	for i, r := range s.Roles {
		if inFile[r.File] && r.Name != baseName(r.File) {
			s.Problems = append(s.Problems, Problem{File: r.File, Line: r.Line, Kind: NameMismatch,
				Message: fmt.Sprintf("the role is named %q, but its file %q; Chef looks roles up by their files", r.Name, path.Base(r.File))})
		}
		j, again := first[r.Name]
		if !again {
			first[r.Name] = i
			continue
		}
		s.Problems = append(s.Problems, Problem{File: r.File, Line: r.Line, Kind: DuplicateRole,
			Message: fmt.Sprintf("the role %q stands also in %s, line %d; %s", r.Name, s.Roles[j].File, s.Roles[j].Line, clash(s.Roles[j], r))})
	}
}

// clash says which of two files each of Chef's loaders takes.
func clash(a, b Role) string {
	switch {
	case baseName(a.File) != baseName(b.File):
		return "each file is loaded under its own base name"
	case a.Format != b.Format:
		return "chef-solo takes the JSON file, local mode the Ruby file"
	}
	return "chef-solo refuses both as DuplicateRole, local mode sees no sub-folders"
}

func (s *Set) sort() {
	slices.SortStableFunc(s.Roles, func(a, b Role) int { return strings.Compare(a.File, b.File) })
	slices.SortStableFunc(s.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Message, b.Message))
	})
}
