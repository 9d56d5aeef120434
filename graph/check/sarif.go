package check

import (
	"io"
	"net/url"
	"path"
	"strconv"
)

// The parts of SARIF 2.1.0 (OASIS standard) that a report needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifText    `json:"shortDescription"`
		Default sarifDefault `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Enabled bool   `json:"enabled"`
		Level   string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Related      []sarifLocation    `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitzero"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitzero"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	mostRelated = 100
)

// SARIF writes a report in the Static Analysis Results Interchange Format 2.1.0.
// What a baseline knows is suppressed in it, not left out.
func SARIF(w io.Writer, r Report) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "rolegraph"}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	for _, rule := range rules {
		level := string(rule.Level)
		if rule.Level == Off {
			level = string(Warning)
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{rule.Name, sarifText{rule.Doc}, sarifDefault{rule.Level != Off, level}})
	}
	twins := map[string]int{} // of a fingerprint
	for _, f := range r.Findings {
		print := f.Fingerprint()
		twins[print]++
		result := newSarifResult(f, print+":"+strconv.Itoa(twins[print]))
		if r.Compared {
			result.Baseline = "new"
			if f.Known {
				result.Baseline = "unchanged"
			}
		}
		run.Results = append(run.Results, result)
	}
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func newSarifResult(f Finding, print string) sarifResult {
	result := sarifResult{
		RuleID: f.Rule, RuleIndex: order(f.Rule), Level: string(f.Level), Message: sarifText{f.Headline()},
		Locations: []sarifLocation{}, Fingerprints: map[string]string{"rolegraph/v1": print}, Suppressions: []sarifSuppression{},
	}
	for _, note := range f.Notes {
		result.Message.Text += "\n" + note
	}
	if f.Known {
		result.Suppressions = append(result.Suppressions, sarifSuppression{"external", "accepted", "in the baseline"})
	}
	for i, p := range f.Places {
		switch {
		case i == 0:
			result.Locations = append(result.Locations, newSarifLocation(p, 0))
		case i <= mostRelated:
			result.Related = append(result.Related, newSarifLocation(p, i))
		}
	}
	return result
}

func newSarifLocation(p Place, id int) sarifLocation {
	l := sarifLocation{ID: id, Physical: sarifPhysical{Artifact: sarifArtifact{uri(p.File)}}}
	if p.Line > 0 {
		l.Physical.Region = &sarifRegion{p.Line, max(0, p.Column)}
	}
	if p.Text != "" {
		l.Message = &sarifText{p.Text}
	}
	return l
}

// uri is a file's path as an RFC 3986 reference: relative as it is relative.
func uri(file string) string {
	u := url.URL{Path: file}
	if path.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
