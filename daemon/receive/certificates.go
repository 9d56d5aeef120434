package receive

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
)

// certificates are the files that TLS is made of. They are looked at once a
// handshake, and read when they have changed.
type certificates struct {
	cert, key, ca string
	say           *say
	mu            sync.Mutex
	seen          [3]os.FileInfo // nil: not there
	config        *tls.Config
}

// openCertificates is nil without certificates.
func openCertificates(o Options, s *say) (*tls.Config, error) {
	if o.Cert == "" {
		return nil, nil
	}
	c := &certificates{cert: o.Cert, key: o.Key, ca: o.ClientCA, say: s}
	c.seen = c.look()
	config, err := c.load()
	if err != nil {
		return nil, err
	}
	c.config = config
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.current(), nil },
	}, nil
}

// CheckCertificates says why TLS cannot be made of these files, as Options name
// them; nil without a certificate.
func CheckCertificates(cert, key, clientCA string) error {
	if cert == "" {
		return nil
	}
	_, err := (&certificates{cert: cert, key: key, ca: clientCA}).load()
	return err
}

// current is what the files say now, or what they said when they could last be read.
func (c *certificates) current() *tls.Config {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.look()
	if same(now, c.seen) {
		return c.config
	}
	c.seen = now
	config, err := c.load()
	if err != nil {
		c.say.error("certificates", "changed certificates cannot be used; those before are used on", "error", clean(err.Error()))
		return c.config
	}
	c.say.log.Info("certificates were read again", "certificate", c.cert)
	c.config = config
	return config
}

func (c *certificates) load() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate %s and its key %s: %w", c.cert, c.key, err)
	}
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"},
		SessionTicketsDisabled: true, // a session would outlive the authority that vouched for it
	}
	if c.ca == "" {
		return config, nil
	}
	text, err := os.ReadFile(c.ca)
	if err != nil {
		return nil, fmt.Errorf("reading the client CA: %w", err)
	}
	config.ClientCAs = x509.NewCertPool()
	config.ClientAuth = tls.RequireAndVerifyClientCert
	if !config.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("reading the client CA %s: %w", c.ca, errors.New("it holds no certificate in PEM"))
	}
	return config, nil
}

// look is taken before reading: what changes meanwhile is seen the next time.
func (c *certificates) look() (all [3]os.FileInfo) {
	for i, path := range []string{c.cert, c.key, c.ca} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil {
			all[i] = info
		}
	}
	return all
}

func same(a, b [3]os.FileInfo) bool {
	for i := range a {
		switch {
		case a[i] == nil && b[i] == nil:
		case a[i] == nil || b[i] == nil || !os.SameFile(a[i], b[i]),
			!a[i].ModTime().Equal(b[i].ModTime()), a[i].Size() != b[i].Size():
			return false
		}
	}
	return true
}
