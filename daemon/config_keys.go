package daemon

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// unknownKeys is an error that names every key of the settings that Config does
// not have, each with the nearest one that it has; nil when there is none.
func unknownKeys(file string, settings map[string]any) error {
	var faults []error
	compareKeys("", settings, reflect.TypeFor[Config](), func(key, nearest string) {
		faults = append(faults, fmt.Errorf("%s: unknown key %q; did you mean %q?", file, key, nearest))
	})
	return errors.Join(faults...)
}

// compareKeys walks the settings beside the type that they are for.
func compareKeys(prefix string, settings any, t reflect.Type, unknown func(key, nearest string)) {
	switch value := settings.(type) {
	case []any:
		if t.Kind() == reflect.Slice {
			for i, item := range value {
				compareKeys(fmt.Sprintf("%s[%d].", strings.TrimSuffix(prefix, "."), i), item, t.Elem(), unknown)
			}
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return // a wrong type is told when it is decoded
		}
		known := keysOf(t)
		for _, key := range slices.Sorted(maps.Keys(value)) {
			field, ok := known[key]
			if !ok {
				unknown(prefix+key, prefix+nearest(key, slices.Sorted(maps.Keys(known))))
				continue
			}
			compareKeys(prefix+key+".", value[key], field, unknown)
		}
	}
}

func keysOf(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for f := range t.Fields() {
		if key := f.Tag.Get("mapstructure"); key != "" {
			keys[key] = f.Type
		}
	}
	return keys
}

// nearest is the word with the smallest edit distance, the first of several.
func nearest(word string, words []string) string {
	best, least := "", len(word)+100
	for _, w := range words {
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
