package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// outputs are the flags that say where a command writes what it made of a T,
// and in which notation.
type outputs[T any] struct {
	formats []format[T]
	paths   []string
	name    string
	usual   string // the notation of standard output where none is named; empty for none
}

// register defines --output and --format. fallback says what happens without them.
func (o *outputs[T]) register(cmd *cobra.Command, fallback string) {
	names := strings.Join(o.names(), ", ")
	cmd.Flags().StringArrayVarP(&o.paths, "output", "o", nil, "write to `FILE`; may be repeated; - is standard output ("+fallback+")")
	cmd.Flags().StringVarP(&o.name, "format", "f", "", "`FORMAT` of the output: "+names+" (default: by the file's ending)")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(o.names(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagFilename("output", o.endings()...)
}

func (o *outputs[T]) names() []string {
	names := make([]string, len(o.formats))
	for i, f := range o.formats {
		names[i] = f.name
	}
	return names
}

func (o *outputs[T]) endings() []string {
	var all []string
	for _, f := range o.formats {
		all = append(all, f.name)
		all = append(all, f.endings...)
	}
	return all
}

// target is a file to write, or standard output, and its notation.
type target[T any] struct {
	path   string
	format format[T]
}

const standardOutput = "-"

// standardOutputs are the names of standard output on systems that have it as a file.
var standardOutputs = []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}

func (t target[T]) isStdout() bool { return t.path == standardOutput }

func (t target[T]) same(other target[T]) bool {
	return filepath.Clean(t.path) == filepath.Clean(other.path)
}

// among says that the file would be read as one of a directory's roles.
func (t target[T]) among(dirs []string) bool {
	path, err := filepath.Abs(t.path)
	if err != nil || filepath.Ext(path) != ".json" && filepath.Ext(path) != ".rb" {
		return false
	}
	return slices.ContainsFunc(dirs, func(dir string) bool {
		dir, err := filepath.Abs(dir)
		rel, inside := strings.CutPrefix(path, dir+string(filepath.Separator))
		return err == nil && inside && !strings.Contains(rel, string(filepath.Separator))
	})
}

// String is the target as messages name it.
func (t target[T]) String() string {
	if t.isStdout() {
		return "standard output"
	}
	return t.path
}

// targets are what --output and --format ask for, else the fallback: a path,
// to which a "*" at its end stands for the format's name.
func (o *outputs[T]) targets(fallback string) ([]target[T], error) {
	paths := o.paths
	if stem, any := strings.CutSuffix(fallback, "*"); any {
		fallback = stem + o.nameOr(o.formats[0].name)
	}
	if len(paths) == 0 && fallback != "" {
		paths = []string{fallback}
	}
	all := make([]target[T], 0, len(paths))
	for _, path := range paths {
		t, err := o.target(path)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, t.same) {
			return nil, fmt.Errorf("--output %s is given twice", path)
		}
		if ending := o.ending(path); len(paths) > 1 && ending != "" && ending != t.format.name {
			return nil, fmt.Errorf("--format %s and --output %s: of several files each has the format of its ending; leave out --format", o.name, path)
		}
		all = append(all, t)
	}
	return all, nil
}

// ending is the format whose name a path ends in.
func (o *outputs[T]) ending(path string) string {
	name := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), ".")
	if slices.Contains(o.names(), name) {
		return name
	}
	return ""
}

func (o *outputs[T]) nameOr(usual string) string {
	if o.name == "" {
		return usual
	}
	return strings.ToLower(o.name)
}

func (o *outputs[T]) target(path string) (target[T], error) {
	if path == "" {
		return target[T]{}, errors.New(`--output "" names no file`)
	}
	if slices.Contains(standardOutputs, path) {
		path = standardOutput
	}
	name := o.nameOr(strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."))
	if path == standardOutput && name == "" {
		name = o.usual
	}
	if path == standardOutput && name == "" {
		return target[T]{}, fmt.Errorf("--output - needs --format: one of %s", strings.Join(o.names(), ", "))
	}
	found, err := o.named(name, path)
	return target[T]{path, found}, err
}

func (o *outputs[T]) named(name, path string) (format[T], error) {
	for _, f := range o.formats {
		if f.name == name || o.name == "" && slices.Contains(f.endings, name) {
			return f, nil
		}
	}
	known := strings.Join(o.names(), ", ")
	if name == "" {
		return format[T]{}, fmt.Errorf("cannot tell the format of %q: give it an ending or --format, one of %s", path, known)
	}
	return format[T]{}, fmt.Errorf("unknown format %q: known are %s", name, known)
}
