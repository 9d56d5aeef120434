package repository

import (
	"fmt"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/converged/converged/parsers/role"
)

// cookbooks reads the cookbooks of a folder.
func (r *reader) cookbooks(dir string) error {
	s := &shelf{found: map[string]bool{}}
	files, err := r.find(dir, role.Search{What: "cookbooks", Match: s.match, Within: s.within})
	if err != nil {
		return fmt.Errorf("%w; expected a cookbook, with metadata.rb, metadata.json or a folder recipes, or a folder of cookbooks", err)
	}
	var order []string
	books := map[string][]string{} // the files of each
	for _, rel := range files {
		book, _ := split(rel)
		if s.isRecipes(book) {
			book, _ = split(book)
		}
		if books[book] == nil {
			order = append(order, book)
		}
		books[book] = append(books[book], rel)
	}
	order = slices.DeleteFunc(order, func(book string) bool {
		folder := below(dir, book)
		again := r.seen[folder]
		r.seen[folder] = true
		return again
	})
	read := make([]contents, len(order))
	each(len(order), func(i int) { read[i] = readCookbook(dir, order[i], books[order[i]]) })
	for _, c := range read {
		r.set.Cookbooks = append(r.set.Cookbooks, c.cookbook)
		r.set.Problems = append(r.set.Problems, c.problems...)
	}
	return nil
}

// each calls do for 0 to n-1, on all processors at once.
func each(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	workers.Wait()
}

// contents is a cookbook and what reading it found.
type contents struct {
	cookbook Cookbook
	problems []role.Problem
}

// readCookbook reads one cookbook of its files, whose paths are relative to root.
func readCookbook(root, rel string, files []string) contents {
	folder := below(root, rel)
	c := Cookbook{Name: folderName(folder), Dir: folder, File: folder, Line: 1}
	var problems []role.Problem
	read := func(file string, take func(d *document)) {
		d := open(below(root, file))
		take(&d)
		problems = append(problems, d.problems...)
	}
	// Chef reads metadata.json, if there is one, and then not metadata.rb.
	for _, name := range []string{"metadata.json", "metadata.rb"} {
		if file := strings.TrimPrefix(rel+"/"+name, "/"); slices.Contains(files, file) {
			read(file, func(d *document) { d.metadata(&c) })
			break
		}
	}
	for name, file := range recipeFiles(rel, files) {
		read(file, func(d *document) { c.Recipes = append(c.Recipes, d.recipe(c.Name, name)) })
	}
	slices.SortFunc(c.Recipes, func(a, b Recipe) int { return strings.Compare(a.Name, b.Name) })
	return contents{c, problems}
}

// folderName is the name of a folder, also where the path ends in dots.
func folderName(folder string) string {
	if abs, err := filepath.Abs(filepath.FromSlash(folder)); err == nil {
		folder = filepath.ToSlash(abs)
	}
	return path.Base(folder)
}

// recipeFiles is, by the short name of a recipe, the file that Chef takes for it.
func recipeFiles(rel string, files []string) map[string]string {
	best := map[string]string{}
	ranks := map[string]int{}
	for _, file := range files {
		parent, name := split(file)
		recipe, rank := strings.TrimSuffix(name, path.Ext(name)), recipeRank(name)+1
		if parent == rel {
			if !isRootRecipe(name) {
				continue
			}
			recipe, rank = "default", rank-1
		}
		if best[recipe] == "" || rank < ranks[recipe] {
			best[recipe], ranks[recipe] = file, rank
		}
	}
	return best
}
