package discover

import (
	"bufio"
	"bytes"
	"strings"
)

// ini is the values of a file of sections, by section and key.
type ini map[string]map[string]string

// dialect is what one tool makes of such a file.
type dialect struct {
	section    string // of keys before any
	separators string // between key and value
	comment    string // begins one behind a value, after a blank; "" is none
	lines      bool   // an indented line goes on with the value before it
	first      bool   // of a key that stands twice the first counts
	anyCase    bool   // keys are the same in capitals
}

var (
	puppetINI  = dialect{section: "main", separators: "=", first: true}
	ansibleINI = dialect{separators: "=:", comment: ";", lines: true, anyCase: true}
)

// read reads such a file. Lines that the tool would stumble over are passed over.
func (d dialect) read(text []byte) ini {
	all := ini{}
	section, key := d.section, ""
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
		case d.lines && key != "" && (line[0] == ' ' || line[0] == '\t'):
			all[section][key] += "\n" + d.withoutComment(trimmed)
		default:
			key = d.set(all, section, trimmed)
		}
	}
	return all
}

// set takes one line, and says of which key it was.
func (d dialect) set(all ini, section, line string) string {
	at := strings.IndexAny(line, d.separators)
	if at < 1 {
		return ""
	}
	key := strings.TrimSpace(line[:at])
	if d.anyCase {
		key = strings.ToLower(key)
	}
	if all[section] == nil {
		all[section] = map[string]string{}
	}
	if _, twice := all[section][key]; !twice || !d.first {
		all[section][key] = d.withoutComment(line[at+1:])
	}
	return key
}

// withoutComment is a value less what follows it on its line.
func (d dialect) withoutComment(value string) string {
	if d.comment != "" {
		for _, mark := range []string{" " + d.comment, "\t" + d.comment} {
			value, _, _ = strings.Cut(value, mark)
		}
	}
	return strings.TrimSpace(value)
}

// unquoted is a value without the quotes round it.
func unquoted(value string) string {
	value = strings.TrimSpace(value)
	if n := len(value); n > 1 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') {
		return value[1 : n-1]
	}
	return value
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
