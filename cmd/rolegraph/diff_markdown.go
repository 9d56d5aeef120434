package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/converged/converged/cmd/program"
)

// Limits of a comment: a pull request takes 65,536 characters.
const (
	longChapter   = 20     // lines; a longer one is folded
	longestName   = 300    // bytes of a line
	commentMost   = 60_000 // bytes
	shortestFence = 3
)

// markdown writes a comment for a pull request: a summary, then a block for each
// kind of change. Every name stands in a block of code, where nothing is markup,
// a link or the mention of a person.
func (c *comparison) markdown(w io.Writer) error {
	if !c.diff.Changed() {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "**Role dependencies**: %s\n", c.summary())
	for _, ch := range c.chapters() {
		ch.markdown(&b)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// markdown writes what of the chapter there is room for.
func (ch chapter) markdown(b *bytes.Buffer) {
	lines := make([]string, len(ch.changes))
	longest := 0
	for i, line := range ch.changes {
		lines[i] = markdownLine(line)
		longest = max(longest, backticks(lines[i]))
	}
	fence := strings.Repeat("`", max(shortestFence, longest+1))
	folded := len(lines) > longChapter
	if folded {
		fmt.Fprintf(b, "\n<details><summary>%s: %d</summary>\n", ch.title, len(lines))
	} else {
		fmt.Fprintf(b, "\n%s:\n", ch.title)
	}
	fmt.Fprintf(b, "\n%sdiff\n", fence)
	for i, line := range lines {
		if b.Len()+len(line) > commentMost {
			fmt.Fprintf(b, "  and %d more\n", len(lines)-i)
			break
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(fence + "\n")
	if folded {
		b.WriteString("\n</details>\n")
	}
}

// markdownLine is a change as a line of a diff.
func markdownLine(line change) string {
	sign := line.sign
	if sign == altered {
		sign = alarm // the language diff knows no other sign for what changed
	}
	text := program.Visible(line.words)
	if line.place != "" {
		text += "  (" + program.Visible(line.place) + ")"
	}
	if len(text) > longestName {
		text = strings.ToValidUTF8(text[:longestName], "") + "..."
	}
	return string(sign) + " " + text
}

// backticks is the length of the longest run of them.
func backticks(s string) int {
	most, run := 0, 0
	for _, c := range s {
		if c != '`' {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}
