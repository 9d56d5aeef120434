package daemon

import (
	"fmt"
	"maps"
	"reflect"
	"strings"
)

// keysOf are the keys of a part of the configuration and the types of their values.
func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for f := range t.Fields() {
		if f.Anonymous { // its keys stand among the others
			maps.Copy(keys, keysOf(f.Type))
		} else if key := f.Tag.Get("mapstructure"); key != "" {
			keys[key] = f.Type
		}
	}
	return keys
}

// unknown says that a value is none of a few, and which one may be meant.
func unknown(value string, choices []string) string {
	text := fmt.Sprintf("%q is none of %s", value, strings.Join(choices, ", "))
	if value == "" {
		return text
	}
	return fmt.Sprintf("%s; did you mean %q?", text, nearest(value, choices))
}

// nearest is the word that begins like another, else that with the smallest edit
// distance, the first of several.
func nearest(word string, words []string) string {
	best, least := "", len(word)+100
	for _, w := range words {
		if len(word) > 1 && strings.HasPrefix(w, word) {
			return w
		}
		if d := editDistance(word, w); d < least {
			best, least = w, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions and replacements of bytes that
// turn a into b (Levenshtein, one row at a time).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
