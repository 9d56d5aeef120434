package puppet

import "bytes"

// wanted are the keys of a mapping that are read, each with those of the mappings
// listed under it. What is not wanted, such as a value before and after, is never
// decoded.
type wanted map[string]wanted

var (
	wantedOfLog = wanted{"level": nil, "message": nil, "source": nil}
	wantedOfRow = wanted{
		"title": nil, "resource_type": nil, "resource": nil, "file": nil, "line": nil, "evaluation_time": nil,
		"failed": nil, "failed_to_restart": nil, "changed": nil, "skipped": nil, "corrective_change": nil,
		"events": {"name": nil, "status": nil, "message": nil},
	}
)

// filter writes the lines of a block that are wanted.
type filter struct {
	anchors *anchors
	out     bytes.Buffer
}

// item writes an item of a sequence, or the value behind a colon: its indicator in
// a line of its own, then the mapping.
func (f *filter) item(b block, want wanted) {
	at := b.indent()
	first, rest := b.first()
	text := bytes.TrimSpace(first[at+1:])
	f.out.Write(first[:at+1])
	f.out.WriteByte('\n')
	if len(text) == 0 || bytes.IndexByte([]byte("!&*"), text[0]) >= 0 {
		f.mapping(rest, want)
		return
	}
	whole := bytes.Clone(b.text)
	whole[at] = ' '
	f.mapping(block{whole, b.line}, want)
}

// mapping writes the wanted keys of a mapping.
func (f *filter) mapping(b block, want wanted) {
	at := b.indent()
	for _, line := range b.lines() {
		f.anchors.learn(line)
	}
	for part := range b.keys(at) {
		first, rest := part.first()
		key, value := keyOf(first[at:])
		nested, ok := want[string(key)]
		switch {
		case !ok:
		case nested != nil && (len(value) == 0 || value[0] == '&'):
			f.out.Write(first[:at])
			f.out.Write(key)
			f.out.WriteString(":\n")
			for item := range rest.items() {
				f.item(item, nested)
			}
		default:
			f.out.Write(f.anchors.resolve(first, at+1+bytes.IndexByte(first[at+1:], ':')+1))
			f.out.Write(rest.text)
		}
	}
}
