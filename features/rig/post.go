package rig

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Request is a request as its sender's client writes it: a line, headers in the
// client's order, a body that is not compressed. What Send adds are the host and
// the body's length.
type Request struct {
	Line    string // "POST /data-collector"
	Headers []string
	Body    []byte
}

// FromChef is a message of the data collector of Chef 18, with a token if it has one.
func FromChef(token, runID string, body []byte) Request {
	r := Request{Line: "POST /data-collector/v0/", Body: body, Headers: []string{
		"Content-Type: application/json", "Accept: application/json",
		"User-Agent: Chef Client/18.10.107 (ruby-3.1.7-p261; ohai-18.2.13; x86_64-linux; +https://chef.io)",
		"X-Remote-Request-Id: " + runID, "X-Chef-Version: 18.10.107", "Connection: close",
	}}
	if token != "" {
		r.Headers = append(r.Headers, "X-Data-Collector-Token: "+token, "X-Data-Collector-Auth: version=1.0")
	}
	return r
}

// FromPuppet is what Puppet's report processor http sends to a URL that holds
// the token, if there is one, as a password.
func FromPuppet(token string, body []byte) Request {
	r := Request{Line: "POST /reports/upload", Body: body, Headers: []string{
		"Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3", "Accept: */*", "User-Agent: Puppet/8.11.0 Ruby/3.2.8-p263 (x86_64-linux)",
		"X-Puppet-Version: 8.11.0", "Content-Type: application/x-yaml",
	}}
	if token != "" {
		r.Headers = append(r.Headers, "Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("puppet:"+token)))
	}
	return r
}

// FromPuppetAgent is what a Puppet agent sends its report server.
func FromPuppetAgent(certname string, body []byte) Request {
	return Request{Line: "PUT /puppet/v3/report/" + certname + "?environment=production&", Body: body, Headers: []string{
		"Accept: application/json, application/x-msgpack, text/pson", "User-Agent: Puppet/8.11.0 Ruby/3.2.8-p263 (x86_64-linux)",
		"X-Puppet-Version: 8.11.0", "Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3", "Content-Type: application/json",
	}}
}

// ToFormat is a report for the endpoint of its format, with a token if there is one.
func ToFormat(format, token string, body []byte) Request {
	r := Request{Line: "POST /v1/reports/" + format, Headers: []string{"User-Agent: curl/8.14.1", "Accept: */*"}, Body: body}
	if token != "" {
		r.Headers = append(r.Headers, "Authorization: Bearer "+token)
	}
	return r
}

// Bytes is the request to a host as it goes over the wire.
func (r Request) Bytes(host string) []byte {
	head := append([]string{r.Line + " HTTP/1.1"}, r.Headers...)
	head = append(head, "Host: "+host, fmt.Sprintf("Content-Length: %d", len(r.Body)))
	return append([]byte(strings.Join(head, "\r\n")+"\r\n\r\n"), r.Body...)
}

// Send sends a request to an address such as "http://127.0.0.1:7342" or
// "unix:///run/converged/receive.sock" and reads the answer.
func (r Request) Send(address string) (status int, answer string, err error) {
	network, at, _ := strings.Cut(address, "://")
	host := at
	if network == "http" {
		network = "tcp"
	} else {
		host = "localhost"
	}
	conn, err := net.Dial(network, at)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(Patience)); err != nil {
		return 0, "", err
	}
	if _, err := conn.Write(r.Bytes(host)); err != nil {
		return 0, "", err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// Addresses are those at which the node's converged takes reports.
func (n *Node) Addresses() ([]string, error) {
	text, _, _, err := n.Command("status", "--format", "json")
	if err != nil {
		return nil, err
	}
	var health struct {
		Status struct {
			Receive struct {
				Addresses []string `json:"addresses"`
			} `json:"receive"`
		} `json:"status"`
	}
	err = json.Unmarshal([]byte(text), &health)
	return health.Status.Receive.Addresses, err
}
