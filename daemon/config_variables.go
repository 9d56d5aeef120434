package daemon

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/converged/converged/daemon/fault"
)

// ofCluster are the variables that Kubernetes gives every container beside a
// service which happens to be called converged.
var ofCluster = regexp.MustCompile(`^CONVERGED_(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$`)

// checkVariables is an error that names every variable of an environment which
// looks as if it overrode a key and does not, or has a value of another kind.
func checkVariables(environment []string) error {
	known := map[string]reflect.Type{}
	eachVariable(envPrefix, reflect.TypeFor[Config](), func(name string, t reflect.Type) { known[name] = t })
	var faults []error
	for _, pair := range slices.Sorted(slices.Values(environment)) {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, envPrefix+"_") || name == fault.Variable || ofCluster.MatchString(name) {
			continue
		}
		t, ok := known[name]
		switch {
		case name == envPrefix+"_SOURCES" || name == envPrefix+"_REPORTERS":
			faults = append(faults, fmt.Errorf("%s: a list of the file alone; no variable overrides it", name))
		case !ok:
			faults = append(faults, fmt.Errorf("unknown variable %s; did you mean %s?", name, nearest(name, slices.Sorted(maps.Keys(known)))))
		case value == "":
		case t.Kind() != reflect.Slice && unfit(value, t) != "":
			faults = append(faults, fmt.Errorf("%s: expected %s, found %s", name, unfit(value, t), found(value, false)))
		}
	}
	return errors.Join(faults...)
}

// withEnvironment is the file's name, and the variables that override it: what
// is wrong may be in either.
func withEnvironment(file string, env func(string) string) string {
	var set []string
	eachVariable(envPrefix, reflect.TypeFor[Config](), func(name string, _ reflect.Type) {
		if env(name) != "" {
			set = append(set, name)
		}
	})
	if len(set) == 0 {
		return file
	}
	return file + " with " + strings.Join(set, ", ")
}

// eachVariable calls use with each variable that overrides a key, and the key's type.
func eachVariable(prefix string, t reflect.Type, use func(name string, t reflect.Type)) {
	keys := keysOf(t)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		name, field := prefix+"_"+strings.ToUpper(key), keys[key]
		switch {
		case field.Kind() == reflect.Struct:
			eachVariable(name, field, use)
		case field.Kind() != reflect.Slice || field.Elem().Kind() != reflect.Struct:
			use(name, field)
		}
	}
}
