package receive

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func socket(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "receive") // t.TempDir is too long for a socket at times
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "receive.sock")
}

func (r *rig) overUnix(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
}

func TestUnixSocket(t *testing.T) {
	path := socket(t)
	for _, umask := range []int{0, 0o077} {
		old := syscall.Umask(umask)
		r := start(t, Options{Listen: []string{"unix://" + path}})
		syscall.Umask(old)
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Perm() != 0o660 {
			t.Fatalf("umask %o: %v %v", umask, info.Mode(), err)
		}
		if got := r.Addresses()[0]; got != "unix://"+path {
			t.Errorf("the address is %s", got)
		}
		r.sendWith(r.overUnix(path), "POST", "http://any/v1/reports/puppet-report", strings.NewReader("--- x")).is(t, 202)
		if p := within(t, r.posts, "Take"); p.Origin != "unix:/v1/reports/puppet-report" {
			t.Errorf("the origin is %s", p.Origin)
		}
		if err := r.end(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("the socket is still there: %v", err)
		}
	}
}

func TestUnixSocketDemandsTheToken(t *testing.T) {
	path := socket(t)
	r := start(t, Options{Listen: []string{"unix:" + path}, Token: "T"})
	r.sendWith(r.overUnix(path), "POST", "http://any/data-collector", strings.NewReader("{}")).is(t, 401)
	r.sendWith(r.overUnix(path), "POST", "http://any/data-collector", strings.NewReader("{}"), chefHeaders...).is(t, 201)
	if strings.Contains(r.said.String(), "unix") == strings.Contains(r.said.String(), "127.0.0.1") {
		t.Errorf("who was refused? %s", r.said)
	}
}

// left makes a socket file as a killed process leaves it.
func left(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := socket(t)
	left(t, path)
	r := start(t, Options{Listen: []string{"unix://" + path}})
	r.sendWith(r.overUnix(path), "GET", "http://any/healthz", nil).is(t, 200)
}

func TestWhatIsNotStaleStays(t *testing.T) {
	path := socket(t)
	open := func() error {
		s, err := Open(Options{Listen: []string{"unix://" + path}, Formats: known, Take: nobody})
		if err == nil {
			_ = s.Close()
		}
		return err
	}
	refused := func(words string) {
		t.Helper()
		if err := open(); err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %s", err, words)
		}
	}
	r := start(t, Options{Listen: []string{"unix://" + path}})
	refused("another process answers there")
	r.sendWith(r.overUnix(path), "GET", "http://any/healthz", nil).is(t, 200)
	_ = r.end()

	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("something else than a socket")
	if text, err := os.ReadFile(path); string(text) != "precious" {
		t.Errorf("%q %v", text, err)
	}
	_ = os.Remove(path)

	left(t, path+".other")
	if err := os.Symlink(path+".other", path); err != nil {
		t.Fatal(err)
	}
	refused("something else than a socket")
	_ = os.Remove(path)

	path = filepath.Join(path, "no", "such.sock")
	refused("no such")
}

// A daemon that ends late must not take away the socket of the one after it.
func TestSocketOfAnotherIsNotRemoved(t *testing.T) {
	path := socket(t)
	first := start(t, Options{Listen: []string{"unix://" + path}})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	second := start(t, Options{Listen: []string{"unix://" + path}})
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	second.sendWith(second.overUnix(path), "GET", "http://any/healthz", nil).is(t, 200)
}

func TestCloseWithoutRunLetsGo(t *testing.T) {
	path := socket(t)
	s, err := Open(Options{Listen: []string{"unix://" + path, "127.0.0.1:0"}, Formats: known, Take: nobody})
	if err != nil {
		t.Fatal(err)
	}
	tcp := strings.TrimPrefix(s.Addresses()[1], "http://")
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	l, err := net.Listen("tcp", tcp)
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := s.Run(t.Context()); err == nil {
		t.Error("runs after Close")
	}
}
