package check

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of JUnit's XML that build servers read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes a report as test results: a suite for each rule, a test for each
// finding. What fails the check failed, what a baseline knows was skipped, and a
// warning that fails nothing passed and says so; a rule without a finding is one
// test that passed.
func JUnit(w io.Writer, r Report) error {
	all := junitSuites{Name: "rolegraph"}
	for _, rule := range rules {
		s := junitSuite{Name: "rolegraph." + rule.Name}
		for _, f := range r.Findings {
			if f.Rule == rule.Name {
				s.add(f, r.fails(f))
			}
		}
		if len(s.Cases) == 0 {
			s.Cases = append(s.Cases, junitCase{Class: s.Name, Name: rule.Doc})
		}
		s.Tests = len(s.Cases)
		all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
		all.Suites = append(all.Suites, s)
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write the XML: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

func (s *junitSuite) add(f Finding, fails bool) {
	c := junitCase{Class: s.Name, Name: f.Headline()}
	if len(f.Places) > 0 {
		c.File, c.Line = f.Places[0].File, max(0, f.Places[0].Line)
	}
	details := strings.Join(f.Details(), "\n")
	switch {
	case f.Known:
		c.Skipped = &junitSkipped{"in the baseline"}
		s.Skipped++
	case fails:
		c.Failure = &junitFailure{f.Headline(), f.Rule, details}
		s.Failures++
	default:
		c.Out = string(f.Level) + ": " + f.Headline() + "\n" + details
	}
	s.Cases = append(s.Cases, c)
}
