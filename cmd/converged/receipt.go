package main

import (
	"fmt"
	"strings"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

// become says what became of a run at one reporter, a line for each fact.
func become(r daemon.Receipt, run string) string {
	text := ""
	if r.TooOld != (daemon.Parts{}) {
		text = fmt.Sprintf("%s: too old for %s, which would drop it without a word, and not sent: %s\n", run, r.Reporter, r.TooOld)
	}
	did := "handed over to"
	if r.Acknowledged {
		did = "acknowledged by"
	}
	none := daemon.Parts{}
	switch {
	case r.Err == nil && r.Taken == none:
		return text + fmt.Sprintf("converged: %s was not delivered to %s: nothing of it was left to send\n", run, r.Reporter)
	case r.Err == nil && r.TooOld == none:
		return text + fmt.Sprintf("%s %s %s\n", run, did, r.Reporter)
	case r.Taken != none:
		text += fmt.Sprintf("%s %s %s: %s\n", run, did, r.Reporter, r.Taken)
	}
	if r.Err == nil {
		return text
	}
	left := "was not delivered to"
	if r.Taken != none {
		left = "was delivered in part; not taken by"
	}
	return text + fmt.Sprintf("converged: %s %s %s: %s: %s\n", run, left, r.Reporter, missing(r), program.Visible(strings.ReplaceAll(r.Err.Error(), "\n", "; ")))
}

// missing is what was not taken, and whether it is worth another try.
func missing(r daemon.Receipt) string {
	var words []string
	if r.Refused != (daemon.Parts{}) {
		words = append(words, r.Refused.String()+" refused for good")
	}
	if r.Left != (daemon.Parts{}) {
		words = append(words, r.Left.String()+" not taken now")
	}
	return strings.Join(words, ", ")
}
