package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// split tells names, at least so many, from the directories that follow them.
func split(args []string, least int) (names, dirs []string) {
	at := len(args)
	for at > least && isDirectory(args[at-1]) {
		at--
	}
	return args[:at], args[at:]
}

// isDirectory says whether an argument is a directory, or one of a revision.
func isDirectory(arg string) bool {
	if info, err := os.Stat(arg); err == nil {
		return info.IsDir()
	}
	_, revision := asRevision(arg)
	return revision && !strings.Contains(arg, "::") && !strings.ContainsAny(arg, "[]")
}

// someName is what a question is about.
func someName(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no NAME given: expected a role, role[NAME], recipe[NAME] or a role's file")
	}
	return nil
}

// maxCompletions bounds what a shell is made to show.
const maxCompletions = 500

// completeNames completes names that the directories on the command line hold,
// roles by their bare names. What goes wrong is no matter for a shell.
func completeNames(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	_, dirs := split(args, 0)
	in, err := read(cmp.Or(cmd.Context(), context.Background()), dirs)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var names []cobra.Completion
	for _, n := range in.graph.Nodes {
		name := n.ID
		if n.Kind == graph.Role && !strings.HasPrefix(typed, "role[") {
			name = n.Name
		}
		if strings.HasPrefix(name, typed) && program.Visible(name) == name && len(names) < maxCompletions {
			names = append(names, cobra.CompletionWithDesc(name, string(n.Kind)))
		}
	}
	return names, cobra.ShellCompDirectiveDefault // files and directories may follow
}

// find is the nodes that a name means, or the path of a file as one sees it
// from here.
func (in *input) find(names *graph.Names, name string) ([]string, error) {
	ids, err := names.Find(name)
	if err == nil {
		return ids, nil
	}
	for _, file := range in.files(name) {
		if ids := names.In(file); len(ids) > 0 {
			return ids, nil
		}
	}
	var unknown *graph.NameError
	if errors.As(err, &unknown) && len(unknown.Same) == 0 && isDirectory(name) {
		err = errors.New(name + " is a directory: names come first, then directories")
	}
	return nil, program.Fail(program.Usage, errors.New(program.Visible(err.Error())))
}

// files are the names that the file at a path may have in the graph.
func (in *input) files(path string) []string {
	abs, err := filepath.Abs(path)
	if err != nil || path == "" {
		return nil
	}
	files := fromHere(abs)
	for _, dir := range in.dirs {
		place := dir
		if r, revision := asRevision(dir); revision {
			place = r.path
		}
		full, err := filepath.Abs(place)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(full, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			continue
		}
		file := filepath.ToSlash(rel)
		if rel == "." && isFile(dir) {
			file = filepath.Base(dir)
		}
		if len(in.dirs) > 1 && rel == "." {
			file = filepath.ToSlash(dir)
		} else if len(in.dirs) > 1 {
			file = strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/" + file
		}
		files = append(files, file)
	}
	return files
}

// fromHere are the names that what lies beside the roles may have: absolute, or
// from the working directory, as isFromHere tells them.
func fromHere(abs string) []string {
	files := []string{filepath.ToSlash(abs)}
	cwd, err := os.Getwd()
	if err != nil {
		return files
	}
	rel, err := filepath.Rel(cwd, abs)
	if err != nil {
		return files
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return append(files, rel)
}
