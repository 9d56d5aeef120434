package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// meaning is one name or path that was given, and what it means here.
type meaning struct {
	given string
	ids   []string // empty: it has no part in what was read
	gone  bool     // a file that is not there any more
}

// changes finds what names and paths mean.
type changes struct {
	in        *input
	names     *graph.Names
	bases     []string            // the folders that paths may be relative to, as git's are to the toplevel
	cookbooks map[string][]string // the IDs of each cookbook's nodes, or of its recipes where it was not read
	folders   map[string]bool     // that hold role files, as the graph names them
}

func (in *input) changes() *changes {
	c := &changes{in: in, names: in.graph.Names(), cookbooks: map[string][]string{}, folders: map[string]bool{}}
	if cwd, err := os.Getwd(); err == nil {
		c.bases = []string{cwd}
		if top := toplevel(cwd); top != "" && top != cwd {
			c.bases = append(c.bases, top)
		}
	}
	read := map[string]bool{}
	for _, n := range in.graph.Nodes {
		if n.Kind == graph.Cookbook {
			read[n.Name], c.cookbooks[n.Name] = true, []string{n.ID}
		}
	}
	for _, n := range in.graph.Nodes {
		if cookbook, _, _ := strings.Cut(n.Name, "::"); n.Kind == graph.Recipe && !read[cookbook] {
			c.cookbooks[cookbook] = append(c.cookbooks[cookbook], n.ID)
		}
	}
	for _, r := range in.graph.Roles {
		c.folders[path.Dir(path.Clean(r.File))] = true
	}
	return c
}

// toplevel is the working tree of git around a folder; empty when there is none.
func toplevel(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// argument is what a name or path of the command line means.
func (c *changes) argument(given string) (meaning, error) {
	if found := c.file(given, c.bases); found.ids != nil {
		return found, nil
	}
	ids, err := c.in.find(c.names, given)
	switch {
	case err == nil:
		return meaning{given: given, ids: ids}, nil
	case c.exists(given):
		return meaning{given: given}, nil
	}
	if found := c.gone(given); found.ids != nil || strings.ContainsRune(given, '/') {
		return found, nil
	}
	return meaning{}, err
}

// line is what a line of standard input means: most are paths as git prints
// them, relative to the toplevel, and many have no part in this.
func (c *changes) line(given string) (meaning, error) {
	if strings.HasSuffix(given, "]") && strings.Contains(given, "[") {
		ids, err := c.names.Find(given)
		if err != nil {
			err = program.Fail(program.Usage, errors.New("standard input: "+program.Visible(err.Error())))
		}
		return meaning{given: given, ids: ids}, err
	}
	if unquoted, err := strconv.Unquote(given); err == nil && strings.HasPrefix(given, `"`) {
		given = unquoted // git quotes what is not ASCII
	}
	bases := slices.Clone(c.bases)
	slices.Reverse(bases)
	if found := c.file(given, bases); found.ids != nil {
		return found, nil
	}
	if c.exists(given) {
		return meaning{given: given}, nil
	}
	if ids := c.names.Has(given); ids != nil {
		return meaning{given: given, ids: ids}, nil
	}
	return c.gone(given), nil
}

// file is the nodes that a file at a path has a part in.
func (c *changes) file(given string, bases []string) meaning {
	found := meaning{given: given}
	for _, base := range bases {
		full := given
		if !filepath.IsAbs(full) {
			full = filepath.Join(base, filepath.FromSlash(full))
		}
		for _, file := range c.in.files(full) {
			found.add(c.names.In(file))
			found.add(c.names.In(twin(file)))
		}
		found.add(c.cookbookAt(full))
		if found.ids != nil {
			break
		}
	}
	if kind, name := placed(given); kind == graph.Cookbook {
		found.add(c.cookbooks[name])
	}
	found.gone = found.ids != nil && !c.exists(given)
	return found
}

// twin is the lock of a Policyfile, and the Policyfile of a lock: one policy.
func twin(file string) string {
	if stem, ok := strings.CutSuffix(file, ".lock.json"); ok {
		return stem + ".rb"
	}
	if stem, ok := strings.CutSuffix(file, ".rb"); ok {
		return stem + ".lock.json"
	}
	return file
}

func (f *meaning) add(ids []string) {
	for _, id := range ids {
		if !slices.Contains(f.ids, id) {
			f.ids = append(f.ids, id)
		}
	}
}

// cookbookAt is the cookbook in whose folder a file lies.
func (c *changes) cookbookAt(full string) []string {
	for _, book := range c.in.graph.Rest.Cookbooks {
		dir, err := filepath.Abs(filepath.FromSlash(book.Dir))
		if err == nil && strings.HasPrefix(full, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator)) {
			return c.cookbooks[book.Name]
		}
	}
	return nil
}

// exists says whether a path leads to a file; git tells of no directories.
func (c *changes) exists(given string) bool {
	isFile := func(full string) bool {
		info, err := os.Lstat(full)
		return err == nil && !info.IsDir()
	}
	if filepath.IsAbs(given) {
		return isFile(given)
	}
	return slices.ContainsFunc(c.bases, func(base string) bool { return isFile(filepath.Join(base, filepath.FromSlash(given))) })
}

// gone is what a file was that is not there any more: by its folder, else by the
// role files beside it, the role or the like that has its base name.
func (c *changes) gone(given string) meaning {
	found := meaning{given: given, gone: true}
	kind, name := placed(given)
	if kind == "" && isRoleFile(given) {
		for _, base := range c.bases {
			for _, file := range c.in.files(filepath.Join(base, filepath.FromSlash(given))) {
				if c.folders[path.Dir(path.Clean(file))] {
					kind, name = graph.Role, baseName(given)
				}
			}
		}
	}
	if kind != "" {
		found.ids = c.names.Has(string(kind) + "[" + name + "]")
	}
	return found
}

func isRoleFile(file string) bool {
	return strings.HasSuffix(file, ".rb") || strings.HasSuffix(file, ".json")
}

func baseName(file string) string {
	base := path.Base(filepath.ToSlash(file))
	return strings.TrimSuffix(base, path.Ext(base))
}

// placed is what the folders of a path say that a file is, and its name.
func placed(given string) (graph.Kind, string) {
	parts := strings.Split(path.Clean(filepath.ToSlash(given)), "/")
	for i, part := range parts[:len(parts)-1] {
		switch part {
		case "cookbooks", "site-cookbooks", "berks-cookbooks":
			if i+2 < len(parts) {
				return graph.Cookbook, parts[i+1]
			}
		case "roles", "nodes", "environments", "policies", "policyfiles":
			kind := map[string]graph.Kind{"roles": graph.Role, "nodes": graph.Machine, "environments": graph.Environment}[part]
			if kind == "" {
				kind = graph.Policy
			}
			if isRoleFile(given) {
				return kind, strings.TrimSuffix(baseName(given), ".lock")
			}
		}
	}
	return "", ""
}

const (
	maxInput = 64 << 20 // bytes of standard input
	maxLine  = 1 << 20
)

// lines reads names and paths, each ended by a newline, or by NUL if so said.
func lines(r io.Reader, nul bool) ([]string, error) {
	limited := &io.LimitedReader{R: r, N: maxInput}
	s := bufio.NewScanner(limited)
	s.Buffer(make([]byte, 0, 64<<10), maxLine)
	if nul {
		s.Split(func(data []byte, atEOF bool) (int, []byte, error) {
			if i := bytes.IndexByte(data, 0); i >= 0 {
				return i + 1, data[:i], nil
			}
			if atEOF && len(data) > 0 {
				return len(data), data, nil
			}
			return 0, nil, nil
		})
	}
	var all []string
	for s.Scan() {
		line := s.Text()
		if !nul {
			line = strings.TrimSpace(line)
		}
		if line != "" {
			all = append(all, line)
		}
	}
	switch err := s.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("standard input: line %d is longer than %d bytes: expected a name or a path a line", len(all)+1, maxLine)
	case err != nil:
		return nil, fmt.Errorf("reading standard input: %w", err)
	case limited.N == 0:
		return nil, fmt.Errorf("standard input is longer than %d MiB", maxInput>>20)
	}
	return all, nil
}
