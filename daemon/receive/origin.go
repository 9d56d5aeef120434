package receive

import (
	"net"
	"net/http"
	"net/netip"
	"regexp"
)

// versionForm is what a tool's version may look like.
var versionForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$`)

// origin says for people where a report came from: "http://10.0.0.7/data-collector".
func origin(r *http.Request, e endpoint) string {
	remote := remoteOf(r)
	switch {
	case remote == "unix":
		return "unix:" + e.path
	case r.TLS != nil:
		return "https://" + remote + e.path
	}
	return "http://" + remote + e.path
}

// remoteOf is the address a request came from, without its port, or "unix".
func remoteOf(r *http.Request) string {
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && local.Network() == "unix" {
		return "unix"
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	address := from.Addr().Unmap().WithZone("")
	if address.Is6() {
		return "[" + address.String() + "]"
	}
	return address.String()
}

// versionOf is the version of the tool by its headers; "" if it is not said in
// the form of one.
func versionOf(r *http.Request, e endpoint) string {
	name := "X-Puppet-Version"
	if e.format == ChefCollector {
		name = "X-Chef-Version"
	}
	if v := r.Header.Get(name); versionForm.MatchString(v) {
		return v
	}
	return ""
}
