package ansible

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// hidden stands in for the message of a result that no_log hides.
const hidden = "the result is hidden by no_log"

// errorPlaces are how Ansible tells where a template or a task is wrong: up to
// 2.18, and since 2.19.
var errorPlaces = []*regexp.Regexp{
	regexp.MustCompile(`The error appears to be in '([^'\n]+)': line (\d+)`),
	regexp.MustCompile(`(?m)^Origin: (.+?):(\d+)(?::\d+)?$`),
}

// className is how the last line of a Python stack trace begins.
var className = regexp.MustCompile(`^([A-Za-z_][\w.]*)(?::|$)`)

const tracebackBegins = "Traceback (most recent call last)"

// problem is why a task failed on a host.
func problem(t task, r result) *report.Problem {
	p := &report.Problem{Resource: resourceName(t, r), Phase: report.Converge}
	p.File, p.Line = place(t.Path)
	if r.Unreachable {
		p.Phase = report.Setup
	}
	cause := r.cause()
	if r.censored() || cause.censored() {
		p.Message = hidden
		return p
	}
	p.Message = spoken(cause.Message)
	if p.Message == "" {
		p.Message = spoken(r.Message)
	}
	p.Class, p.Backtrace = trace(cause)
	for _, places := range errorPlaces {
		if m := places.FindStringSubmatch(p.Message); m != nil {
			if line, err := strconv.Atoi(m[2]); err == nil && line > 0 {
				p.File, p.Line = m[1], line
				break
			}
		}
	}
	return p
}

// cause is the first item of a loop that failed, else the result itself.
func (r result) cause() result {
	for _, item := range r.Items {
		if item.Failed || item.Unreachable {
			return item
		}
	}
	return r
}

func (r result) censored() bool { return r.NoLog || r.Censored != "" }

// trace is the stack trace of a module that raised, and the exception's class.
func trace(r result) (class string, frames []string) {
	text := r.Exception
	if text == "" && strings.HasPrefix(r.Stderr, tracebackBegins) {
		text = r.Stderr
	}
	text = strings.TrimRight(clean(text, maxMessage), "\n")
	if text == "" {
		return "", nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := className.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, tracebackBegins) {
			class = m[1] // the last one that begins its line
		}
		if len(frames) < maxFrames {
			frames = append(frames, clean(line, maxName))
		}
	}
	if !strings.Contains(text, tracebackBegins) {
		class = "" // of another language: no line is known to name it
	}
	return class, frames
}

// resourceName is such as "ansible.builtin.command[restart the service]".
func resourceName(t task, r result) string {
	name, action := clean(t.Name, maxName), clean(r.Action, maxName)
	if action == "" || action == name {
		return name
	}
	return action + "[" + name + "]"
}
