package chef

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/converged/converged/parsers/json"
	"github.com/converged/converged/parsers/report"
)

// layouts are the ways Chef writes a time. A JsonFile document may hold the
// first two beside each other; the third is the data collector's.
var layouts = []string{"2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05 -0700", time.RFC3339}

// moment is the time that comes next; zero if it is null, empty or no time.
func (s *scanner) moment() report.Time {
	return timeOf(s.Text(maxDigits))
}

// timeOf is a time as Chef writes it; zero if it is none.
func timeOf(text string) report.Time {
	for _, layout := range layouts {
		t, err := time.Parse(layout, text)
		if t = t.UTC(); err == nil && t.Year() >= 1970 && t.Year() <= 9999 {
			return report.At(t)
		}
	}
	return report.Time{}
}

// seconds is the duration that comes next, in seconds, or in parts of one; nil
// if it is null, empty or beyond belief.
func (s *scanner) seconds(perSecond float64) *float64 {
	f, ok := s.Number()
	if f /= perSecond; ok && f >= 0 && f <= maxSeconds {
		return &f
	}
	return nil
}

// outcome is a word of the run's status; empty if it is another.
func outcome(word string) report.Status {
	switch status := report.Status(word); status {
	case report.Success, report.Failure:
		return status
	}
	return ""
}

// frame is where a line of Ruby's stack trace points: what stands before
// ":12:in `block in from_file'" and the 12.
func frame(line string) (file string, number int) {
	place, _, _ := strings.Cut(line, ":in ")
	colon := strings.LastIndexByte(place, ':')
	if colon < 1 {
		return "", 0
	}
	n, err := strconv.Atoi(place[colon+1:])
	if err != nil || n < 1 {
		return "", 0
	}
	return place[:colon], n
}

// boundary is where CamelCase gets its underscores.
var boundary = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// snakeCase is the resource name of a class: Chef::Resource::AptPackage is apt_package.
func snakeCase(class string) string {
	name := class[strings.LastIndexByte(class, ':')+1:]
	return strings.ToLower(boundary.ReplaceAllString(name, "${1}_${2}"))
}

// Complete says whether data is a whole report and nothing after it. Chef writes
// its reports in place, so a file may be seen empty or half written.
func Complete(data []byte) bool { return json.Complete(data) }

// scanner is a walk through a report of Chef's.
type scanner struct{ *json.Scanner }

func newScanner(data []byte) *scanner { return &scanner{json.NewScanner(data)} }
