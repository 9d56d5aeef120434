package role

import (
	"fmt"
	"path"
)

// nameProblems reports names that two files declare, files of one name, and
// names that are not their file's: Chef finds roles by the file. At most one
// clash of a file is reported, one of files before one of declared names.
func (s *Set) nameProblems(origins []origin) {
	byName := make(map[string]int, len(s.Roles))
	byFile := make(map[string]int, len(s.Roles))
	for i, r := range s.Roles {
		if origins[i].declared && r.Name != baseName(r.File) {
			s.nameProblem(r, NameMismatch, "the role is named %q, but its file %q; Chef looks roles up by their files", r.Name, path.Base(r.File))
		}
		named, ofName := firstOf(byName, r.Name, i)
		filed, ofFile := firstOf(byFile, baseName(r.File), i)
		switch {
		case ofFile && s.Roles[filed].Name != r.Name:
			other := s.Roles[filed]
			s.nameProblem(r, DuplicateRole, "another role file named %q is %s, whose role is named %q, line %d; %s",
				baseName(r.File), other.File, other.Name, other.Line, s.clash(filed, i, origins))
		case ofFile:
			s.alsoIn(r, filed, s.clash(filed, i, origins))
		case ofName:
			s.alsoIn(r, named, "each file is loaded under its own base name")
		}
	}
}

// firstOf is the first place of a key, and whether it is an earlier one than i.
func firstOf(places map[string]int, key string, i int) (first int, earlier bool) {
	if first, earlier = places[key]; !earlier {
		places[key] = i
	}
	return first, earlier
}

func (s *Set) nameProblem(r Role, kind ProblemKind, format string, args ...any) {
	s.Problems = append(s.Problems, Problem{File: r.File, Line: r.Line, Kind: kind, Message: fmt.Sprintf(format, args...)})
}

func (s *Set) alsoIn(r Role, other int, clash string) {
	o := s.Roles[other]
	s.nameProblem(r, DuplicateRole, "the role %q stands also in %s, line %d; %s", r.Name, o.File, o.Line, clash)
}

// clash says which of two files of one base name each of Chef's loaders takes.
// chef-solo searches a folder with all below it, first for JSON, and goes on to
// the next folder of its role_path only when it finds nothing; local mode sees
// what lies directly in its folder, and there Ruby first.
func (s *Set) clash(i, j int, origins []origin) string {
	a, b := s.Roles[i], s.Roles[j]
	json, other := a, b
	if b.Format == JSON {
		json, other = b, a
	}
	local := "local mode " + other.File
	if path.Dir(a.File) != path.Dir(b.File) {
		local = "local mode sees no sub-folders"
	}
	switch {
	case origins[i].dir != origins[j].dir:
		return "with both folders in its role_path chef-solo takes that of the first; local mode knows one folder"
	case a.Format == b.Format:
		return "chef-solo refuses both as DuplicateRole, " + local
	}
	return "chef-solo takes " + json.File + ", " + local
}
