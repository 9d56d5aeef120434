package repository

import (
	"io/fs"
	"path"
	"slices"
	"strings"
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
