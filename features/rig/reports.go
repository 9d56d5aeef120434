package rig

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
)

// Run is one converge of the rig's invention. Its host is its own, so that it
// can be told from every other on the wire.
type Run struct {
	Number int
	ID     string // Chef's run id
	Host   string // the node's name: run-000123
	Failed bool   // with Secrets in its message
	End    time.Time
}

// Chef makes reports out of recorded ones. It may be used from several goroutines.
type Chef struct {
	success, failure, large []byte // of JsonFile
	converge, failed        []byte // lines of the data collector
	series                  int64  // what parts its runs from another Chef's
	count                   atomic.Int64
}

// NewChef reads the samples, a folder like the module's testdata/chef. The runs
// of one series differ from those of every other.
func NewChef(samples string, series int64) (*Chef, error) {
	var errs []error
	read := func(elem ...string) []byte {
		text, err := os.ReadFile(filepath.Join(append([]string{samples}, elem...)...))
		errs = append(errs, err)
		return bytes.TrimRight(text, "\n")
	}
	failure := read("18-package-fail", "report.json")
	lines := read("15-start-only-then-end", "collector.json")
	return &Chef{
		success:  succeeded(failure),
		failure:  replaced(failure, `No candidate version available for app`, asJSON(leaky)),
		large:    read("18-updated", "report.json"),
		converge: lines[bytes.LastIndexByte(lines, '\n')+1:],
		failed:   replaced(read("14-http-message", "collector.json"), `"message":"job failed"`, `"message":"`+asJSON(leaky)+`"`),
		series:   series,
	}, errors.Join(errs...)
}

// Next is a run that nobody has seen, which has just ended.
func (c *Chef) Next(failed bool) Run {
	n := int(c.count.Add(1))
	return Run{
		Number: n, Failed: failed, End: time.Now().UTC().Truncate(time.Second),
		ID:   fmt.Sprintf("%08x-0000-4000-8000-%012x", c.series&0xffffffff, n),
		Host: fmt.Sprintf("run-%06d", n),
	}
}

// What of a sample is its run's own.
var (
	sampleID    = regexp.MustCompile(`("run_id": ?)"[^"]*"`)
	sampleHost  = regexp.MustCompile(`("node_name": ?|"node": \{\s*"name": ?|"node":\{"name":)"[^"]*"`)
	sampleTimes = regexp.MustCompile(`("(?:start|end)_time": ?)"[^"]*"`)
)

// Report is what Chef::Handler::JsonFile writes of a run. Every tenth success is
// a large one.
func (c *Chef) Report(r Run) []byte {
	text := c.success
	switch {
	case r.Failed:
		text = c.failure
	case r.Number%10 == 0:
		text = c.large
	}
	return r.Retell(text, "2006-01-02 15:04:05 -0700")
}

// Line is what Chef's data collector writes of a run when it has ended.
func (c *Chef) Line(r Run) []byte {
	if r.Failed {
		return r.Retell(c.failed, time.RFC3339)
	}
	return r.Retell(c.converge, time.RFC3339)
}

// Retell is a recorded report made the run's own; its times have layout.
func (r Run) Retell(sample []byte, layout string) []byte {
	text := sampleID.ReplaceAll(sample, []byte(`${1}"`+r.ID+`"`))
	text = sampleHost.ReplaceAll(text, []byte(`${1}"`+r.Host+`"`))
	return sampleTimes.ReplaceAll(text, []byte(`${1}"`+r.End.Format(layout)+`"`))
}

// succeeded makes a success of the sample of a failure, with a secret where
// Chef leaves the contents of files in clear.
func succeeded(sample []byte) []byte {
	text := replaced(sample, `"success": false`, `"success": true`)
	text = regexp.MustCompile(`"exception": ".*"`).ReplaceAll(text, []byte(`"exception": null`))
	text = regexp.MustCompile(`"backtrace": \[[^\]]*\]`).ReplaceAll(text, []byte(`"backtrace": null`))
	return replaced(text, `"declared_type": "service"`, `"content": "`+asJSON(leaky)+`", "declared_type": "service"`)
}

func replaced(text []byte, old, with string) []byte {
	return bytes.ReplaceAll(text, []byte(old), []byte(with))
}

// asJSON is a text as it stands between quotes.
func asJSON(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
}

// WriteReport writes a report into a folder as Chef does: in place, empty at
// first, the newline apart.
func WriteReport(dir string, r Run, text []byte) error {
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("chef-run-report-%014d.json", r.Number)))
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		_, err = f.WriteString("\n")
	}
	return errors.Join(err, f.Close())
}

// AppendLine adds a line to a file as Chef's data collector does: opened each
// time, the newline apart.
func AppendLine(path string, line []byte) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(line)
	if err == nil {
		_, err = f.WriteString("\n")
	}
	return errors.Join(err, f.Close())
}

// CopyTruncate rotates a file, if it is there, as logrotate's copytruncate does.
func CopyTruncate(from, to string) error {
	text, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(to, text, 0o644), os.Truncate(from, 0))
}
