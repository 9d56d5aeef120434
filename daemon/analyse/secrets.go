package analyse

import (
	"regexp"
	"strings"
)

// Private keys span lines. The end of one may come without its beginning.
var (
	keyBlock = regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z0-9 ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z0-9 ]*-----|\z)`)
	keyTail  = regexp.MustCompile(`[A-Za-z0-9+/=\s]*-----END [A-Z0-9 ]*PRIVATE KEY[A-Z0-9 ]*-----`)
)

// shapes are the secrets known by how they look, within one line. A line is
// searched only when it holds one of the stems, in whatever case: that is ten
// times cheaper than the expression.
var shapes = []struct {
	stems []string
	find  *regexp.Regexp
	with  string
}{
	// What stands before the host of a URL.
	{[]string{"://"}, regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)(?:[^\s/:@"'<>]*:(?:[^\s"'<>0-9][^\s"'<>]*|[^\s/"'<>]*)|[^\s/?#@:"'<>]+)@`), "${1}redacted@"},
	// AWS key ids.
	{[]string{"akia", "asia", "agpa", "aida", "aroa", "anpa"}, regexp.MustCompile(`\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\b`), redacted},
	// JSON web tokens.
	{[]string{"eyj"}, regexp.MustCompile(`\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?`), redacted},
	// Tokens that begin with their issuer: GitHub, GitLab, Slack, Google, Stripe, npm, Vault.
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"}, regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_)\w{20,}`), redacted},
	{[]string{"glpat-"}, regexp.MustCompile(`\bglpat-[\w-]{15,}`), redacted},
	{[]string{"xox"}, regexp.MustCompile(`\bxox[a-z]-[A-Za-z0-9-]{10,}`), redacted},
	{[]string{"hooks.slack.com/"}, regexp.MustCompile(`(hooks\.slack\.com/)[\w/]+`), "${1}" + redacted},
	{[]string{"aiza"}, regexp.MustCompile(`\bAIza[\w-]{30,}`), redacted},
	{[]string{"k_live_", "k_test_"}, regexp.MustCompile(`\b[sr]k_(?:live|test)_\w{10,}`), redacted},
	{[]string{"npm_"}, regexp.MustCompile(`\bnpm_[A-Za-z0-9]{30,}`), redacted},
	{[]string{"hvs.", "hvb.", "hvr."}, regexp.MustCompile(`\bhv[sbr]\.[\w-]{20,}`), redacted},
	// The value of an Authorization header without its name.
	{[]string{"bearer"}, regexp.MustCompile(`(?i)\b(bearer[ \t]+)[A-Za-z0-9._~+/=-]*[0-9][\w.~+/=-]*`), "${1}" + redacted},
	// The signature of a presigned URL.
	{[]string{"sig="}, regexp.MustCompile(`(?i)\b(sig=)[^&\s"'<>]+`), "${1}" + redacted},
	// The content of an XML element.
	{[]string{"</"}, regexp.MustCompile(`(?i)(<(?:[\w.-]*:)?[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|credentials?|(?:api|access|private)[_-]?key)(?:\s[^<>]*)?>)[^<]+`), "${1}" + redacted},
	// Hashes of crypt(3).
	{[]string{"$"}, regexp.MustCompile(`\$(?:1|2[abxy]|5|6|y|7|apr1|argon2id?)\$[./A-Za-z0-9$=,+]{8,}`), redacted},
	// Short options of programs that take a password.
	{[]string{"mysql", "mariadb"}, shortOption(`(?:mysql|mariadb)[\w-]*`, `p`), "${1}" + redacted},
	{[]string{"sshpass", "mongo"}, shortOption(`(?:sshpass|mongo\w*)`, `p[ \t]*`), "${1}" + redacted},
	{[]string{"ldap"}, shortOption(`ldap\w+`, `w[ \t]*`), "${1}" + redacted},
	{[]string{"curl"}, shortOption(`curl`, `u[ \t]*`), "${1}" + redacted},
	{[]string{"redis-cli"}, shortOption(`redis-cli`, `a[ \t]*`), "${1}" + redacted},
}

// shortOption finds what follows that option of that program, up to the next blank.
func shortOption(program, option string) *regexp.Regexp {
	return regexp.MustCompile(`(\b` + program + `\b.*?\s-` + option + `)(?:"[^"]*"?|'[^']*'?|[^\s"']+)`)
}

// withoutSecrets replaces the values of secrets. What they were called stays,
// so that the text still tells which one it was.
func withoutSecrets(text string) string {
	if strings.Contains(text, "PRIVATE KEY") {
		text = keyBlock.ReplaceAllString(text, "[private key]")
		text = keyTail.ReplaceAllString(text, "[private key]")
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		lower := strings.ToLower(line)
		for _, s := range shapes {
			if holdsAny(lower, s.stems) {
				line = s.find.ReplaceAllString(line, s.with)
			}
		}
		if holdsAny(lower, nameStems) {
			line = withoutValues(line)
		}
		b.WriteString(line)
	}
	return b.String()
}

func holdsAny(text string, stems []string) bool {
	for _, stem := range stems {
		if strings.Contains(text, stem) {
			return true
		}
	}
	return false
}
