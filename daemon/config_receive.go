package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/daemon/receive"
)

// ReceiveConfig is where reports are taken over HTTP, and from whom.
type ReceiveConfig struct {
	Listen      []string    `mapstructure:"listen" yaml:"listen"` // "127.0.0.1:7342", "unix:///path"; empty: nothing listens
	Token       Secret      `mapstructure:"token" yaml:"token,omitempty"`
	TokenFile   string      `mapstructure:"token_file" yaml:"token_file,omitempty"` // read again when it changes
	TLS         TLSConfig   `mapstructure:"tls" yaml:"tls"`
	MaxBytes    int64       `mapstructure:"max_bytes" yaml:"max_bytes"`       // of one report, decompressed
	MaxRequests int         `mapstructure:"max_requests" yaml:"max_requests"` // at one time
	Rate        int         `mapstructure:"rate" yaml:"rate"`                 // requests a second
	Spool       SpoolConfig `mapstructure:"spool" yaml:"spool"`               // of Chef's messages, as they came
}

// TLSConfig are the files, in PEM, of what is shown to clients and asked of them.
type TLSConfig struct {
	Cert     string `mapstructure:"cert" yaml:"cert,omitempty"`
	Key      string `mapstructure:"key" yaml:"key,omitempty"`
	ClientCA string `mapstructure:"client_ca" yaml:"client_ca,omitempty"` // who must have signed a client's certificate
}

// shortToken is how long a token is that can be guessed.
const shortToken = 16

// maxSocketPath is the longest path of a socket that every system takes, in bytes.
const maxSocketPath = 103

func (c *Config) validateReceive(wrong complaint) {
	r := c.Receive
	for i, address := range r.Listen {
		key := fmt.Sprintf("receive.listen[%d]", i)
		outside, err := reach(address)
		if slices.Contains(r.Listen[:i], address) {
			wrong(key, "%q stands twice", address)
		}
		switch {
		case err != nil:
			wrong(key, "%q %v; expected such as 127.0.0.1:7342 or unix:///run/converged/receive.sock", address, err)
		case outside && r.Token == "" && r.TokenFile == "" && r.TLS.ClientCA == "":
			wrong(key, "%q can be reached from other machines, and whoever can would tell of runs in this node's name; expected receive.token, receive.token_file or receive.tls.client_ca, or an address of this machine alone, such as 127.0.0.1:7342", address)
		case outside && r.TLS.Cert == "":
			c.warn(key, "reports and the token travel in clear from other machines; receive.tls.cert and receive.tls.key encrypt them")
		}
	}
	c.validateToken(wrong)
	r.TLS.validate(wrong)
	r.validateLimits(wrong)
	r.Spool.validate("receive.spool", wrong)
}

// reach says whether others than this machine reach an address.
func reach(address string) (outside bool, err error) {
	if path, is := strings.CutPrefix(address, "unix://"); is {
		if !filepath.IsAbs(path) || strings.ContainsRune(path, 0) || len(path) > maxSocketPath {
			return false, fmt.Errorf("names no socket by an absolute path of at most %d bytes", maxSocketPath)
		}
		return false, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false, errors.New("is no address and port")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return false, errors.New("has no port between 0 and 65535")
	}
	if host == "localhost" {
		return false, nil
	}
	ip, _ := netip.ParseAddr(host) // a name may be anybody's
	return !ip.IsLoopback(), nil
}

func (c *Config) validateToken(wrong complaint) {
	r := c.Receive
	switch {
	case r.Token != "" && r.TokenFile != "":
		wrong("receive.token", "stands beside token_file; expected one of them")
	case r.TokenFile != "" && !filepath.IsAbs(r.TokenFile):
		wrong("receive.token_file", "not an absolute path") // it may be the token itself
	case r.Token == mask:
		c.warn("receive.token", "is the mask that 'converged config show' prints, not a token")
	case r.Token != "" && len(r.Token) < shortToken:
		c.warn("receive.token", fmt.Sprintf("has fewer than %d characters and can be guessed", shortToken))
	}
	if r.Token != "" {
		if _, err := checkedKey(r.Token.Reveal()); err != nil {
			wrong("receive.token", "%v", err)
		}
	}
	c.warnOfReaders("receive.token_file", r.TokenFile)
	c.warnOfReaders("receive.tls.key", r.TLS.Key)
}

func (t TLSConfig) validate(wrong complaint) {
	for _, file := range []struct{ key, path string }{{"cert", t.Cert}, {"key", t.Key}, {"client_ca", t.ClientCA}} {
		if file.path != "" && !filepath.IsAbs(file.path) {
			wrong("receive.tls."+file.key, "%q is not an absolute path", file.path)
		}
	}
	if (t.Cert == "") != (t.Key == "") {
		wrong("receive.tls", "cert and key go together; expected both or none")
	}
	if t.ClientCA != "" && t.Cert == "" {
		wrong("receive.tls.client_ca", "stands without cert and key: nobody is asked for a certificate without TLS")
	}
}

func (r ReceiveConfig) validateLimits(wrong complaint) {
	for _, n := range []struct {
		key                string
		value, least, most int64
	}{
		{"max_bytes", r.MaxBytes, 64 << 10, maxReport},
		{"max_requests", int64(r.MaxRequests), 1, 1_000},
		{"rate", int64(r.Rate), 1, 100_000},
	} {
		if n.value < n.least || n.value > n.most {
			wrong("receive."+n.key, "%d is not between %d and %d", n.value, n.least, n.most)
		}
	}
}

// token is the token as it is now, "" if none is demanded.
func (r ReceiveConfig) token() (Secret, error) {
	switch {
	case r.Token != "":
		return checkedKey(r.Token.Reveal())
	case r.TokenFile != "":
		return readKey(r.TokenFile)
	}
	return "", nil
}

// tokenNow tells the token whenever it is asked, given the one of the start; it is
// nil if it does not change.
func (r ReceiveConfig) tokenNow(first Secret, log *slog.Logger) func() string {
	if r.TokenFile == "" {
		return nil
	}
	f := &tokenFile{path: r.TokenFile, log: log, token: first, fresh: true}
	return f.now
}

// checkToken says whether the token can be had; a file may be for the daemon's
// eyes alone.
func (c *Config) checkToken() error {
	if len(c.Receive.Listen) == 0 {
		return nil
	}
	token, err := c.Receive.token()
	switch {
	case err == nil && c.Receive.TokenFile != "" && len(token) < shortToken:
		c.warn("receive.token_file", fmt.Sprintf("holds fewer than %d characters, which can be guessed", shortToken))
	case errors.Is(err, fs.ErrPermission):
		c.warn("receive.token_file", hush(err.Error())+"; the daemon must be able to read it")
	case err != nil:
		return fmt.Errorf("%s: receive.token_file: %w", c.file, hushed{err})
	}
	return nil
}

// checkCertificates says whether TLS can be made of the files, likewise.
func (c *Config) checkCertificates() error {
	if len(c.Receive.Listen) == 0 {
		return nil
	}
	t := c.Receive.TLS
	err := receive.CheckCertificates(t.Cert, t.Key, t.ClientCA)
	switch {
	case errors.Is(err, fs.ErrPermission):
		c.warn("receive.tls", hush(err.Error())+"; the daemon must be able to read it")
	case err != nil:
		return fmt.Errorf("%s: receive.tls: %w", c.file, hushed{err})
	}
	return nil
}
