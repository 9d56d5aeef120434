package check

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/role"
)

var update = flag.Bool("update", false, "rewrite the files in testdata")

var notations = map[string]func(io.Writer, Report) error{"report.json": JSON, "report.sarif": SARIF, "report.xml": JUnit, "report.github": GitHub}

// sampleReport has an old cycle with a new edge, a known missing role, an
// unresolved piece and a stale entry.
func sampleReport(t *testing.T) Report {
	t.Helper()
	s := set(t, "a: role[b] role[b~c] role[ghost]", "b: role[a] prod=role[a] prod=role[b]", "b c: role[a]", "web site: role[old]")
	s.Roles[0].Unresolved = []role.Unresolved{{File: "roles/a.rb", Line: 9, Text: `ENV["X"]`, Reason: "the environment is not known"}}
	r := judged(s)
	r.Compare(baselineOf(t, "a: role[ghost]", "x: role[x]"))
	return r
}

func TestNotationsAreAsTheyWere(t *testing.T) {
	for name, write := range notations {
		var b bytes.Buffer
		if err := write(&b, sampleReport(t)); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s differs (%v); look at it, then run go test -update:\n%s", golden, err, b.String())
		}
	}
}

func written(t *testing.T, write func(io.Writer, Report) error, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(b.Bytes()) {
		t.Error("it is no valid UTF-8")
	}
	return b.String()
}

func TestSARIFHoldsWhatReadersAskFor(t *testing.T) {
	for _, r := range []Report{sampleReport(t), Judge(hostileGraph(), Settings{}), {}} {
		var log struct {
			Schema  string `json:"$schema"`
			Version string
			Runs    []struct {
				Tool struct {
					Driver struct {
						Name  string
						Rules []struct {
							ID                   string
							ShortDescription     struct{ Text string }
							DefaultConfiguration struct{ Level string }
						}
					}
				}
				Results *[]struct {
					RuleID              string
					RuleIndex           int
					Level               string
					Message             struct{ Text string }
					Locations           []sarifLocation
					PartialFingerprints map[string]string
					Suppressions        []struct{ Kind string }
				}
			}
		}
		if err := json.Unmarshal([]byte(written(t, SARIF, r)), &log); err != nil {
			t.Fatal(err)
		}
		if log.Version != "2.1.0" || !strings.Contains(log.Schema, "2.1.0") || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" || log.Runs[0].Results == nil {
			t.Fatalf("the log is %+v", log)
		}
		known := log.Runs[0].Tool.Driver.Rules
		seen := map[string]bool{}
		for i, result := range *log.Runs[0].Results {
			f := r.Findings[i]
			if known[result.RuleIndex].ID != result.RuleID || result.RuleID != f.Rule {
				t.Errorf("rule %s is %d", result.RuleID, result.RuleIndex)
			}
			if !slices.Contains([]string{"error", "warning"}, result.Level) || result.Message.Text == "" {
				t.Errorf("level %q, message %q", result.Level, result.Message.Text)
			}
			if print := result.PartialFingerprints["rolegraph/v1"]; print == "" || seen[print] {
				t.Errorf("the fingerprint %q is another's", print)
			} else {
				seen[print] = true
			}
			if (len(result.Suppressions) > 0) != f.Known {
				t.Errorf("known %v, suppressed %v", f.Known, result.Suppressions)
			}
			for _, l := range append(result.Locations, nil...) {
				u, err := url.Parse(l.Physical.Artifact.URI)
				if err != nil || path.Clean(u.Path) != f.Places[0].File || u.Scheme != "" {
					t.Errorf("the URI %q is of %q (%v)", l.Physical.Artifact.URI, f.Places[0].File, err)
				}
				if l.Physical.Region != nil && l.Physical.Region.StartLine < 1 {
					t.Errorf("the region is %+v", l.Physical.Region)
				}
			}
		}
	}
}

func TestURIs(t *testing.T) {
	for file, want := range map[string]string{
		"roles/a.rb": "roles/a.rb", "a b#c?%.rb": "a%20b%23c%3F%25.rb", "a:b.rb": "./a:b.rb", "/srv/a b.rb": "file:///srv/a%20b.rb", "ü\xfc": "%C3%BC%FC",
	} {
		if got := uri(file); got != want {
			t.Errorf("%q is %q, want %q", file, got, want)
		}
	}
}

func TestJUnitIsWellFormed(t *testing.T) {
	for _, r := range []Report{sampleReport(t), Judge(hostileGraph(), Settings{}), {}} {
		text := written(t, JUnit, r)
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		var all junitSuites
		if err := xml.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(err)
		}
		tests, failures, skipped := 0, 0, 0
		for _, s := range all.Suites {
			tests += len(s.Cases)
			for _, c := range s.Cases {
				if c.Failure != nil {
					failures++
				}
				if c.Skipped != nil {
					skipped++
				}
			}
		}
		if failures != r.Count("", Error) || skipped != r.Known() || all.Failures != failures || all.Tests != tests || all.Skipped != skipped {
			t.Errorf("%d tests, %d failures, %d skipped; it says %d, %d, %d", tests, failures, skipped, all.Tests, all.Failures, all.Skipped)
		}
	}
}

func TestWarningsFailInJUnitWhereTheyFail(t *testing.T) {
	g := roles(t, "a: role[b]", "b: ?role[a]")
	if text := written(t, JUnit, Judge(g, Settings{})); strings.Contains(text, "<failure") || !strings.Contains(text, "<system-out>warning: possible cycle: role[a] -&gt; role[b]") {
		t.Error(text)
	}
	if text := written(t, JUnit, Judge(g, Settings{FailOn: Warning})); !strings.Contains(text, `<failure message="possible cycle: role[a] -&gt;`) {
		t.Error(text)
	}
}

// A runner reads a line at a time, and what it reads must be what was meant.
func TestGitHubCommandsAreOneLineEach(t *testing.T) {
	r := Judge(hostileGraph(), Settings{})
	lines := strings.Split(strings.TrimSuffix(written(t, GitHub, r), "\n"), "\n")
	if len(lines) != len(r.Findings) {
		t.Fatalf("%d lines of %d findings", len(lines), len(r.Findings))
	}
	unescape := strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")
	for i, line := range lines {
		f := r.Findings[i]
		command, data, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		level, properties, ok2 := strings.Cut(command, " ")
		if !ok || !ok2 || level != string(f.Level) || strings.ContainsAny(line, "\r\x00\x1b\x7f") {
			t.Errorf("%.80q", line)
		}
		file, _, _ := strings.Cut(strings.TrimPrefix(properties, "file="), ",")
		if got, want := unescape.Replace(file), shownToRunner(f.Places[0].File); got != want {
			t.Errorf("the file is %.80q, want %.80q", got, want)
		}
		if got := unescape.Replace(data); !strings.HasPrefix(got, shownToRunner(f.Headline())) {
			t.Errorf("the message is %.80q, want %.80q", got, f.Message)
		}
	}
}

// shownToRunner is a text without what a terminal would obey.
func shownToRunner(s string) string {
	return strings.NewReplacer("\x00", "\ufffd", "\x1b", "\ufffd", "\x7f", "\ufffd", "\xfc", "\ufffd").Replace(string([]rune(s)))
}

func TestGitHubLeavesOutWhatIsKnownAndWhatIsTooLong(t *testing.T) {
	var lines []string
	for range 100 {
		lines = append(lines, "r"+strings.Repeat("x", len(lines))+": role[ghost]")
	}
	r := Judge(roles(t, lines...), Settings{})
	if text := written(t, GitHub, r); !strings.Contains(text, "and 70 lines more") {
		t.Error(text)
	}
	r.Compare(baselineOf(t, lines...))
	if text := written(t, GitHub, r); text != "" {
		t.Error(text)
	}
}

func TestErrorsOfWritingAreTold(t *testing.T) {
	for name, write := range notations {
		if err := write(full{}, sampleReport(t)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := WriteBaseline(full{}, sampleReport(t)); err == nil {
		t.Error("no error of the baseline")
	}
}

// full is a device without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }
