package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// unknownKeys is an error that names every key of a YAML text that Config does
// not have, each with the nearest one that it has; nil when there is none. It
// reads the text itself: viper forgets a key without a value.
func unknownKeys(file string, text []byte) error {
	var settings, more map[string]any
	documents := yaml.NewDecoder(bytes.NewReader(text))
	if err := documents.Decode(&settings); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: not YAML: %w", file, err)
	}
	if !errors.Is(documents.Decode(&more), io.EOF) {
		return fmt.Errorf("%s: more than one YAML document; expected one", file)
	}
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
		if t.Kind() == reflect.Slice {
			t = t.Elem() // one row need not stand in a list
		}
		if t.Kind() != reflect.Struct {
			return // a wrong type is told when it is decoded
		}
		known := keysOf(t)
		for _, key := range slices.Sorted(maps.Keys(value)) {
			field, ok := known[strings.ToLower(key)] // viper does not tell case
			if !ok {
				unknown(prefix+key, prefix+nearest(key, slices.Sorted(maps.Keys(known))))
				continue
			}
			compareKeys(prefix+key+".", value[key], field, unknown)
		}
	}
}

// withEnvironment is the file's name, and the variables that override it: what
// is wrong may be in either.
func withEnvironment(file string, env func(string) string) string {
	var set []string
	eachVariable(envPrefix, reflect.TypeFor[Config](), func(name string) {
		if env(name) != "" {
			set = append(set, name)
		}
	})
	if len(set) == 0 {
		return file
	}
	return file + " with " + strings.Join(set, ", ")
}

// eachVariable calls use with the name of each variable that overrides a key.
func eachVariable(prefix string, t reflect.Type, use func(name string)) {
	keys := keysOf(t)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		name := prefix + "_" + strings.ToUpper(key)
		if keys[key].Kind() == reflect.Struct {
			eachVariable(name, keys[key], use)
		} else {
			use(name)
		}
	}
}

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
