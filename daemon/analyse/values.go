package analyse

import (
	"regexp"
	"slices"
	"strings"
)

// nameStems are in every name that named finds, in lower case.
var nameStems = []string{"pass", "pwd", "secret", "token", "credential", "authorization", "cookie", "x-amz-", "key", "identified by"}

// named is the name of a secret and what stands between it and its value:
// key=v, key: v, "key" => "v", --key v, and Ruby's key "v" or key("v").
var named = regexp.MustCompile(`(?i)([\w.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|credential|authorization|cookie|x-amz-|` +
	`(?:api|app|application|access|account|auth|encryption|license|master|private|shared|signing|ssh)[_ -]?key)[\w-]*|` +
	`[\w.-]*[_.-]pass|-*\bpass(?:in|out)?|\bidentified by)` +
	`(\\*["']?(?:[ \t]*(?:=>|:=|=|:)[ \t]*|\(|[ \t]+))`)

// harmless ends the names of what is about a secret and is none.
var harmless = []string{"file", "path", "dir", "name", "length", "size", "count", "type", "policy", "ttl"}

func withoutValues(text string) string {
	var b strings.Builder
	done := 0
	for _, m := range named.FindAllStringSubmatchIndex(text, -1) {
		start := m[1]
		if start <= done {
			continue // inside a value that is already gone
		}
		end := valueEnd(text, match{text[:m[2]], text[m[2]:m[3]], text[m[4]:m[5]]}, start)
		if end > start {
			b.WriteString(text[done:start])
			b.WriteString(redacted)
			done = end
		}
	}
	return b.String() + text[done:]
}

// match is where a secret's value may follow.
type match struct{ before, key, link string }

// valueEnd is where the value that begins at start ends, or start when there is
// none: Secret::Store, a word that follows another, the method `password='.
func valueEnd(text string, m match, start int) int {
	rest := text[start:]
	quote, depth := opening(rest)
	switch {
	case rest == "" || rest[0] == '\n' || m.innocent(rest, quote != 0):
		return start
	case quote != 0:
		return start + closing(rest, quote, depth)
	case rest[0] == '[' || rest[0] == '{':
		return start + bracketed(rest)
	case header(m.key):
		return start + until(rest, "\n\"'")
	case strings.ContainsAny(m.link, "\"'"):
		return start + until(rest, " \t\n\"',}]")
	}
	return start + until(rest, " \t\n\"'`")
}

// innocent says whether what follows the name of a secret is no value of it.
func (m match) innocent(rest string, quoted bool) bool {
	switch strings.Trim(m.link, " \t\\\"'") {
	case ":":
		if rest[0] == ':' {
			return true
		}
	case "=":
		if quoted && m.link == "=" && methodName(m.before) {
			return true
		}
	case "", "(":
		option := strings.HasPrefix(m.key, "-") || strings.Contains(m.key, "--")
		if !quoted && !option || strings.EqualFold(m.key, "token") {
			return true
		}
	}
	workingDir := strings.HasSuffix(m.key, "PWD") && rest[0] == '/'
	key := strings.ToLower(m.key)
	return workingDir || slices.ContainsFunc(harmless, func(end string) bool { return strings.HasSuffix(key, end) })
}

func methodName(before string) bool {
	return strings.HasSuffix(before, "`") || strings.HasSuffix(before, "'")
}

// header says whether a key's value runs to the end of its line, blanks and all.
func header(key string) bool {
	key = strings.ToLower(key)
	return strings.HasSuffix(key, "authorization") || strings.HasSuffix(key, "cookie")
}

// opening is the quote a value begins with, and how many backslashes stand
// before it where the text is quoted in another.
func opening(rest string) (quote byte, depth int) {
	depth = len(rest) - len(strings.TrimLeft(rest, `\`))
	if depth < len(rest) && (rest[depth] == '"' || rest[depth] == '\'') {
		return rest[depth], depth
	}
	return 0, 0
}

// closing is the length of the quoted value, which ends at its line's end at
// the latest. A quote with more backslashes than the first is part of it.
func closing(rest string, quote byte, depth int) int {
	slashes := 0
	for i := depth + 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\n':
			return i
		case rest[i] == quote && slashes <= depth:
			return i + 1
		case rest[i] == '\\':
			slashes++
		default:
			slashes = 0
		}
	}
	return len(rest)
}

// bracketed is the length of a list or a hash, which ends at its line's end at
// the latest.
func bracketed(rest string) int {
	depth := 0
	for i := range len(rest) {
		switch rest[i] {
		case '\n':
			return i
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(rest)
}

func until(rest, stops string) int {
	if i := strings.IndexAny(rest, stops); i >= 0 {
		return i
	}
	return len(rest)
}
