package discover

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// bare is what YAML takes for a text without quotes.
var bare = regexp.MustCompile(`^/?[A-Za-z][A-Za-z0-9/._*-]*$`)

// quoted is a text as YAML has it.
func quoted(text string) string {
	if bare.MatchString(text) {
		return text
	}
	return strconv.Quote(text) // it is printable: YAML knows these escapes
}

// Configuration is a configuration of the daemon for what was found, as YAML with
// comments. It depends on nothing but where reports are and what is switched on, so
// that a node that stays the same keeps its configuration to the byte.
func (f Findings) Configuration() string {
	var b strings.Builder
	b.WriteString("# Made by converged discover. Check it with: converged config check --config FILE\n\nsources:\n")
	for _, t := range f.Tools {
		f.sources(&b, t)
	}
	f.receive(&b)
	b.WriteString("\nreporters:\n")
	f.Agent.reporter(&b)
	return b.String()
}

func (f Findings) sources(b *strings.Builder, t Tool) {
	title := strings.ToUpper(t.Name[:1]) + t.Name[1:]
	if t.Version != "" {
		title += " " + t.Version
	}
	if len(t.Sources) == 0 { // only Puppet's settings may name a place that is not known
		fmt.Fprintf(b, "  # %s: where its reports are is not known: %s\n  # - format: %s-report\n  #   path:\n", title, strings.Join(t.Notes, "; "), t.Name)
	}
	for _, s := range t.Sources {
		why, sign := s.Why, ""
		switch s.State {
		case Off:
			why = "not switched on yet: " + why
		case Other:
			sign = "# "
		}
		fmt.Fprintf(b, "  # %s: %s\n", title, why)
		if s.Access != Readable && s.Access != Absent && s.State != Other {
			fmt.Fprintf(b, "  # %s cannot read it: %s\n", f.Who(), s.Access)
		}
		fmt.Fprintf(b, "  %s- format: %s\n  %s  path: %s\n", sign, s.Format, sign, quoted(s.Path))
		if s.Cache != "" {
			fmt.Fprintf(b, "  %s  cache_path: %s\n", sign, quoted(s.Cache))
		}
	}
}

// receiver is where the daemon takes reports over HTTP, if it is told to.
const receiver = "127.0.0.1:7342"

// sendsHere says whether the tool sends its reports to the daemon already.
func (t *Tool) sendsHere() bool {
	return slices.ContainsFunc(t.SendsTo, func(server string) bool {
		return server == "http://"+receiver || server == "http://"+strings.Replace(receiver, "127.0.0.1", "localhost", 1)
	})
}

// receive is how reports may arrive over HTTP, where a tool sends any.
func (f Findings) receive(b *strings.Builder) {
	sends := slices.IndexFunc(f.Tools, func(t Tool) bool { return len(t.SendsTo) > 0 })
	if sends < 0 {
		return
	}
	if f.Tools[sends].sendsHere() {
		fmt.Fprintf(b, "\n# Chef's data collector sends to it.\nreceive:\n  listen: [%q]\n", receiver)
		return
	}
	fmt.Fprintf(b, "\n# Chef's data collector sends to %s. It could send here instead:\n"+
		"# data_collector.server_url \"http://%s/data-collector\", and\n# receive:\n#   listen: [%q]\n",
		strings.Join(f.Tools[sends].SendsTo, ", "), receiver, receiver)
}

// Who is whose rights Source.Access tells of, in words.
func (f Findings) Who() string {
	if f.User == "" {
		return "this user"
	}
	return "the user " + f.User
}

// reporter is where runs are told.
func (a Agent) reporter(b *strings.Builder) {
	if a.Address != "" {
		fmt.Fprintf(b, "  # %s\n  - type: dogstatsd\n    address: %s\n", a.Why, quoted(a.Address))
		return
	}
	site := a.Site
	if site == "" {
		site = "datadoghq.com"
	}
	fmt.Fprintf(b, `  # %s.
  # Until another reporter stands here, runs are printed.
  - type: stdout
  # Datadog's API: put an API key, and nothing else, into a file that only the
  # daemon can read, and take the comment signs away.
  # - type: datadog
  #   site: %s
  #   api_key_file: /etc/converged/dd_api_key
`, a.Why, site)
}
