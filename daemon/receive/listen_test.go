package receive

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func nobody(context.Context, Post) ([]string, error) { return nil, nil }

// names stands in for DNS and /etc/hosts.
func names(all map[string][]string) lookup {
	return func(_ context.Context, _, host string) ([]netip.Addr, error) {
		if ip, err := netip.ParseAddr(host); err == nil {
			return []netip.Addr{ip}, nil
		}
		var found []netip.Addr
		for _, a := range all[host] {
			found = append(found, netip.MustParseAddr(a))
		}
		if found == nil {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return found, nil
	}
}

var hosts = map[string][]string{
	"here": {"127.0.0.1"}, "mapped": {"::ffff:127.0.0.1"}, "outside": {"192.0.2.7"},
	"both": {"127.0.0.1", "192.0.2.7"}, "twice": {"127.0.0.1", "::ffff:127.0.0.1"},
}

func TestExposedWithoutAGuard(t *testing.T) {
	for _, address := range []string{
		":0", "0.0.0.0:0", "[::]:0", "*:0", "192.0.2.7:0", "outside:0", "both:0", "[2001:db8::1]:0", "[::ffff:192.0.2.7]:0", "[fe80::1]:0",
	} {
		s, err := Open(Options{Listen: []string{"127.0.0.1:0", address}, Formats: known, Take: nobody, lookup: names(hosts)})
		if !errors.Is(err, ErrExposed) {
			t.Errorf("%s: %v", address, err)
		}
		if s != nil {
			_ = s.Close()
			continue
		}
		for _, words := range []string{address, "set a token", "client CA", "127.0.0.1"} {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v says nothing of %s", address, err, words)
			}
		}
	}
}

func TestCertificateAloneIsNoGuard(t *testing.T) {
	a := newAuthority(t)
	_, err := Open(Options{Listen: []string{":0"}, Formats: known, Take: nobody, Cert: a.cert, Key: a.key})
	if !errors.Is(err, ErrExposed) {
		t.Errorf("%v", err)
	}
}

func TestLoopbackNeedsNoGuard(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "127.1.2.3:0", "here:0", "mapped:0", "twice:0"} {
		r := start(t, Options{Listen: []string{address}, lookup: names(hosts)})
		all := r.Addresses()
		if len(all) != 1 || !strings.HasPrefix(all[0], "http://127.") || strings.HasSuffix(all[0], ":0") {
			t.Errorf("%s: listens on %v", address, all)
		}
		r.send("GET", "/healthz", nil).is(t, 200)
	}
}

func TestAddressesOfANameThatThisMachineDoesNotHave(t *testing.T) {
	r := start(t, Options{Listen: []string{"both:0"}, Token: "T", lookup: names(hosts)})
	if all := r.Addresses(); len(all) != 1 || !strings.HasPrefix(all[0], "http://127.0.0.1:") {
		t.Errorf("listens on %v", all)
	}
	if _, err := Open(Options{Listen: []string{"outside:0"}, Formats: known, Take: nobody, Token: "T", lookup: names(hosts)}); err == nil {
		t.Error("listens on an address of another machine")
	}
}

func TestGuardedOutside(t *testing.T) {
	r := start(t, Options{Listen: []string{":0"}, Token: "T"})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.Addresses()[0], "http://"))
	plain := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r.sendWith(plain, "POST", "http://127.0.0.1:"+port+"/data-collector", strings.NewReader("{}"), chefHeaders...).is(t, 201)
	if p := within(t, r.posts, "Take"); p.Origin != "http://127.0.0.1/data-collector" {
		t.Errorf("the origin of IPv4 on every address is %s", p.Origin)
	}
}

func TestSixIsInBrackets(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no ::1")
	}
	_ = l.Close()
	r := start(t, Options{Listen: []string{"[::1]:0"}})
	r.send("POST", "/data-collector", strings.NewReader("{}")).is(t, 201)
	if p := within(t, r.posts, "Take"); p.Origin != "http://[::1]/data-collector" {
		t.Errorf("the origin is %s", p.Origin)
	}
}

func TestAddressesThatMakeNoSense(t *testing.T) {
	for address, words := range map[string]string{
		"7342": "host:port", "127.0.0.1": "host:port", "127.0.0.1:http": "no number", "127.0.0.1:70000": "65535", "127.0.0.1:-1": "no number",
		"nowhere:1": "no such host", "unix:run.sock": "must be absolute", "unix://run.sock": "must be absolute", "": "host:port",
		"unix://" + "/" + strings.Repeat("a", 120): "107 bytes",
	} {
		_, err := Open(Options{Listen: []string{address}, Formats: known, Take: nobody, lookup: names(hosts)})
		if err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), "listening on "+address) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAddressInUseLetsGoOfTheOthers(t *testing.T) {
	r := start(t, Options{})
	taken := strings.TrimPrefix(r.Addresses()[0], "http://")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	first := free.Addr().String()
	_ = free.Close()
	_, err = Open(Options{Listen: []string{first, taken}, Formats: known, Take: nobody})
	if err == nil || !strings.Contains(err.Error(), taken) {
		t.Errorf("%v", err)
	}
	again, err := net.Listen("tcp", first)
	if err != nil {
		t.Fatalf("the first address was not let go of: %v", err)
	}
	_ = again.Close()
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	right := Options{Listen: []string{"127.0.0.1:0"}, Formats: known, Take: nobody}
	for name, change := range map[string]func(*Options){
		"nowhere":           func(o *Options) { o.Listen = nil },
		"nobody":            func(o *Options) { o.Take = nil },
		"nothing":           func(o *Options) { o.Formats = nil },
		"cert without key":  func(o *Options) { o.Cert = "cert.pem" },
		"key without cert":  func(o *Options) { o.Key = "key.pem" },
		"CA without cert":   func(o *Options) { o.ClientCA = "ca.pem" },
		"files not there":   func(o *Options) { o.Cert, o.Key = "no-cert.pem", "no-key.pem" },
		"negative size":     func(o *Options) { o.MaxBytes = -1 },
		"negative requests": func(o *Options) { o.MaxRequests = -1 },
	} {
		o := right
		change(&o)
		if s, err := Open(o); err == nil {
			_ = s.Close()
			t.Errorf("%s: opened", name)
		}
	}
}
