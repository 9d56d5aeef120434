package datadog

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhereToSend(t *testing.T) {
	for _, c := range []struct{ site, url, want string }{
		{"", "", "https://api.datadoghq.com"},
		{"datadoghq.eu", "", "https://api.datadoghq.eu"},
		{"US5.DatadogHQ.com", "", "https://api.us5.datadoghq.com"},
		{"us2.ddog-gov.com", "", "https://api.us2.ddog-gov.com"},
		{"datadoghq.eu", "https://gateway.example:8443/datadog/", "https://gateway.example:8443/datadog"},
		{"", "http://127.0.0.1:8126", "http://127.0.0.1:8126"},
		{"", "http://[::1]:8126", "http://[::1]:8126"},
	} {
		u, err := baseURL(c.site, c.url)
		if err != nil || u.String() != c.want {
			t.Errorf("%q %q: got %v, %v, want %s", c.site, c.url, u, err, c.want)
		}
	}
}

func TestBadOptions(t *testing.T) {
	keys := func() (Keys, error) { return Keys{API: apiKey}, nil }
	for _, c := range []struct {
		names   string
		options Options
	}{
		{"keys", Options{}},
		{"site", Options{Keys: keys, Site: apiKey}},
		{"site", Options{Keys: keys, Site: "https://datadoghq.eu"}},
		{"site", Options{Keys: keys, Site: "datadoghq.eu/" + apiKey}},
		{"site", Options{Keys: keys, Site: "app.datadoghq.eu"}},
		{"site", Options{Keys: keys, Site: "api.datadoghq.eu"}},
		{"site", Options{Keys: keys, Site: "evil.example#.datadoghq.eu"}},
		{"site", Options{Keys: keys, Site: "a@b.datadoghq.eu"}},
		{"site", Options{Keys: keys, Site: "datadoghq..eu"}},
		{"url", Options{Keys: keys, URL: apiKey}},
		{"url", Options{Keys: keys, URL: "https://"}},
		{"url", Options{Keys: keys, URL: "ftp://gateway.example"}},
		{"url", Options{Keys: keys, URL: "https://x:" + apiKey + "@gateway.example"}},
		{"url", Options{Keys: keys, URL: "https://gateway.example/?api_key=" + apiKey}},
		{"url", Options{Keys: keys, URL: "https://gateway.example/#" + apiKey}},
		{"url", Options{Keys: keys, URL: "https://gateway.example:" + apiKey}},
		{"proxy", Options{Keys: keys, Proxy: "proxy.example:3128"}},
		{"proxy", Options{Keys: keys, Proxy: "http://user:" + apiKey + "x@y@:z"}},
		{"proxy", Options{Keys: keys, Proxy: "ftp://proxy.example"}},
	} {
		_, err := New(c.options)
		if err == nil || !strings.HasPrefix(err.Error(), "datadog: "+c.names+": expected ") {
			t.Errorf("got %v, want what is expected of %s", err, c.names)
		}
		if err != nil && strings.Contains(err.Error(), apiKey) {
			t.Errorf("a key is in %v", err)
		}
	}
}

func TestAGatewayWithAPath(t *testing.T) {
	rc, server := newReceiver(t, nil)
	if err := start(t, server.URL+"/datadog/", nil).Report(t.Context(), run("r1")); err != nil {
		t.Fatal(err)
	}
	if got := rc.requests()[0].target; got != "/datadog/api/v2/series" {
		t.Errorf("got %s", got)
	}
}

func TestClearTextIsSaid(t *testing.T) {
	for url, want := range map[string]bool{"http://gateway.example": true, "http://127.0.0.1:1": false, "http://localhost:1": false, "https://gateway.example": false} {
		var said log
		start(t, url, func(o *Options) { o.Log = said.logger() })
		if got := strings.Contains(said.String(), "in the clear"); got != want {
			t.Errorf("%s: said %t, want %t", url, got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	for want, answers := range map[string][]func(w http.ResponseWriter, q request){
		"delivered": {accept, said(200, `{"valid":true}`), said(200, `garbage`), said(200, `{}`)},
		"held":      {status(403), status(401), status(404), status(302), said(200, `{"valid":false}`)},
		"again":     {status(500), status(503), status(408)},
		"refused":   {status(400)},
	} {
		for _, answer := range answers {
			rc, server := newReceiver(t, answer)
			if err := start(t, server.URL, nil).Validate(t.Context()); means(err) != want {
				t.Errorf("got %s: %v, want %s", means(err), err, want)
			}
			q := rc.requests()[0]
			if q.method != "GET" || q.target != "/api/v1/validate" || q.header.Get("DD-API-KEY") != apiKey || q.body != "" {
				t.Errorf("got %+v", q)
			}
		}
	}
}

func said(code int, body string) func(w http.ResponseWriter, q request) {
	return func(w http.ResponseWriter, _ request) {
		w.WriteHeader(code)
		w.Write([]byte(body))
	}
}
