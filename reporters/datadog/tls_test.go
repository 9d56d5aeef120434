package datadog

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	stdlog "log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// secure starts a receiver with a certificate of its own, valid until a time.
func secure(t *testing.T, until time.Time, version uint16) (rc *receiver, url, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: until.Add(-24 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	rc = &receiver{t: t, answer: accept}
	server := httptest.NewUnstartedServer(rc)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS10, MaxVersion: version}
	server.StartTLS()
	t.Cleanup(server.Close)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(caFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return rc, server.URL, caFile
}

func TestACertificateOfNobodyKnown(t *testing.T) {
	rc, url, caFile := secure(t, time.Now().Add(time.Hour), 0)
	err := start(t, url, nil).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %s: %v", means(err), err)
	}
	if n := len(rc.requests()); n != 0 {
		t.Fatalf("%d requests reached a server that nobody vouches for", n)
	}
	if err := start(t, url, func(o *Options) { o.CAFile = caFile }).Report(t.Context(), run("r1")); err != nil {
		t.Errorf("with the CA file: %v", err)
	}
}

func TestAnExpiredCertificate(t *testing.T) {
	rc, url, caFile := secure(t, time.Now().Add(-time.Hour), 0)
	err := start(t, url, func(o *Options) { o.CAFile = caFile }).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "expired") || len(rc.requests()) != 0 {
		t.Errorf("got %s: %v, %d requests", means(err), err, len(rc.requests()))
	}
}

func TestSkippingVerificationIsSaidLoudly(t *testing.T) {
	_, url, _ := secure(t, time.Now().Add(-time.Hour), 0)
	var said log
	r := start(t, url, func(o *Options) { o.SkipTLSVerification, o.Log = true, said.logger() })
	if !strings.Contains(said.String(), "level=WARN") || !strings.Contains(said.String(), "skip_tls_verification") {
		t.Errorf("New said %q", said.String())
	}
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Error(err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	rc, url, caFile := secure(t, time.Now().Add(time.Hour), tls.VersionTLS11)
	if err := start(t, url, func(o *Options) { o.CAFile = caFile }).Report(t.Context(), run("r1")); means(err) != "again" || len(rc.requests()) != 0 {
		t.Errorf("got %s: %v, %d requests", means(err), err, len(rc.requests()))
	}
}

// The receiver offers HTTP/2, over which what comes after a request that hangs
// would go over the same connection.
func TestAConnectionThatHangsIsLeft(t *testing.T) {
	rc, url, caFile := secure(t, time.Now().Add(time.Hour), 0)
	var first atomic.Bool
	hang := make(chan struct{})
	rc.answer = func(w http.ResponseWriter, q request) {
		if first.CompareAndSwap(false, true) {
			<-hang
		}
		accept(w, q)
	}
	t.Cleanup(func() { close(hang) })
	r := start(t, url, func(o *Options) { o.CAFile, o.Timeout = caFile, time.Second })
	for !first.Load() { // a stall may end it before the request is there
		if err := r.Report(t.Context(), run("r1")); means(err) != "again" {
			t.Fatalf("got %v", err)
		}
	}
	r.timeout = time.Minute
	r.client.Transport.(*http.Transport).ResponseHeaderTimeout = time.Minute
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Fatal(err)
	}
	got := rc.requests()
	if got[0].from == got[1].from || got[1].from != got[2].from || got[2].from != got[3].from {
		t.Errorf("connections from %s, %s, %s, %s: want one that is left and one that is kept", got[0].from, got[1].from, got[2].from, got[3].from)
	}
}

func TestACAFileStandsBesideTheSystems(t *testing.T) {
	_, _, caFile := secure(t, time.Now().Add(time.Hour), 0)
	want, err := x509.SystemCertPool()
	if err != nil {
		t.Skip("this system has no certificates: ", err)
	}
	text, err := os.ReadFile(caFile)
	if err != nil {
		t.Fatal(err)
	}
	want.AppendCertsFromPEM(text)
	trust, err := newTrust(Options{CAFile: caFile})
	if err != nil || !trust.RootCAs.Equal(want) {
		t.Errorf("got %v, %v, want the system's and that of the file", trust, err)
	}
}

func TestBadCAFiles(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, filepath.Join(t.TempDir(), "absent.pem")} {
		_, err := New(Options{Keys: func() (Keys, error) { return Keys{}, nil }, CAFile: file})
		if err == nil || !strings.Contains(err.Error(), "ca_file") || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v", file, err)
		}
	}
}
