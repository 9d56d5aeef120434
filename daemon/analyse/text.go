package analyse

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/report"
)

const (
	maxMessage = 1000 // characters
	maxPath    = 300
	lastOnes   = 5 // updated resources named in an event
)

// failureText is what a person needs to repair the node without logging in: the
// exception, where it was, the trace, what was done before.
func failureText(r report.Run, o Options, left room) string {
	p, alert := problem(r), alerting(o)
	left = left.less(alert)
	head := exception(r, o) + "\n\n" + place(p) + counts(r) + "\n"
	tail := updated(r) + rest(r, o)
	if told := tracedBy(p, r.Tool, o); len(told) > 0 {
		head += "\nStack trace:\n"
		head += trace(told, left.less(head+"\n"+tail))
	}
	return cutMiddle(strings.TrimSpace(head+"\n"+tail), left) + alert
}

// alerting is the end of a failure's text, which notifies those it names. It is
// the operator's own, so nothing is scrubbed from it, and it is never cut.
func alerting(o Options) string {
	if len(o.Notify) == 0 {
		return ""
	}
	return "\n\nAlerting: " + strings.Join(o.Notify, " ")
}

func successText(r report.Run, o Options, left room) string {
	return cutMiddle(strings.TrimSpace(counts(r)+"\n\n"+updated(r)+rest(r, o)), left)
}

// exception is "Class: message", safe to tell and cut to measure.
func exception(r report.Run, o Options) string {
	p := problem(r)
	class := cut(oneLine(Scrub(p.Class)), maxName)
	message := strings.TrimSpace(tellable(p.Message))
	if o.WithholdMessages && message != "" {
		message = withheld
	}
	message = cutMiddle(message, room{runes: maxMessage, bytes: 2 * maxMessage})
	switch {
	case class != "" && message != "":
		return class + ": " + message
	case class == "" && message == "":
		return "The run failed; its report does not tell why."
	}
	return class + message
}

// tellable is what was said of a failure, without commands and quoted files, scrubbed.
func tellable(message string) string {
	return Scrub(withShortNames(withoutExcerpts(withoutCommands(message))))
}

// place is where the run failed: the resource, its file and line, and the first
// frame of the user's own code.
func place(p report.Problem) string {
	at := ""
	if p.File != "" {
		at = cut(oneLine(Scrub(p.File)), maxPath)
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d", at, p.Line)
		}
	}
	text := ""
	switch {
	case p.Resource != "" && at != "":
		text = fmt.Sprintf("Failed resource: %s at %s\n", label(p.Resource), at)
	case p.Resource != "":
		text = fmt.Sprintf("Failed resource: %s\n", label(p.Resource))
	case at != "":
		text = fmt.Sprintf("Failed at: %s\n", at)
	}
	if own := ownFrame(p.Backtrace); own != "" {
		text += fmt.Sprintf("In your code: %s\n", frameText(own))
	}
	return text
}

// counts is "Updated 1 of 5 resources.", what a noop run would change, and in
// which part of the run it failed.
func counts(r report.Run) string {
	total, knowsTotal := counted(r.Resources.Total)
	done, knowsDone := counted(r.Resources.Updated)
	text := "The report does not count the resources"
	switch {
	case knowsTotal && knowsDone:
		text = fmt.Sprintf("Updated %.0f of %.0f resources", done, total)
	case knowsDone:
		text = fmt.Sprintf("Updated %.0f resources", done)
	case knowsTotal:
		text = fmt.Sprintf("%.0f resources", total)
	}
	if would := pending(r); would != "" {
		text += "; noop: " + would
	}
	switch p := problem(r); p.Phase {
	case report.Setup, report.Compile, report.Converge:
		who := ""
		if cached(r) {
			who = "its own catalog "
		}
		text += fmt.Sprintf("; %sfailed in %s", who, p.Phase)
	}
	return text + "."
}

// updated names the resources that were updated last.
func updated(r report.Run) string {
	var last []report.Resource
	n := 0
	for i := len(r.ResourceList) - 1; i >= 0; i-- {
		if r.ResourceList[i].Status != report.Updated {
			continue
		}
		if n++; n <= lastOnes {
			last = append(last, r.ResourceList[i])
		}
	}
	if n == 0 {
		return ""
	}
	text := "Last updated resources:\n"
	for i := len(last) - 1; i >= 0; i-- {
		text += "- " + row(last[i]) + "\n"
	}
	if n > lastOnes {
		text += fmt.Sprintf("and %d before them\n", n-lastOnes)
	}
	return text + "\n"
}

// row is such as "file[/srv/app/motd] (base, base/recipes/default.rb:4)".
func row(res report.Resource) string {
	text := label(res.Type + "[" + res.Name + "]")
	where := []string{}
	if res.Cookbook != "" {
		where = append(where, shortName(res.Cookbook))
	}
	if res.File != "" {
		_, inside, found := strings.Cut(res.File, "cookbooks/")
		if !found {
			inside = res.File
		}
		inside = shortName(inside)
		if res.Line > 0 {
			inside = fmt.Sprintf("%s:%d", inside, res.Line)
		}
		where = append(where, inside)
	}
	if len(where) == 0 {
		return text
	}
	return text + " (" + strings.Join(where, ", ") + ")"
}

// rest is the run's identity and the command that shows what had no room here.
func rest(r report.Run, o Options) string {
	tool := strings.TrimSpace(string(r.Tool) + " " + r.ToolVersion)
	text := fmt.Sprintf("Run %s of %s", cmp.Or(shortName(r.ID), "without an id"), cmp.Or(shortName(tool), "an unknown tool"))
	if r.Playbook != "" {
		text += ", playbook " + shortName(r.Playbook)
	}
	text += "."
	if o.Instead != "" {
		return text + " Its report stayed empty; this is from " + cut(oneLine(Scrub(o.Instead)), maxPath) + "."
	}
	if command := inspect(o.Origin); command != "" {
		text += " Its report in full: " + command
	}
	return text
}

// inspect is the command that shows the report at path, ready for a shell.
func inspect(path string) string {
	path = Scrub(path)
	if path == "" || len(path) > maxPath || strings.Contains(path, "\n") {
		return ""
	}
	if strings.ContainsFunc(path, func(c rune) bool { return c > '~' || c <= ' ' || strings.ContainsRune("\"'`$&|;<>()*?[]{}!#~\\", c) }) {
		path = "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return "converged inspect " + path
}
