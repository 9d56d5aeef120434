package datadog

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"
)

// maxIdle is how long a connection may lie idle: long enough for the requests of
// one run, short enough that a hundred thousand nodes keep none open.
const maxIdle = 45 * time.Second

// maxAnswer is how many bytes of an answer are read, and of its headers.
const maxAnswer = 64 << 10

func newTransport(o Options) (*http.Transport, error) {
	trust, err := newTrust(o)
	if err != nil {
		return nil, err
	}
	proxy := http.ProxyFromEnvironment
	if o.Proxy != "" {
		u, err := proxyURL(o.Proxy)
		if err != nil {
			return nil, err
		}
		proxy = http.ProxyURL(u)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            o.Dial,
		TLSClientConfig:        trust,
		TLSHandshakeTimeout:    o.Timeout,
		ResponseHeaderTimeout:  o.Timeout,
		IdleConnTimeout:        maxIdle,
		MaxIdleConnsPerHost:    1,
		MaxResponseHeaderBytes: maxAnswer,
		DisableCompression:     true, // an answer is some 20 bytes
		// One request at a time gains nothing from HTTP/2, and would stay on a
		// connection that hangs; with HTTP/1.1 each failure ends its connection.
		Protocols: protocols,
	}, nil
}

func newTrust(o Options) (*tls.Config, error) {
	trust := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: o.SkipTLSVerification, //nolint:gosec // asked for by name, and said loudly at each start
	}
	if o.CAFile == "" {
		return trust, nil
	}
	text, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // a machine without certificates of its own
	}
	if !roots.AppendCertsFromPEM(text) {
		return nil, errors.New("ca_file: expected certificates in PEM (-----BEGIN CERTIFICATE-----), found none in " + o.CAFile)
	}
	trust.RootCAs = roots
	return trust, nil
}
