package receive

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

func basic(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestToken(t *testing.T) {
	r := start(t, Options{Token: "correct-horse"})
	for _, c := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"none", nil, 401},
		{"bearer", []string{"Authorization: Bearer correct-horse"}, 202},
		{"bearer in another case", []string{"Authorization: bearer correct-horse"}, 202},
		{"collector", []string{"X-Data-Collector-Token: correct-horse", "X-Data-Collector-Auth: version=1.0"}, 202},
		{"basic", []string{basic("puppet", "correct-horse")}, 202},
		{"basic without a user", []string{basic("", "correct-horse")}, 202},
		{"the right one of two ways", []string{basic("puppet", "wrong"), "X-Data-Collector-Token: correct-horse"}, 202},
		{"wrong", []string{"Authorization: Bearer correct-hors"}, 401},
		{"longer", []string{"Authorization: Bearer correct-horse1"}, 401},
		{"another case", []string{"X-Data-Collector-Token: Correct-Horse"}, 401},
		{"empty bearer", []string{"Authorization: Bearer "}, 401},
		{"empty collector", []string{"X-Data-Collector-Token: "}, 401},
		{"as the user", []string{basic("correct-horse", "")}, 401},
		{"user and password", []string{basic("correct", "horse")}, 401},
		{"no base64", []string{"Authorization: Basic correct-horse"}, 401},
		{"another scheme", []string{"Authorization: Digest correct-horse"}, 401},
		{"no scheme", []string{"Authorization: correct-horse"}, 401},
		{"signed", []string{"X-Ops-Sign: algorithm=sha1;version=1.1;", "X-Ops-Userid: web1"}, 401},
	} {
		a := r.send("POST", "/v1/reports/salt-return", strings.NewReader(c.name), c.headers...)
		if a.status != c.status {
			t.Errorf("%s: told %d, want %d", c.name, a.status, c.status)
		}
		if c.status == http.StatusUnauthorized {
			if a.header.Get("WWW-Authenticate") == "" || strings.Contains(a.body, "horse") {
				t.Errorf("%s: told %v %s", c.name, a.header, a.body)
			}
			continue
		}
		if p := within(t, r.posts, "Take"); string(p.Body) != c.name {
			t.Errorf("%s: took %q", c.name, p.Body)
		}
	}
	r.none()
	if strings.Contains(r.said.String(), "horse") {
		t.Errorf("the log tells the token: %s", r.said)
	}
}

// What is there is not told to who may not know, and a wrong token tells nothing else.
func TestWithoutATokenEveryPathIsTheSame(t *testing.T) {
	r := start(t, Options{Token: "T"})
	var bodies []string
	for _, c := range []struct{ method, path string }{
		{"POST", "/data-collector"}, {"GET", "/data-collector"}, {"PUT", "/puppet/v3/report/web1"}, {"POST", "/v1/reports/unknown"},
		{"GET", "/nothing"}, {"POST", "/%00/.."}, {"POST", "/reports/upload"},
	} {
		a := r.send(c.method, c.path, strings.NewReader("x"))
		a.is(t, 401)
		bodies = append(bodies, a.body)
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("told %q and %q", bodies[0], b)
		}
	}
	r.refusals(map[string]int64{"unauthorized": 7})
}

func TestWithoutATokenSetSignedHeadersAreIgnored(t *testing.T) {
	r := start(t, Options{})
	r.send("POST", "/data-collector", strings.NewReader("{}"), "X-Ops-Sign: version=1.3", "Authorization: Bearer whatever").is(t, 201)
}

func TestTokenThatNoHeaderCanBring(t *testing.T) {
	for _, bad := range []string{"two words", "line\nbreak", "naïve", "tab\t"} {
		_, err := Open(Options{Listen: []string{"127.0.0.1:0"}, Formats: known, Take: nobody, Token: bad})
		if err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A page in a browser on this machine must not reach a loopback address, also by
// a name of its own that leads there.
func TestWebPagesAreRefused(t *testing.T) {
	r := start(t, Options{})
	for _, h := range []string{"Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-origin"} {
		r.send("POST", "/data-collector", strings.NewReader("{}"), h).is(t, 403)
	}
	r.none()
	r.refusals(map[string]int64{"browser": 4})
}
