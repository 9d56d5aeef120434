package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

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

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
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
	return nil, program.Fail(program.Usage, err)
}

// files are the names that the file at a path may have in the graph.
func (in *input) files(path string) []string {
	abs, err := filepath.Abs(path)
	if err != nil || path == "" {
		return nil
	}
	var files []string
	for _, dir := range in.dirs {
		full, err := filepath.Abs(dir)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(full, abs)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			continue
		}
		file := filepath.ToSlash(rel)
		if len(in.dirs) > 1 {
			file = strings.TrimSuffix(filepath.ToSlash(dir), "/") + "/" + file
		}
		files = append(files, filepath.ToSlash(filepath.Clean(file)))
	}
	return files
}
