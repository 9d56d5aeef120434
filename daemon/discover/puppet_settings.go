package discover

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// puppetSettings are what puppet.conf says in some sections, the first one winning.
type puppetSettings struct {
	layout
	settings ini
	sections []string
}

// reference is $name or ${name} in a value.
var reference = regexp.MustCompile(`\$(?:([a-z_]+)|\{([a-z_]+)\})`)

// metadata is the owner and mode that may follow a path: {owner = service}.
var metadata = regexp.MustCompile(`\s*\{\s*(?:owner|group|mode)\b[^}]*\}\s*$`)

// maxReferences is how many references a path needs at most; it needs three.
const maxReferences = 20

// preset is the value of a setting that puppet.conf does not have.
func (p puppetSettings) preset(name string) string {
	return map[string]string{
		"confdir": p.conf, "vardir": p.vars, "publicdir": p.public,
		"statedir":      "$vardir/state",
		"reportdir":     "$vardir/reports",
		"lastrunreport": "$statedir/last_run_report.yaml",
		"lastrunfile":   "$publicdir/last_run_summary.yaml",
	}[name]
}

// path is where a setting points and how that is known; without a path, the value
// that cannot be used.
func (p puppetSettings) path(name string) (at, why string) {
	t := trail{left: maxReferences}
	value := path.Clean(p.value(name, &t))
	if !usable(value) || strings.Contains(value, "$") {
		return "", fmt.Sprintf("%q", plain(value))
	}
	if len(t.set) == 0 {
		return value, "where " + map[bool]string{true: "Puppet's packages keep", false: "Debian's package keeps"}[strings.Contains(p.conf, "puppetlabs")] + " it"
	}
	return value, "by " + strings.Join(t.set, ", ") + " of " + p.conf + "/puppet.conf"
}

// trail is what was met on the way to a value.
type trail struct {
	set  []string // settings that stand in puppet.conf
	left int      // references that may still be followed
}

// value follows references; what refers too often is empty, and a reference to
// what only Puppet knows, such as $certname, stays.
func (p puppetSettings) value(name string, t *trail) string {
	value, ok := p.settings.first(name, p.sections...)
	switch {
	case !ok:
		value = p.preset(name)
	case !slices.Contains(t.set, name):
		t.set = append(t.set, name)
	}
	if t.left--; t.left < 0 || len(value) > 4096 {
		return ""
	}
	return reference.ReplaceAllStringFunc(unquoted(metadata.ReplaceAllString(value, "")), func(word string) string {
		name := strings.Trim(word, "${}")
		if _, set := p.settings.first(name, p.sections...); !set && p.preset(name) == "" {
			return word
		}
		return p.value(name, t)
	})
}
