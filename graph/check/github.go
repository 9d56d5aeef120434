package check

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// mostDetails is how many lines an annotation shows below its message.
const mostDetails = 30

// GitHub writes a report as workflow commands, which GitHub Actions shows beside
// the lines of a pull request. What a baseline knows is left out.
func GitHub(w io.Writer, r Report) error {
	b := bufio.NewWriter(w)
	for _, f := range r.Findings {
		if f.Known {
			continue
		}
		properties := ""
		if len(f.Places) > 0 {
			p := f.Places[0]
			properties = "file=" + githubProperty(p.File)
			if p.Line > 0 {
				properties += fmt.Sprintf(",line=%d", p.Line)
			}
			if p.Column > 0 {
				properties += fmt.Sprintf(",col=%d", p.Column)
			}
			properties += ","
		}
		details := f.Details()
		if len(details) > mostDetails {
			details = append(details[:mostDetails:mostDetails], fmt.Sprintf("and %d lines more", len(details)-mostDetails))
		}
		text := strings.Join(append([]string{f.Headline()}, details...), "\n")
		_, _ = fmt.Fprintf(b, "::%s %stitle=%s::%s\n", f.Level, properties, githubProperty("rolegraph "+f.Rule), githubData(text))
	}
	return b.Flush() // with the first error of writing
}

// githubData is a text as the value of a workflow command takes it. A runner
// gives other control characters to terminals as they are, so they do not stay.
func githubData(s string) string {
	s = strings.Map(func(c rune) rune {
		if c != '\n' && c != '\r' && unicode.IsControl(c) {
			return unicode.ReplacementChar
		}
		return c
	}, s)
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// githubProperty is a text as a property of a workflow command takes it.
func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}
