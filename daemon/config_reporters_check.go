package daemon

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// ReporterTypes are the values that a reporter's type can have.
var ReporterTypes = []string{"datadog", "dogstatsd", "stdout"}

// optionsOf are the keys that each type of reporter has beside type, name and
// max_age. What is not listed has all others.
var optionsOf = map[string][]string{"dogstatsd": {"address"}, "stdout": {}}

var reporterName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// options are faults for what a reporter's type does not know.
func (c *checker) options(prefix string, settings map[string]any) {
	var kind string
	for key, value := range settings {
		if strings.EqualFold(key, "type") {
			kind, _ = value.(string)
		}
	}
	known := keysOf(reflect.TypeFor[ReporterConfig]())
	has, listed := optionsOf[kind]
	has = append([]string{"type", "name", "max_age"}, has...)
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		option := strings.ToLower(key)
		_, exists := known[option]
		if exists && (listed && !slices.Contains(has, option) || kind == "datadog" && option == "address") {
			c.add("%s: a reporter of type %s has no such option", prefix+key, kind)
		}
	}
}

func (c *Config) validateReporters(wrong complaint) {
	accounts := 0
	for _, r := range c.Reporters {
		if r.Type == "datadog" {
			accounts++
		}
	}
	taken := map[string]string{}
	for i := range c.Reporters {
		r, key := &c.Reporters[i], fmt.Sprintf("reporters[%d]", i)
		if !slices.Contains(ReporterTypes, r.Type) {
			wrong(key+".type", "%s", unknown(r.Type, ReporterTypes))
			continue
		}
		if r.Type == "datadog" {
			r.only = accounts == 1
			c.validateDatadog(key, r, taken, wrong)
		} else {
			r.Name = cmp.Or(r.Name, r.Type)
			takeName(taken, key, r.Name, wrong)
		}
		r.MaxAge.validate(key+".max_age", r.Type, wrong)
	}
	c.warnOfTwins()
}

// warnOfTwins warns of accounts that are one: it would count each run twice.
func (c *Config) warnOfTwins() {
	type identity struct{ host, key, file string }
	seen := map[identity]string{}
	for _, r := range c.Reporters {
		for _, e := range r.Accounts() {
			id := identity{e.host(), e.APIKey.Reveal(), e.APIKeyFile}
			if r.Type != "datadog" || id.key+id.file == "" {
				continue
			}
			if other, ok := seen[id]; ok {
				c.warn("reporters", fmt.Sprintf("%s and %s are the same account, which would be told of each run twice", other, e.Name))
			}
			seen[id] = e.Name
		}
	}
}

// takeName checks the name of a spool, which must be one reporter's alone.
func takeName(taken map[string]string, key, name string, wrong complaint) {
	switch other, ok := taken[name]; {
	case !reporterName.MatchString(name):
		wrong(key+".name", "%q is not a name: letters, digits, _ . and -, at most 64", name)
	case ok:
		wrong(key+".name", "%q is taken by %s; give each a name of its own", name, other)
	}
	taken[name] = key
}
