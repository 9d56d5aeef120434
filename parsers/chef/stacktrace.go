package chef

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// StacktraceSource is the Source of the runs that Stacktrace reads.
const StacktraceSource = "chef-stacktrace"

// generated begins a stack trace, before the time of the failure.
const generated = "Generated at "

// causedBy begins what led to the error. Reports tell of the error alone.
const causedBy = "\n\n>>>> Caused by "

// rubyFrame is a line of a stack trace: "/a/b.rb:12:in `from_file'", "(eval):2:in
// `block'", or a file and a line alone.
var rubyFrame = regexp.MustCompile("^\\S[^\n]*:\\d+:in [`'][^\n]*$|^(?:/|[A-Za-z]:[/\\\\]|\\()[^\n]*:\\d+$")

// Stacktrace reads chef-stacktrace.out, which Chef 12 to 19 write when a run has
// failed: the time, "Class: message" in one line or several, then the stack trace,
// a frame a line, and what caused it. It is the end of a finished, failed run,
// which has no ID: nothing in the file says which run it was.
//
// A file that was cut within its message or trace gives what is there; of one over
// 4 MiB the rest is not read. The error is a *report.ParseError of one of report's
// classes, or r's own.
func Stacktrace(r io.Reader) (report.Run, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxStacktrace))
	if err != nil {
		return report.Run{}, fmt.Errorf("reading a stack trace of Chef: %w", err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return report.Run{}, &report.ParseError{Class: report.ErrEmpty, Reason: fmt.Sprintf("%d bytes, and no text in them", len(data))}
	}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(data), "\uFFFD"), "\r\n", "\n")
	head, body, whole := strings.Cut(text, "\n")
	at, ok := strings.CutPrefix(head, generated)
	run := report.Run{Tool: report.Chef, Phase: report.Finished, Status: report.Failure, Source: StacktraceSource, End: timeOf(at)}
	switch {
	case !ok || whole && run.End.IsZero():
		return report.Run{}, &report.ParseError{Line: 1, Column: 1, Class: report.ErrForeign,
			Reason: "expected \"Generated at\" and a time, as a stack trace of Chef begins"}
	case strings.TrimSpace(body) == "":
		return report.Run{}, &report.ParseError{Line: 2, Column: 1, Offset: int64(len(text)), Class: report.ErrTruncated,
			Reason: "expected the error after the time"}
	}
	run.Failure = stackedError(body)
	return run, nil
}

// stackedError is the error at the beginning of text.
func stackedError(text string) *report.Problem {
	text, _, _ = strings.Cut(text, causedBy)
	message, frames := partTrace(strings.TrimRight(text, "\n"))
	p := &report.Problem{Message: report.Clean(message, maxMessage), Backtrace: frames}
	if class, rest, ok := strings.Cut(message, ": "); ok && !strings.ContainsAny(class, " \t\n") {
		p.Class, p.Message = report.Clean(class, maxName), report.Clean(rest, maxMessage)
	}
	resource, place := failed(p.Message)
	p.Resource = resource
	locate(p, place, "", 0)
	if resource != "" {
		p.Phase = report.Converge
	}
	return p
}

// partTrace parts the message from the trace behind it. A message may hold a trace
// itself, such as of a command that failed: only what stands at the end is one of
// Chef. The last frame may be cut.
func partTrace(text string) (message string, frames []string) {
	lines := strings.Split(text, "\n")
	last := len(lines)
	if last > 2 && !rubyFrame.MatchString(lines[last-1]) && rubyFrame.MatchString(lines[last-2]) {
		last--
	}
	first := last
	for first > 1 && rubyFrame.MatchString(lines[first-1]) {
		first--
	}
	if first == last {
		return text, nil
	}
	for _, line := range lines[first:min(last, first+maxFrames)] {
		frames = append(frames, report.Clean(line, maxName))
	}
	if more := last - first - maxFrames; more > 0 {
		frames = append(frames, moreFrames(more))
	}
	return strings.Join(lines[:first], "\n"), frames
}
