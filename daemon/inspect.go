package daemon

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// What of a document is looked at to tell its format.
const (
	headBytes = 16 << 10
	logBytes  = 8 << 20 // where a log may stand in front of it
)

// byteOrderMark begins a document that an editor or a shell has saved again.
var byteOrderMark = []byte("\ufeff")

// Inspect reads the runs of one document, whose content tells the format. A
// start and its end in one document are one run. With an error there may still
// be runs: those that could be read.
func Inspect(r io.Reader) ([]report.Run, error) {
	size := report.Size(r)
	head := bufio.NewReaderSize(r, headBytes)
	first, err := head.Peek(headBytes)
	if len(first) == 0 && errors.Is(err, io.EOF) {
		return nil, report.ErrEmpty
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(first, byteOrderMark) {
		n, _ := head.Discard(len(byteOrderMark)) // they are in the buffer
		first = first[n:]
	}
	f, ok := formatOf(first)
	if !ok && err == nil {
		head = bufio.NewReaderSize(head, logBytes)
		log, _ := head.Peek(logBytes)
		f, ok = formatBelow(log)
	}
	if !ok {
		return nil, foreign(first)
	}
	runs, err := f.parse(sized{head, size})
	if len(runs) == 0 && err == nil { // a daemon passes over it; someone who asks is told
		err = fmt.Errorf("%w: it is of the format %s, but tells of no run", report.ErrForeign, f.name)
	}
	return runs, err
}

// sized is what is read of something that said how long it is.
type sized struct {
	io.Reader
	size int
}

// Len is how many bytes are to come, at most; see report.Size.
func (s sized) Len() int { return s.size }

// Telemetry is what would be sent of a run that was read from a file; false
// when there is nothing to say of it, as of a run that only started.
func (c Config) Telemetry(r report.Run, path string) (telemetry.Batch, bool) {
	options := c.analysis()
	options.Origin, options.Arrived = path, time.Now()
	return analyse.Batch(r, options)
}

// analysis is the configuration as analyse knows it.
func (c Config) analysis() analyse.Options {
	o := analyse.Options{
		Prefix: c.Metrics.Prefix, Naming: analyse.Naming(c.Metrics.Naming), TopTypes: c.Metrics.TopTypes,
		Host: c.Host, Tags: c.Tags, TagPrefix: &c.TagPrefix, ScopePrefix: c.ScopePrefix,
		SuccessEvents: c.Events.Success, WithholdMessages: !c.Events.Messages,
		EC2Host: c.EC2Host, WithoutPolicyTags: !c.PolicyTags, Notify: c.Notify,
	}
	if o.TopTypes == 0 {
		o.TopTypes = -1 // to analyse 0 is its default; to an operator it is none
	}
	if name, err := os.Hostname(); err == nil {
		o.FallbackHost = name
	}
	if c.TagsExclude != "" {
		o.TagsExclude = regexp.MustCompile("(?i)" + c.TagsExclude) // checked with the configuration
	}
	return o
}
