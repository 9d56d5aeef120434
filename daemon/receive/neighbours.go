package receive

import (
	"net"
	"net/http"
	"net/netip"
)

// shares is into how many parts the connections are divided when there is no room:
// an address that has one of them is refused more.
const shares = 8

// neighbourhood is who is behind a connection: an address of IPv4, or the network
// of one of IPv6, in which a machine has as many as it likes. All of this machine
// are the zero value: there is one address for many programs.
func neighbourhood(a net.Addr) netip.Prefix {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	return around(tcp.AddrPort().Addr())
}

// neighbourhoodOf is that of who sent a request.
func neighbourhoodOf(r *http.Request) netip.Prefix {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil { // a UNIX socket's
		return netip.Prefix{}
	}
	return around(from.Addr())
}

func around(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() {
		return netip.Prefix{}
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	network, _ := ip.Prefix(bits) // fails for more bits than there are
	return network
}

// held is how many connections each has, but for this machine.
func (c *connections) held() map[netip.Prefix]int {
	held := map[netip.Prefix]int{}
	for one := range c.open {
		if one.from.IsValid() {
			held[one.from]++
		}
	}
	return held
}

// greedy is a connection without a request of who has the most of all, the oldest,
// if that is more than the given.
func (c *connections) greedy(held map[netip.Prefix]int, more int) *conn {
	var found *conn
	for one := range c.open {
		n := held[one.from]
		if one.busy || n <= more {
			continue
		}
		if found == nil || n > held[found.from] || n == held[found.from] && one.since.Before(found.since) {
			found = one
		}
	}
	return found
}
