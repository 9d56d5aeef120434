package discover

import (
	"strings"
	"testing"
)

// What other files set is not known, and that is said.
func TestSettingsOfSaltThatAreIncluded(t *testing.T) {
	for settings, want := range map[string]bool{
		"":                                    false,
		"default_include: minion.d/*.conf\n":  false,
		"default_include: other.d/*.conf\n":   true,
		"include:\n  - /srv/salt/*.conf\n":    true,
		"include: extra.conf\n":               true,
		"include: [*nowhere, \"\\x1b[2J\"]\n": false, // no YAML
	} {
		f := lookAt(t, planted(t, map[string]string{"etc/salt/minion": settings}), Options{})
		harmless(t, f)
		if got := strings.Contains(strings.Join(f.Tools[0].Notes, "\n"), "includes files beside minion.d/*.conf"); got != want {
			t.Errorf("%s\n%q", settings, f.Tools[0].Notes)
		}
	}
}
