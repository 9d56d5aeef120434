package discover

import (
	"bufio"
	"bytes"
	"strings"
)

// ini is the values of a file of sections: by section and key, the last that is
// set. Keys before any section are of the section "".
type ini map[string]map[string]string

// readINI reads what Puppet and Ansible understand: "key = value" and, of Ansible,
// "key: value", comments behind # and ;, values that go on in indented lines.
func readINI(text []byte) ini {
	all := ini{}
	section, key := "", ""
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxFile+1)
	for lines.Scan() {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case trimmed[0] == '[':
			section, _, _ = strings.Cut(trimmed[1:], "]")
			section, key = strings.TrimSpace(section), ""
		case (line[0] == ' ' || line[0] == '\t') && key != "" && !strings.Contains(trimmed, "="):
			all[section][key] += "\n" + withoutComment(trimmed)
		default:
			key = all.set(section, trimmed)
		}
	}
	return all
}

// set takes one line, and says of which key it was.
func (all ini) set(section, line string) string {
	at := strings.IndexAny(line, "=:")
	if at < 1 {
		return ""
	}
	key := strings.TrimSpace(line[:at])
	if all[section] == nil {
		all[section] = map[string]string{}
	}
	all[section][key] = strings.Trim(withoutComment(line[at+1:]), `"'`)
	return key
}

// withoutComment is a value less what follows it on its line.
func withoutComment(value string) string {
	for _, mark := range []string{" #", " ;", "\t#", "\t;"} {
		value, _, _ = strings.Cut(value, mark)
	}
	return strings.TrimSpace(value)
}

// first is the value of the key in the first of the sections that has it.
func (all ini) first(key string, sections ...string) (string, bool) {
	for _, section := range sections {
		if value, ok := all[section][key]; ok {
			return value, true
		}
	}
	return "", false
}
