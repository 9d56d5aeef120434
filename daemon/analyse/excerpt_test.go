package analyse

import "testing"

func TestWithoutExcerpts(t *testing.T) {
	const appears = "The error appears to be in '/p/vars.yml': line 2, column 2, but may\nbe elsewhere in the file depending on the exact syntax problem.\n\n"
	const offending = "The offending line appears to be:\n\na: [1\npassword: CANARY\n ^ here\n"
	for name, c := range map[string]struct{ in, want string }{
		"none":         {"no such file", "no such file"},
		"with a place": {"Syntax Error while loading YAML.\n\n" + appears + offending, "Syntax Error while loading YAML.\n"},
		"text after":   {"undefined\n\n" + appears + offending + "told", "undefined\ntold"},
		"cut off":      {"undefined\n\n" + appears + "The offending line appears to be:\n\npassword: CAN", "undefined\n"},
		"2.19":         {"Task failed: no\nOrigin: /p/site.yml:4:7\n\n2   tasks:\n3     - name: CANARY\n        ^ column 7\n\nmore", "Task failed: no\nOrigin: /p/site.yml:4:7\n\nmore"},
		"template":     {"AnsibleError: template error while templating string: bad tag. String: password=CANARY\n{% for. x %}\n. bad tag", "AnsibleError: template error while templating string: bad tag"},
		"template cut": {"template error while templating string: bad tag. String: password=CANARY", "template error while templating string: bad tag"},
		"more follows": {"template error while templating string: bad. String: CANARY. bad: told", "template error while templating string: bad: told"},
	} {
		if got := withoutExcerpts(c.in); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
	}
}
