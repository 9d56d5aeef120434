package chef

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// hadError is how Chef words the failure of a resource:
// "execute[deploy] (web::default line 4) had an error: ", also as the first of
// several errors of one run.
var hadError = regexp.MustCompile(
	`(?s)^(?:Multiple failures occurred:\n\* \S+ occurred in [^:\n]+: )?(\w+\[.*?\]) \(([^\n]+?)\) had an error: `)

// syntaxError is where Ruby says a file cannot be read: "/path/default.rb:3: ".
var syntaxError = regexp.MustCompile(`^\s*([^\s:][^\n]*?):(\d+): `)

// declaredAt is a place inside the brackets of hadError when it is a file.
var declaredAt = regexp.MustCompile(`^((?:[A-Za-z]:)?/.*) line (\d+)$`)

// failed is what an exception's message says of the resource that raised it:
// its name, such as "execute[deploy]", and where it was declared, as Chef
// spells it. Both are empty for a failure outside resources.
func failed(message string) (resource, place string) {
	m := hadError.FindStringSubmatch(message)
	if m == nil {
		return "", ""
	}
	return m[1], m[2]
}

// locate fills in the file and line that a user would open first. source is the
// failed resource's own, if known.
func locate(p *report.Problem, place, source string, sourceLine int) {
	if strings.HasSuffix(p.Class, "SyntaxError") {
		if setPlace(p, syntaxError.FindStringSubmatch(p.Message)) {
			return
		}
	}
	for _, line := range p.Backtrace {
		if !strings.Contains(line, "cookbooks/") || strings.Contains(line, "/gems/") {
			continue
		}
		if file, number := frame(line); file != "" {
			p.File, p.Line = file, number
			return
		}
	}
	if source != "" {
		p.File, p.Line = source, sourceLine
		return
	}
	setPlace(p, declaredAt.FindStringSubmatch(place))
}

// setPlace takes the file and line that a pattern has found.
func setPlace(p *report.Problem, match []string) bool {
	if match == nil {
		return false
	}
	number, err := strconv.Atoi(match[2])
	if err != nil || number < 1 {
		return false
	}
	p.File, p.Line = match[1], number
	return true
}

// frames is the stack trace that comes next: its first lines, and how many more
// there were.
func (s *scanner) frames() []string {
	if !s.IsArray() {
		s.Skip()
		return nil
	}
	list := []string{}
	more := 0
	for range s.Items() {
		if len(list) < maxFrames {
			list = append(list, s.Text(maxName))
		} else {
			s.Skip()
			more++
		}
	}
	if more > 0 {
		list = append(list, moreFrames(more))
	}
	return list
}

// moreFrames stands for those over the limit.
func moreFrames(n int) string { return "... and " + strconv.Itoa(n) + " more frames" }
