package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// checkText is an error that names every key of a YAML text that Config does not
// have, each with the nearest one that it has, and every value of another kind
// than its key's; nil when there is none. It reads the text itself: viper
// forgets a key without a value.
func checkText(file string, text []byte) error {
	var document, more any
	documents := yaml.NewDecoder(bytes.NewReader(text))
	if err := documents.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return notYAML(file, err)
	}
	if !errors.Is(documents.Decode(&more), io.EOF) {
		return fmt.Errorf("%s: more than one YAML document; expected one", file)
	}
	settings, ok := document.(map[string]any)
	if !ok && document != nil {
		return fmt.Errorf("%s: not YAML of keys and values: found %s", file, found(document, true))
	}
	c := checker{faults{file: file}}
	c.fields("", settings, reflect.TypeFor[Config]())
	return c.err()
}

// checker walks settings beside the types that they are for.
type checker struct{ faults }

// fields are the keys below prefix, which is empty or ends in a dot.
func (c *checker) fields(prefix string, settings map[string]any, t reflect.Type) {
	known := keysOf(t)
	as := map[string]string{} // how each stands there
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if c.full() {
			return
		}
		lower := strings.ToLower(key) // viper does not tell case
		if other, twice := as[lower]; twice {
			c.add("%q and %q are the same key; expected it once", prefix+other, prefix+key)
		}
		as[lower] = key
		field, ok := known[lower]
		if !ok {
			c.add("unknown key %q; did you mean %q?", prefix+key, meant(prefix, key, known))
			continue
		}
		c.value(prefix+key, settings[key], field)
	}
	if t == reflect.TypeFor[ReporterConfig]() {
		c.options(prefix, settings)
	}
}

// value is one key's.
func (c *checker) value(key string, value any, t reflect.Type) {
	if value == nil {
		return // as if it were not there
	}
	switch rows, isList := value.([]any); {
	case t.Kind() == reflect.Slice && isList:
		for i, row := range rows {
			c.value(fmt.Sprintf("%s[%d]", key, i), row, t.Elem())
		}
		return
	case t.Kind() == reflect.Slice:
		t = t.Elem() // one row need not stand in a list
	}
	if settings, ok := value.(map[string]any); ok && t.Kind() == reflect.Struct {
		c.fields(key+".", settings, t)
		return
	}
	if expected := unfit(value, t); expected != "" {
		c.add("%s: expected %s, found %s", key, expected, found(value, t == reflect.TypeFor[Secret]() || t == reflect.TypeFor[ProxyURL]()))
	}
}

// unfit is what was expected of a value for that type, or "" if it fits.
func unfit(value any, t reflect.Type) string {
	text, isText := value.(string)
	switch {
	case t == reflect.TypeFor[time.Duration]():
		if _, err := time.ParseDuration(text); err != nil && value != 0 {
			return "a duration such as 15s"
		}
	case t.Kind() == reflect.Struct:
		return "keys below it"
	case t.Kind() == reflect.Bool:
		if _, ok := value.(bool); !ok && (!isText || !fits(strconv.ParseBool(text))) {
			return "true or false"
		}
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		if !whole(value) {
			return "a whole number"
		}
	case !isText:
		return "text; write it in quotes"
	}
	return ""
}

// whole says whether a value is a whole number, perhaps written as a text.
func whole(value any) bool {
	switch value := value.(type) {
	case int:
		return true
	case float64:
		return math.Trunc(value) == value && math.Abs(value) < 1<<53
	case string:
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && value == strconv.FormatInt(n, 10) // 010 would be read as 8
	}
	return false
}

func fits[T any](_ T, err error) bool { return err == nil }

// found describes a value; what may be secret is not told.
func found(value any, secret bool) string {
	switch value := value.(type) {
	case map[string]any:
		return "keys and values"
	case map[any]any:
		return "keys that are no text"
	case []any:
		return "a list"
	case string:
		if !secret {
			return fmt.Sprintf("%.60q", hush(value))
		}
	case int, int64, uint64, float64, bool:
		if !secret {
			return fmt.Sprint(value)
		}
	}
	return "something else"
}

// renamed are keys of the in-process handlers that people replace.
var renamed = map[string]string{
	"hostname": "host", "tags_blacklist_regex": "tags_exclude", "dogstatsd_url": "reporters[].address",
}

// meant is the key that a person may have meant by an unknown one.
func meant(prefix, key string, known map[string]reflect.Type) string {
	if name, ok := renamed[strings.ToLower(key)]; ok && prefix == "" {
		return name
	}
	if _, ok := keysOf(reflect.TypeFor[ReporterConfig]())[strings.ToLower(key)]; ok && prefix == "" {
		return "reporters[]." + strings.ToLower(key)
	}
	return prefix + nearest(key, slices.Sorted(maps.Keys(known)))
}
