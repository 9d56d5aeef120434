package dogstatsd

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// agentSocket is where the Agent's packages put its socket.
const agentSocket = "/var/run/datadog/dsd.socket"

const defaultPort = "8125"

// maxPath is the longest path of a Unix socket that every system takes, in bytes.
const maxPath = 103

// target is where datagrams go.
type target struct {
	network string // udp or unixgram
	address string // host:port or a path
}

// String is the target as one would configure it.
func (t target) String() string {
	if t.network == "udp" {
		return "udp://" + t.address
	}
	return "unix://" + t.address
}

// datagram is how many bytes are put into one datagram.
func (t target) datagram() int {
	if t.network == "udp" {
		return maxUDP
	}
	return maxUnix
}

// find is the target that is configured, or else the one that the environment
// names, or else the one that is there.
func find(address string, env func(string) string, socket string) (target, error) {
	if address != "" {
		return parseAddress(address)
	}
	if url := env("DD_DOGSTATSD_URL"); url != "" {
		t, err := parseAddress(url)
		if err != nil {
			return t, fmt.Errorf("DD_DOGSTATSD_URL: %w", err)
		}
		return t, nil
	}
	if host := env("DD_AGENT_HOST"); host != "" {
		t, err := agentHost(host, env("DD_DOGSTATSD_PORT"))
		if err != nil {
			return t, fmt.Errorf("DD_AGENT_HOST, DD_DOGSTATSD_PORT: %w", err)
		}
		return t, nil
	}
	if info, err := os.Stat(socket); err == nil && info.Mode().Type() == os.ModeSocket {
		return target{"unixgram", socket}, nil
	}
	return target{"udp", "127.0.0.1:" + defaultPort}, nil
}

func agentHost(host, port string) (target, error) {
	if strings.Contains(host, "://") || port == "" {
		return parseAddress(host)
	}
	if _, _, err := net.SplitHostPort(host); err == nil {
		return parseAddress(host) // it has a port of its own
	}
	return parseAddress(net.JoinHostPort(strings.Trim(host, "[]"), port))
}

// parseAddress reads the forms that Options.Address has.
func parseAddress(address string) (target, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "udp", address
	}
	switch scheme {
	case "udp":
		return hostPort(address, strings.TrimSuffix(rest, "/"))
	case "unix", "unixgram":
		return socketPath(address, rest)
	}
	return target{}, fmt.Errorf("address %q: unknown scheme %q: expected udp://HOST:PORT or unix:///PATH", address, scheme)
}

func socketPath(address, path string) (target, error) {
	switch {
	case !filepath.IsAbs(path):
		return target{}, fmt.Errorf("address %q: expected an absolute path, as in unix:///var/run/datadog/dsd.socket", address)
	case len(path) > maxPath || strings.ContainsRune(path, 0):
		return target{}, fmt.Errorf("address %q: the path of a socket has at most %d bytes and no NUL", address, maxPath)
	}
	return target{"unixgram", path}, nil
}

func hostPort(address, rest string) (target, error) {
	if strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "unix:") {
		return target{}, fmt.Errorf("address %q: expected HOST:PORT, or unix:///PATH for a socket, as in unix:///var/run/datadog/dsd.socket", address)
	}
	host, port, err := net.SplitHostPort(rest)
	if err != nil { // no port
		host, port = strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]"), defaultPort
	}
	if host == "" || strings.ContainsAny(host, " /\\@?#[]\t\r\n\x00") {
		return target{}, fmt.Errorf("address %q: expected HOST:PORT", address)
	}
	if _, err := netip.ParseAddr(host); err != nil && strings.Contains(host, ":") {
		return target{}, fmt.Errorf("address %q: expected HOST:PORT, an IPv6 address in brackets: %w", address, err)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return target{}, fmt.Errorf("address %q: port %q: expected a number from 1 to 65535", address, port)
	}
	return target{"udp", net.JoinHostPort(host, port)}, nil
}
