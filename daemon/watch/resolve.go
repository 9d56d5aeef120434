package watch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// place is where reports lie: the names in dir that match base, an element of
// a pattern, or all that are reports if base is empty.
type place struct{ dir, base string }

// ground is what a path comes to at one moment.
type ground struct {
	places []place
	// Directories in which a name may appear that changes the ground, with the
	// pattern of that name.
	around map[string][]string
	// Directories that cannot be read, and why; nil: that can.
	closed map[string]error
}

// survey walks a pattern element by element. It needs only the rights that
// each element needs: a directory that is named need not be listable.
func survey(pattern string) *ground {
	g := &ground{around: map[string][]string{}, closed: map[string]error{}}
	root := filepath.VolumeName(pattern) + string(filepath.Separator)
	elements := strings.Split(strings.TrimPrefix(pattern, root), string(filepath.Separator))
	dirs, last := []string{root}, len(elements)-1
	for _, element := range elements[:last] {
		var next []string
		for _, dir := range dirs {
			next = append(next, g.descend(dir, element)...)
		}
		dirs = next
	}
	for _, dir := range dirs {
		g.arrive(dir, elements[last])
	}
	slices.SortFunc(g.places, func(a, b place) int { return strings.Compare(a.dir+"\x00"+a.base, b.dir+"\x00"+b.base) })
	g.places = slices.Compact(g.places)
	return g
}

func isPattern(element string) bool { return strings.ContainsAny(element, `*?[\`) }

// descend is the directories of that name in dir.
func (g *ground) descend(dir, element string) []string {
	if isPattern(element) {
		g.await(dir, element)
		return g.dirsIn(dir, element)
	}
	path := filepath.Join(dir, element)
	fi, err := os.Stat(path)
	g.closedTo(path, err)
	if err != nil || !fi.IsDir() {
		g.await(dir, element)
		return nil
	}
	return []string{path}
}

// arrive notes the places that the last element comes to in dir.
func (g *ground) arrive(dir, element string) {
	if isPattern(element) {
		g.await(dir, element)
		g.places = append(g.places, place{dir, element})
		for _, path := range g.dirsIn(dir, element) {
			g.places = append(g.places, place{path, ""})
		}
		return
	}
	path := filepath.Join(dir, element)
	fi, err := os.Stat(path)
	if err == nil && fi.IsDir() {
		g.places = append(g.places, place{path, ""})
		if readable(path) != nil {
			g.await(dir, element) // its rights may change
		}
		return
	}
	if err != nil && !os.IsNotExist(err) {
		delete(g.closed, dir) // whoever looks there says why
	}
	g.await(dir, element)
	g.places = append(g.places, placeOf(path))
}

// placeOf is where the file of this path lies: a link says nothing when its
// target grows.
func placeOf(path string) place {
	if fi, err := os.Lstat(path); err == nil && fi.Mode()&os.ModeSymlink != 0 {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
	}
	return place{filepath.Dir(path), filepath.Base(path)}
}

func (g *ground) await(dir, element string) {
	if !slices.Contains(g.around[dir], element) {
		g.around[dir] = append(g.around[dir], element)
	}
}

func (g *ground) closedTo(path string, err error) {
	if !os.IsNotExist(err) {
		g.closed[path] = err
	}
}

// dirsIn is the directories in dir whose names match, in order.
func (g *ground) dirsIn(dir, pattern string) []string {
	entries, err := os.ReadDir(dir)
	g.closedTo(dir, err)
	var dirs []string
	for _, entry := range entries {
		if ok, _ := filepath.Match(pattern, entry.Name()); !ok || entry.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		if fi, err := os.Stat(path); err == nil && fi.IsDir() {
			dirs = append(dirs, path)
		}
	}
	return dirs
}

// readable is why a directory cannot be listed, or nil.
func readable(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return f.Close()
}

// dirs is every directory of which to hear.
func (g *ground) dirs() []string {
	dirs := make([]string, 0, len(g.places)+len(g.around))
	for _, p := range g.places {
		dirs = append(dirs, p.dir)
	}
	for dir := range g.around {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// shifts says whether a name appearing in dir, or gone from it, changes the ground.
func (g *ground) shifts(dir, name string) bool {
	return slices.ContainsFunc(g.around[dir], func(element string) bool { return matches(element, name) })
}

// matches is filepath.Match for an element that may be a plain name.
func matches(element, name string) bool {
	if !isPattern(element) {
		return element == name
	}
	ok, err := filepath.Match(element, name)
	return ok && err == nil
}
