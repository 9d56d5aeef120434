package discover

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	agentConfig = "/etc/datadog-agent/datadog.yaml"
	agentSocket = "/var/run/datadog/dsd.socket" // of the Agent's packages
	agentPort   = 8125
	maxSocket   = 103 // bytes of a socket's path
)

// siteName is a site of Datadog's.
var siteName = regexp.MustCompile(`^(?:[a-z0-9-]+\.)*(?:datadoghq\.(?:com|eu)|ddog-gov\.com)$`)

// Agent is a Datadog Agent, or another receiver of DogStatsD.
type Agent struct {
	Address string `json:"address,omitempty"` // as a reporter of type dogstatsd has it; "" is none
	Why     string `json:"why"`
	Site    string `json:"site,omitempty"` // of Datadog's, as the Agent has it
}

// agent finds where DogStatsD is taken on this node. Of the Agent's settings, which
// hold a key, only those that say so are looked at.
func (n *node) agent() Agent {
	settings := map[string][]string{}
	text, err := n.read(agentConfig)
	if err == nil {
		settings, err = topLevel(text)
	}
	a := Agent{Site: firstOf(settings, "site")}
	if !siteName.MatchString(a.Site) {
		a.Site = ""
	}
	port := agentPort
	if own, err := strconv.ParseUint(firstOf(settings, "dogstatsd_port"), 10, 16); err == nil && own > 0 {
		port = int(own)
	}
	switch socket := n.agentSocket(firstOf(settings, "dogstatsd_socket")); {
	case socket != "":
		a.Address, a.Why = "unix://"+socket, "the socket of the Datadog Agent's DogStatsD"
	case n.listens(port):
		a.Address, a.Why = fmt.Sprintf("127.0.0.1:%d", port), "something takes DogStatsD on this port"
	case n.exists(agentConfig) && err == nil && off(firstOf(settings, "use_dogstatsd")):
		a.Why = "the Datadog Agent of " + agentConfig + " has use_dogstatsd: false"
	case n.exists(agentConfig) && err == nil && firstOf(settings, "dogstatsd_port") == "0":
		a.Why = "the Datadog Agent of " + agentConfig + " has dogstatsd_port: 0, and its socket is not there"
	case n.exists(agentConfig) && err == nil:
		a.Address, a.Why = fmt.Sprintf("127.0.0.1:%d", port), "the Datadog Agent of "+agentConfig+", which does not listen now; until it does, runs wait on disk"
	case n.exists(agentConfig):
		a.Address, a.Why = fmt.Sprintf("127.0.0.1:%d", port), agentConfig+" cannot be read ("+reason(err)+"): this is the Agent's default"
	default:
		a.Why = "no Datadog Agent was found: no " + agentSocket + ", no " + agentConfig + ", nothing on UDP port " + strconv.Itoa(port)
	}
	return a
}

// off says whether a setting is false, in one of the words that YAML has for it.
func off(setting string) bool {
	return slices.Contains([]string{"false", "no", "off", "n", "0"}, strings.ToLower(setting))
}

// agentSocket is the Agent's socket if it is there, the one that is set first.
func (n *node) agentSocket(own string) string {
	for _, socket := range []string{own, agentSocket, "/var/run/datadog/statsd.sock"} {
		if usable(socket) && len(socket) <= maxSocket && n.isSocket(socket) {
			return socket
		}
	}
	return ""
}

// listens says whether a process of this node takes datagrams at the port.
func (n *node) listens(port int) bool {
	local := fmt.Sprintf(":%04X", port)
	for _, table := range []string{"/proc/net/udp", "/proc/net/udp6"} {
		text, _ := n.read(table) // another root has none
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) > 2 && strings.HasSuffix(fields[1], local) {
				return true
			}
		}
	}
	return false
}
