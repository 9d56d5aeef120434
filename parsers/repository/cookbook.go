package repository

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
)

// shelf finds the cookbooks in a folder: directories with metadata or recipes.
type shelf struct {
	found map[string]bool // the directories that are cookbooks
}

// within is what of a directory may hold cookbooks, or is of one: of a cookbook
// its metadata and recipes, of a repository its folders cookbooks and
// site-cookbooks, of other directories all of them.
func (s *shelf) within(rel string, entries []fs.DirEntry) []fs.DirEntry {
	if s.isRecipes(rel) {
		return entries
	}
	shelves := rel == "" && slices.ContainsFunc(entries, isShelf)
	if slices.ContainsFunc(entries, isOfCookbook) {
		s.found[rel] = true
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e fs.DirEntry) bool {
		switch {
		case s.found[rel] && isOfCookbook(e), shelves && isShelf(e):
			return false
		case s.found[rel], shelves:
			return true
		}
		return e.Type().IsRegular()
	})
}

// isRecipes tells the folder recipes of a cookbook.
func (s *shelf) isRecipes(rel string) bool {
	parent, name := split(rel)
	return name == "recipes" && rel != "" && s.found[parent]
}

// split cuts the last name from a path; of "x" the first part is "".
func split(rel string) (parent, name string) {
	parent, name = path.Split(rel)
	return strings.TrimSuffix(parent, "/"), name
}

func isShelf(e fs.DirEntry) bool {
	return !e.Type().IsRegular() && (e.Name() == "cookbooks" || e.Name() == "site-cookbooks")
}

// isOfCookbook tells what makes a directory a cookbook.
func isOfCookbook(e fs.DirEntry) bool {
	switch name := e.Name(); name {
	case "metadata.rb", "metadata.json":
		return !e.IsDir()
	case "recipes":
		return !e.Type().IsRegular()
	default:
		return !e.IsDir() && isRootRecipe(name)
	}
}

// isRootRecipe tells the file beside the metadata that is a cookbook's default recipe.
func isRootRecipe(name string) bool {
	return strings.TrimSuffix(name, path.Ext(name)) == "recipe" && recipeRank(name) < noRecipe
}

// match tells the files of a cookbook that are read.
func (s *shelf) match(rel string) bool {
	parent, name := split(rel)
	return s.found[parent] || s.isRecipes(parent) && recipeRank(name) < noRecipe
}

// noRecipe is the rank of a file that is none.
const noRecipe = 8

// recipeRank orders the files of one recipe: Chef takes Ruby before YAML before
// JSON, and recipe.rb beside the metadata before recipes/default.rb.
func recipeRank(name string) int {
	rank, ok := map[string]int{".rb": 0, ".yml": 2, ".yaml": 4, ".json": 6}[path.Ext(name)]
	if !ok {
		return noRecipe
	}
	return rank
}

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
	for _, book := range order {
		r.cookbook(dir, book, books[book])
	}
	return nil
}

// cookbook reads one cookbook of its files, whose paths are relative to root.
func (r *reader) cookbook(root, rel string, files []string) {
	folder := below(root, rel)
	if r.seen[folder] {
		return
	}
	r.seen[folder] = true
	c := Cookbook{Name: folderName(folder), Dir: folder, File: folder, Line: 1}
	// Chef reads metadata.json, if there is one, and then not metadata.rb.
	for _, name := range []string{"metadata.json", "metadata.rb"} {
		if file := strings.TrimPrefix(rel+"/"+name, "/"); slices.Contains(files, file) {
			r.file(below(root, file), func(d *document) { d.metadata(&c) })
			break
		}
	}
	for name, file := range recipeFiles(rel, files) {
		r.file(below(root, file), func(d *document) { c.Recipes = append(c.Recipes, d.recipe(c.Name, name)) })
	}
	slices.SortFunc(c.Recipes, func(a, b Recipe) int { return strings.Compare(a.Name, b.Name) })
	r.set.Cookbooks = append(r.set.Cookbooks, c)
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
