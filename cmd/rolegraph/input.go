package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/role"
)

// input is what the directories held.
type input struct {
	dirs  []string
	more  []string // where else was read: cookbooks, nodes, environments, Policyfiles
	graph *graph.Graph
	whole *graph.Graph // of which graph is a view; nil when it is all
	about string       // the view, in words
}

// usualDir is what is read where no directory is named.
const usualDir = "roles"

// read reads the directories, and what the flags of the rest of a repository
// name; without any directory, those of the configuration, else the folder roles.
// A directory without role files is an error that names it.
func read(ctx context.Context, dirs []string) (*input, error) {
	folders, err := sourcesOf(ctx)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		if dirs, err = configuredRoles(ctx); err != nil {
			return nil, err
		}
	}
	if len(dirs) == 0 {
		info, err := os.Stat(usualDir)
		switch {
		case err == nil && info.IsDir():
			dirs = []string{usualDir}
		case len(folders.All()) == 0:
			return nil, fmt.Errorf("no DIR given, and no folder named %s here: expected a folder of role files or a repository", usualDir)
		}
	}
	set, err := readRoles(ctx, dirs)
	if err != nil {
		return nil, err
	}
	rest, err := readRest(ctx, folders)
	if err != nil {
		return nil, err
	}
	return &input{dirs: dirs, more: folders.All(), graph: graph.New(set, rest)}, nil
}

// readRoles reads the directories' role files.
func readRoles(ctx context.Context, dirs []string) (role.Set, error) {
	if len(dirs) == 0 {
		return role.Set{}, nil
	}
	defer stage(ctx, "reading %s", strings.Join(dirs, ", "))()
	// Nothing of a revision is left behind when the user loses patience.
	patient, end := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer end()
	places, forget, err := locate(patient, dirs)
	defer forget()
	if err != nil {
		return role.Set{}, program.Fail(program.Usage, err)
	}
	set, err := role.Read(places)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w%s", err, orRevision(patient, dirs))
	}
	if err = errors.Join(err, patient.Err()); err != nil {
		return role.Set{}, program.Fail(program.Usage, err)
	}
	if len(dirs) > 1 { // Files begin with their directory then
		rename(set, places, dirs)
	}
	if len(set.Roles) == 0 && len(set.Problems) == 0 {
		return role.Set{}, program.Fail(program.Usage, fmt.Errorf(
			"no role files found in %s: expected .rb or .json files there, or a folder named roles; nothing was written", strings.Join(dirs, ", ")))
	}
	return set, nil
}

// locate is where the directories lie on disk; those of a revision, until forget
// is called.
func locate(ctx context.Context, dirs []string) (places []string, forget func(), err error) {
	forget = func() {}
	for _, dir := range dirs {
		r, isRevision := asRevision(dir)
		if !isRevision {
			places = append(places, dir)
			continue
		}
		temp, err := os.MkdirTemp("", "rolegraph-")
		if err != nil {
			return nil, forget, fmt.Errorf("making room for %s: %w", dir, err)
		}
		others := forget
		forget = func() { others(); _ = os.RemoveAll(temp) }
		place, err := r.checkOut(ctx, temp)
		if err != nil {
			return nil, forget, err
		}
		places = append(places, place)
	}
	return places, forget, nil
}

// rename calls directories what the user calls them, wherever a set names them.
func rename(set role.Set, places, dirs []string) {
	var pairs []string
	for i, dir := range dirs {
		if places[i] != dir {
			pairs = append(pairs, filepath.ToSlash(places[i]), dir)
		}
	}
	r := strings.NewReplacer(pairs...)
	for i := range set.Roles {
		of := &set.Roles[i]
		of.File = r.Replace(of.File)
		for j := range of.Unresolved {
			of.Unresolved[j].File = of.File
		}
	}
	for i := range set.Problems {
		p := &set.Problems[i]
		p.File, p.Message = r.Replace(p.File), r.Replace(p.Message)
	}
}

// at is a place in a file, as one can open it from here.
func (in *input) at(file string, line int) string {
	switch {
	case isFromHere(file):
		file = filepath.Clean(filepath.FromSlash(file))
	case len(in.dirs) == 1 && isOnly(in.dirs[0], file):
		file = in.dirs[0]
	case len(in.dirs) == 1 && strings.HasSuffix(in.dirs[0], ":"): // REV: as git writes it
		file = in.dirs[0] + file
	case len(in.dirs) == 1:
		file = filepath.Join(in.dirs[0], filepath.FromSlash(file))
	}
	if line < 1 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// isOnly tells that a single role file, this one, was named instead of a directory.
func isOnly(dir, file string) bool {
	_, isRevision := asRevision(dir)
	return isFile(dir) || isRevision && path.Base(dir) == file
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// incomplete says whether a role is missing from the graph, or stands in it
// with less than its file says, because the file could not be read.
func (in *input) incomplete() bool {
	for _, p := range in.graph.Problems {
		if p.Kind.Partial() {
			return true
		}
	}
	return false
}

// printProblems says what reading found, a line each.
func (in *input) printProblems(w io.Writer) {
	for _, p := range in.graph.Problems {
		program.PrintLine(w, "%s: %s: %s", in.at(p.File, p.Line), p.Kind, p.Message)
	}
	for _, r := range in.graph.Roles {
		in.printUnresolved(w, r.Unresolved)
	}
	in.printUnresolved(w, in.graph.Rest.Unresolved())
}

func (in *input) printUnresolved(w io.Writer, all []role.Unresolved) {
	for _, u := range all {
		program.PrintLine(w, "%s: unresolved: %s: %s", in.at(u.File, u.Line), u.Reason, u.Text)
	}
}
