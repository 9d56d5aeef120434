package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// listenAll listens on all of Options.Listen, or on none.
func listenAll(o Options, secure *tls.Config, conns *connections) ([]*listener, error) {
	var all []*listener
	for _, address := range o.Listen {
		more, err := listen(address, o, secure)
		if err != nil {
			letGo(all)
			return nil, fmt.Errorf("listening on %s: %w", address, err)
		}
		all = append(all, more...)
	}
	for _, l := range all {
		l.Listener = conns.limit(l.Listener)
		l.close = sync.OnceValue(l.letGo)
	}
	return all, nil
}

func letGo(all []*listener) {
	for _, l := range all {
		_ = l.letGo()
	}
}

// resolving is how long the name of an address is looked up.
const resolving = 5 * time.Second

// listen listens on one address, which may be a name with several.
func listen(address string, o Options, secure *tls.Config) ([]*listener, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		l, err := listenUnix(path)
		if err != nil {
			return nil, err
		}
		return []*listener{l}, nil
	}
	at, err := resolve(address, o.lookup)
	if err != nil {
		return nil, err
	}
	guarded := o.Token != "" || o.ClientCA != ""
	if i := slices.IndexFunc(at, outside); i >= 0 && !guarded {
		return nil, fmt.Errorf("%w: %s can be reached by other machines; set a token, or a certificate, its key and a client CA, "+
			"or listen on 127.0.0.1, [::1] or a UNIX socket only", ErrExposed, at[i])
	}
	return listenTCP(at, secure)
}

// outside says whether others than this machine can reach an address.
func outside(a netip.AddrPort) bool { return !a.Addr().Unmap().IsLoopback() }

// lookup finds the addresses of a host, as net.Resolver.LookupNetIP.
type lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

// resolve looks an address up once: what is listened on is what was checked.
func resolve(address string, lookup lookup) ([]netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.New(`an address is "host:port" or "unix:///path"`)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("the port %q is no number up to 65535", service)
	}
	if host == "" || host == "*" {
		return []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(port))}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), resolving)
	defer cancel()
	found, err := lookup(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	var all []netip.AddrPort
	for _, ip := range found {
		if at := netip.AddrPortFrom(ip.Unmap(), uint16(port)); !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all, nil
}

// listenTCP listens on all of the addresses of a name. One that this machine
// does not have, as ::1 without IPv6, is left out if another is there.
func listenTCP(at []netip.AddrPort, secure *tls.Config) ([]*listener, error) {
	var all []*listener
	var missing error
	for _, a := range at {
		l, err := net.Listen(network(a), a.String())
		switch {
		case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
			missing = err
		case err != nil:
			letGo(all)
			return nil, err
		default:
			all = append(all, &listener{Listener: l, secure: secure})
		}
	}
	if len(all) == 0 {
		return nil, missing
	}
	return all, nil
}

// network keeps 0.0.0.0 to IPv4; [::] is every address there is, of IPv4 too.
func network(a netip.AddrPort) string {
	if a.Addr().Is4() {
		return "tcp4"
	}
	return "tcp"
}
