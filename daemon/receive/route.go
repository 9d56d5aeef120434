package receive

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxPath is the longest path that is looked at; a certname has 255 characters at most.
const maxPath = 512

// sender is who speaks at an endpoint, and so how it is answered.
type sender int

const (
	generic sender = iota
	chefClient
	puppetServer // the http report processor
	puppetAgent
)

// endpoint is where a request goes.
type endpoint struct {
	sender sender
	method string
	format string
	path   string // escaped and printable, for people
}

// route finds the endpoint of a request that is let in.
func (s *Server) route(method, escaped string) (endpoint, error) {
	parts, ok := segments(escaped)
	if !ok {
		return endpoint{}, refuse(http.StatusBadRequest, reasonPath,
			"this path is no endpoint's: its parts may be printable ASCII, and neither empty, nor . or ..")
	}
	e, ok := s.endpointAt(parts)
	if !ok {
		return endpoint{}, refuse(http.StatusNotFound, reasonPath, "there is no such path here; there is %s", s.paths())
	}
	if !slices.Contains(s.o.Formats, e.format) {
		return endpoint{}, refuse(http.StatusNotFound, reasonFormat, "%s", unknownFormat(e.format, s.o.Formats))
	}
	if method != e.method {
		r := refuse(http.StatusMethodNotAllowed, reasonMethod, "reports are sent here with %s", e.method)
		r.allow = e.method
		return endpoint{}, r
	}
	e.path = printable(parts)
	return e, nil
}

// endpointAt says what lies at a path. Puppet's and Chef's are there if their
// format is.
func (s *Server) endpointAt(parts []string) (endpoint, bool) {
	chef, puppet := slices.Contains(s.o.Formats, ChefCollector), slices.Contains(s.o.Formats, PuppetReport)
	switch {
	case chef && len(parts) > 0 && parts[0] == "data-collector":
		return endpoint{sender: chefClient, method: http.MethodPost, format: ChefCollector}, true
	case puppet && len(parts) == 2 && parts[0] == "reports" && parts[1] == "upload":
		return endpoint{sender: puppetServer, method: http.MethodPost, format: PuppetReport}, true
	case puppet && len(parts) == 4 && slices.Equal(parts[:3], []string{"puppet", "v3", "report"}):
		return endpoint{sender: puppetAgent, method: http.MethodPut, format: PuppetReport}, true
	case len(parts) == 3 && parts[0] == "v1" && parts[1] == "reports":
		return endpoint{sender: generic, method: http.MethodPost, format: parts[2]}, true
	}
	return endpoint{}, false
}

// paths lists the endpoints, for who missed them.
func (s *Server) paths() string {
	var there []string
	if slices.Contains(s.o.Formats, ChefCollector) {
		there = append(there, "POST /data-collector")
	}
	if slices.Contains(s.o.Formats, PuppetReport) {
		there = append(there, "POST /reports/upload", "PUT /puppet/v3/report/<certname>")
	}
	there = append(there, "POST /v1/reports/<format>", "GET /healthz")
	return strings.Join(there, ", ")
}

// segments are the parts of an escaped path, unescaped, or false if one of them
// is not fit to be shown: nothing of a path but these reaches a log or an Origin.
func segments(escaped string) ([]string, bool) {
	rest, ok := strings.CutPrefix(escaped, "/")
	if !ok || len(escaped) > maxPath {
		return nil, false
	}
	var parts []string
	if rest == "" {
		return parts, true
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), "/") {
		plain, err := url.PathUnescape(part)
		if err != nil || plain == "" || plain == "." || plain == ".." || strings.ContainsFunc(plain, unfit) {
			return nil, false
		}
		parts = append(parts, plain)
	}
	return parts, true
}

func unfit(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`/\%`, r) }

// printable is a path made of its parts again.
func printable(parts []string) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString("/" + url.PathEscape(part))
	}
	return b.String()
}
