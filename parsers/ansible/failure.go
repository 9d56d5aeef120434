package ansible

import (
	"regexp"
	"slices"
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

// className is how the line below the frames of a Python stack trace begins.
var className = regexp.MustCompile(`^([A-Za-z_][\w.]*)(?::|$)`)

const tracebackBegins = "Traceback (most recent call last)"

// moduleFailure begins the message of a module that raised, up to 2.18; the
// reason is on the last line of its stack trace.
const moduleFailure = "MODULE FAILURE"

// unknown is what 2.19 says where include_vars tells its message elsewhere.
const unknown = "Unknown error."

// noTraces stand in for the stack trace: since 2.19, unless one is asked for, and
// where a plugin asks Python for that of an exception while there is none.
var noTraces = []string{"(traceback unavailable)", "NoneType: None"}

// problem is why a task failed on a host.
func problem(t task, r result) *report.Problem {
	p := &report.Problem{Resource: resourceName(t, r), Phase: report.Converge}
	p.File, p.Line = place(t.path)
	if r.unreachable {
		p.Phase = report.Setup
	}
	cause := r.cause()
	if r.hidden() || cause.hidden() {
		p.Message = hidden
		return p
	}
	p.Class, p.Backtrace = trace(cause)
	p.Message = message(cause, r, p)
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

// message is why a task failed: the message of the item that did, else of the
// task, and what its command said on standard error.
func message(cause, r result, p *report.Problem) string {
	text := ""
	for _, said := range []raw{cause.message, r.message, cause.reason, cause.said} {
		if text = strings.TrimSpace(spoken(said)); text != "" {
			break
		}
	}
	if told := strings.TrimSpace(spoken(cause.said)); told != "" && strings.HasSuffix(text, unknown) {
		text = told
	}
	said := lastOf(strings.TrimSpace(cause.stderr.text(len(cause.stderr))), maxOutput)
	switch {
	case len(p.Backtrace) > 0 && strings.HasPrefix(text, moduleFailure):
		said = raised(p.Class, p.Backtrace)
	case said == "" && len(p.Backtrace) == 0:
		said = lastOf(strings.TrimSpace(cause.crash.text(len(cause.crash))), maxOutput)
	}
	if said = strings.TrimSpace(report.Clean(said, 2*maxOutput)); !strings.Contains(text, said) {
		text = strings.TrimSpace(text + "\n" + said)
	}
	return text
}

// cause is the first item of a loop that failed, else the result itself.
func (r result) cause() result {
	if r.item != nil {
		return *r.item
	}
	return r
}

func (r result) hidden() bool { return r.noLog || r.censored }

// trace is the stack trace of a module that raised, and the exception's class.
func trace(r result) (class string, frames []string) {
	text := r.exception.text(maxMessage)
	if slices.Contains(noTraces, strings.TrimSpace(text)) {
		text = ""
	}
	if crash := r.crash.text(maxMessage); text == "" && strings.HasPrefix(crash, tracebackBegins) {
		text = crash
	}
	text = strings.TrimRight(report.Clean(text, maxMessage), "\n")
	if text == "" {
		return "", nil
	}
	within := false // a stack trace of Python: of another language no line is known to name the class
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, tracebackBegins):
			within = true
		case within && line != "" && line[0] != ' ':
			within, class = false, "" // of several the last is what was raised in the end
			if m := className.FindStringSubmatch(line); m != nil {
				class = m[1]
			}
		}
		if len(frames) < maxFrames {
			frames = append(frames, report.Clean(line, maxName))
		}
	}
	return class, frames
}

// raised is what a stack trace ends with: the class of the exception and its
// message, which may have lines of its own.
func raised(class string, frames []string) string {
	for i, line := range slices.Backward(frames) {
		if class != "" && (line == class || strings.HasPrefix(line, class+":")) {
			return strings.Join(frames[i:], "\n")
		}
	}
	return frames[len(frames)-1]
}

// resourceName is such as "ansible.builtin.command[restart the service]".
func resourceName(t task, r result) string {
	name, action := report.Clean(t.name, maxName), report.Clean(r.action, maxName)
	if action == "" || action == name {
		return name
	}
	return action + "[" + name + "]"
}
