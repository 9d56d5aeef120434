package puppet

import (
	"bytes"
	"iter"
)

// block is a run of whole lines of a report in YAML, and the number of the first.
type block struct {
	text []byte
	line int
}

// lines are the lines of b with their newlines, each with its number.
func (b block) lines() iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		number := b.line
		for line := range bytes.Lines(b.text) {
			if !yield(number, line) {
				return
			}
			number++
		}
	}
}

// parts cuts b before each line for which begins is true. What stands before the
// first such line is left out.
func (b block) parts(begins func(line []byte) bool) iter.Seq[block] {
	return func(yield func(block) bool) {
		var part block
		start, at := -1, 0
		for number, line := range b.lines() {
			if begins(line) {
				if start >= 0 && !yield(block{b.text[start:at], part.line}) {
					return
				}
				start, part.line = at, number
			}
			at += len(line)
		}
		if start >= 0 {
			yield(block{b.text[start:], part.line})
		}
	}
}

// keys cuts a mapping at the column of its keys; items does so with a sequence.
func (b block) keys(column int) iter.Seq[block] {
	return b.parts(func(line []byte) bool {
		return !blank(line) && indent(line) == column && !dash(line[column:])
	})
}

func (b block) items() iter.Seq[block] {
	at := b.indent()
	return b.parts(func(line []byte) bool { return indent(line) == at && dash(line[at:]) })
}

// first is the first line of b, and what follows.
func (b block) first() ([]byte, block) {
	end := bytes.IndexByte(b.text, '\n') + 1
	if end == 0 {
		end = len(b.text)
	}
	return b.text[:end], block{b.text[end:], b.line + 1}
}

// indent is how many spaces b's first line that is not blank begins with.
func (b block) indent() int {
	for _, line := range b.lines() {
		if !blank(line) {
			return indent(line)
		}
	}
	return 0
}

func indent(line []byte) int {
	return len(line) - len(bytes.TrimLeft(line, " "))
}

// blank says whether a line holds nothing, or only a comment.
func blank(line []byte) bool {
	text := bytes.TrimSpace(line)
	return len(text) == 0 || text[0] == '#'
}

// dash says whether what stands in a line after its indent is an item of a sequence.
func dash(text []byte) bool { return marks(text, '-') }

// marks says whether text begins with an indicator: the character and a space, or
// the end of the line.
func marks(text []byte, c byte) bool {
	return len(text) > 0 && text[0] == c && (len(text) == 1 || text[1] == ' ' || text[1] == '\n' || text[1] == '\r')
}

// keyOf is the plain key that text begins with, and the value behind it in the
// same line; both nil if it begins with none.
func keyOf(text []byte) (key, value []byte) {
	end := bytes.IndexByte(text, ':')
	if end == 0 { // a symbol
		if end = bytes.IndexByte(text[1:], ':') + 1; end == 0 {
			return nil, nil
		}
	}
	if end < 0 || end+1 < len(text) && !bytes.ContainsRune([]byte(" \r\n"), rune(text[end+1])) {
		return nil, nil
	}
	key = bytes.Trim(text[:end], `":' `)
	return key, bytes.TrimSpace(text[end+1:])
}
