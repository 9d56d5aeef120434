package receive

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority signs certificates, and has one for 127.0.0.1 in files.
type authority struct {
	t             *testing.T
	own           *x509.Certificate
	ownKey        *ecdsa.PrivateKey
	cert, key, ca string
	serial        int64
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	dir := t.TempDir()
	a := &authority{t: t, cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem"), ca: filepath.Join(dir, "ca.pem")}
	a.ownKey = newKey(t)
	a.own = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, a.own, a.own, a.ownKey.Public(), a.ownKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a.ca, "CERTIFICATE", der)
	a.own, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a.renew()
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func write(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// sign is a new certificate, for servers and clients, and its key.
func (a *authority) sign() (der []byte, key *ecdsa.PrivateKey) {
	a.t.Helper()
	a.serial++
	key = newKey(a.t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1000 + a.serial), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.own, key.Public(), a.ownKey)
	if err != nil {
		a.t.Fatal(err)
	}
	return der, key
}

// renew puts a new certificate into the files, and gives its serial number.
func (a *authority) renew() int64 {
	a.t.Helper()
	der, key := a.sign()
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	write(a.t, a.key, "PRIVATE KEY", keyDER)
	write(a.t, a.cert, "CERTIFICATE", der)
	return 1000 + a.serial
}

// client trusts the authority, and shows a certificate of by's, if that is not nil.
func (a *authority) client(by *authority) *tls.Config {
	a.t.Helper()
	c := &tls.Config{RootCAs: x509.NewCertPool()}
	c.RootCAs.AddCert(a.own)
	if by != nil {
		der, key := by.sign()
		c.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	}
	return c
}

func overTLS(c *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: c, ForceAttemptHTTP2: true}}
}

// gets says whether there is an answer.
func gets(c *tls.Config, base string) bool {
	a, err := overTLS(c).Get(base + "/healthz")
	if err != nil {
		return false
	}
	_ = a.Body.Close()
	return true
}

func TestTLS(t *testing.T) {
	a := newAuthority(t)
	r := start(t, Options{Cert: a.cert, Key: a.key})
	base := r.Addresses()[0]
	if !strings.HasPrefix(base, "https://127.0.0.1:") {
		t.Fatalf("listens on %s", base)
	}
	r.sendWith(overTLS(a.client(nil)), "POST", base+"/data-collector", strings.NewReader("{}")).is(t, 201)
	if p := within(t, r.posts, "Take"); p.Origin != "https://127.0.0.1/data-collector" {
		t.Errorf("the origin is %s", p.Origin)
	}
	old := a.client(nil)
	old.MaxVersion = tls.VersionTLS11
	old.MinVersion = tls.VersionTLS10
	for name, c := range map[string]*tls.Config{"TLS 1.1": old, "a certificate that nobody vouches for": {}} {
		if gets(c, base) {
			t.Errorf("%s is taken", name)
		}
	}
	plain := strings.Replace(base, "https", "http", 1)
	r.sendWith(http.DefaultClient, "POST", plain+"/data-collector", strings.NewReader("{}")).is(t, 400, "HTTPS server")
	r.none()
}

func TestMutualTLS(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	r := start(t, Options{Listen: []string{"0.0.0.0:0"}, Cert: a.cert, Key: a.key, ClientCA: a.ca})
	base := strings.Replace(r.Addresses()[0], "0.0.0.0", "127.0.0.1", 1)
	r.sendWith(overTLS(a.client(a)), "POST", base+"/data-collector", strings.NewReader("{}")).is(t, 201)
	for name, c := range map[string]*tls.Config{"no certificate": a.client(nil), "a stranger's certificate": a.client(stranger)} {
		c.MaxVersion = tls.VersionTLS12 // the refusal is part of the handshake
		if gets(c, base) {
			t.Errorf("%s is taken", name)
		}
	}
	if !strings.Contains(r.said.String(), "a connection failed") {
		t.Errorf("nothing is said of failed handshakes: %s", r.said)
	}
}

func TestMutualTLSAndAToken(t *testing.T) {
	a := newAuthority(t)
	r := start(t, Options{Cert: a.cert, Key: a.key, ClientCA: a.ca, Token: "T"})
	base := r.Addresses()[0]
	r.sendWith(overTLS(a.client(a)), "POST", base+"/data-collector", strings.NewReader("{}")).is(t, 401)
	r.sendWith(overTLS(a.client(a)), "POST", base+"/data-collector", strings.NewReader("{}"), chefHeaders...).is(t, 201)
}

// serial is that of the certificate which a new connection is shown.
func (r *rig) serial(c *tls.Config) int64 {
	r.t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(r.Addresses()[0], "https://"), c)
	if err != nil {
		r.t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestChangedCertificatesAreReadAgain(t *testing.T) {
	a := newAuthority(t)
	r := start(t, Options{Cert: a.cert, Key: a.key})
	first := r.serial(a.client(nil))
	next := a.renew()
	if got := r.serial(a.client(nil)); got != next || got == first {
		t.Errorf("serial %d after %d, want %d", got, first, next)
	}

	// A key without its certificate, as between two writes, changes nothing.
	wrong := newAuthority(t)
	text, err := os.ReadFile(wrong.key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.key, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := r.serial(a.client(nil)); got != next {
			t.Errorf("serial %d with half a pair, want %d", got, next)
		}
	}
	if log := r.said.String(); strings.Count(log, "those before are used on") != 1 || strings.Contains(log, "PRIVATE") {
		t.Errorf("said: %s", log)
	}
	if err := os.Remove(a.cert); err != nil {
		t.Fatal(err)
	}
	if got := r.serial(a.client(nil)); got != next {
		t.Errorf("serial %d without the file, want %d", got, next)
	}
	if last := a.renew(); r.serial(a.client(nil)) != last {
		t.Error("whole files are not read after broken ones")
	}
}

func TestChangedClientCAShutsOut(t *testing.T) {
	a, next := newAuthority(t), newAuthority(t)
	r := start(t, Options{Cert: a.cert, Key: a.key, ClientCA: a.ca})
	base := r.Addresses()[0]
	before, after := a.client(a), a.client(next)
	before.ClientSessionCache = tls.NewLRUClientSessionCache(1) // a session must not carry it over
	r.sendWith(overTLS(before), "GET", base+"/healthz", nil).is(t, 200)
	write(t, a.ca, "CERTIFICATE", next.own.Raw)
	r.sendWith(overTLS(after), "GET", base+"/healthz", nil).is(t, 200)
	if gets(before, base) {
		t.Error("who the authority before vouched for is taken")
	}
}

func TestClientCAWithoutACertificateInIt(t *testing.T) {
	a := newAuthority(t)
	if err := os.WriteFile(a.ca, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(Options{Listen: []string{"127.0.0.1:0"}, Formats: known, Take: nobody, Cert: a.cert, Key: a.key, ClientCA: a.ca})
	if err == nil || !strings.Contains(err.Error(), a.ca) {
		t.Errorf("%v", err)
	}
}
