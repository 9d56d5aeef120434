package puppet

import "bytes"

// anchors are the values that aliases may repeat. Only those of one line are
// known: a list or a mapping is never repeated, so that no bomb goes off.
type anchors struct {
	values   map[string][]byte
	repeated int // bytes, of all aliases so far
}

// learn takes note of the anchors that a line sets.
func (a *anchors) learn(line []byte) {
	at := bytes.IndexByte(line, '&')
	if at < 1 || line[at-1] != ' ' || len(a.values) >= maxAnchors {
		return
	}
	if before := bytes.TrimSpace(line[:at]); len(before) == 0 || before[len(before)-1] != ':' && before[len(before)-1] != '-' {
		return
	}
	name, value := anchor(line[at:])
	if value = bytes.TrimSpace(value); len(name) > 0 && len(value) <= maxName && alone(value) {
		a.values[string(name)] = value
	}
}

// alone says whether a value ends in the line it begins in.
func alone(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	switch c := value[0]; c {
	case '"', '\'':
		return len(value) > 1 && value[len(value)-1] == c
	case '|', '>', '[', '{', '!', '*', '&', '-', '?':
		return false
	}
	return true
}

// anchor is the name of the anchor or alias that text begins with, and the rest.
func anchor(text []byte) (name, rest []byte) {
	end := bytes.IndexAny(text, " \r\n")
	if end < 0 {
		end = len(text)
	}
	return text[1:end], text[end:]
}

// resolve is a line whose value begins at the offset at, with an alias replaced by
// what it repeats, if that is known, and without an anchor.
func (a *anchors) resolve(line []byte, at int) []byte {
	for at < len(line) && line[at] == ' ' {
		at++
	}
	if at >= len(line) || line[at] != '&' && line[at] != '*' {
		return line
	}
	name, rest := anchor(line[at:])
	out := bytes.Clone(line[:at])
	if line[at] == '*' {
		value := a.values[string(name)]
		if a.repeated += len(value); a.repeated > maxRepeated {
			value = nil
		}
		return append(append(out, value...), '\n')
	}
	return append(out, rest...)
}
