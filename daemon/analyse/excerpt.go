package analyse

import (
	"regexp"
	"strings"
)

// excerpts are the lines of a file that Ansible quotes below an error of it: up
// to 2.18 with their place, and since 2.19. They may show what a variable holds.
var excerpts = []*regexp.Regexp{
	regexp.MustCompile(`(?s)\n*(?:The error appears to be in '[^'\n]+': line \d+[^\n]*\n[^\n]*\n+)?The offending line appears to be:\n.*?(?:\n *\^ here\n?|$)`),
	regexp.MustCompile(`(?m)\n*(?:^\d+ .*\n)+ *\^ column \d+$\n?`),
}

const (
	templateWrong  = "template error while templating string: "
	templateQuoted = ". String: "
)

// withoutExcerpts is a message of Ansible's without what it quotes of a playbook,
// a file of variables or a template. Their place is told apart.
func withoutExcerpts(message string) string {
	for _, e := range excerpts {
		message = e.ReplaceAllString(message, "\n")
	}
	before, after, found := strings.Cut(message, templateWrong)
	if !found {
		return message
	}
	reason, quoted, found := strings.Cut(after, templateQuoted)
	if !found {
		return message
	}
	// The reason stands behind the template once more; what follows it is told.
	rest := ""
	if again := ". " + reason; strings.Contains(quoted, again) {
		rest = quoted[strings.LastIndex(quoted, again)+len(again):]
	}
	return before + templateWrong + reason + rest
}
