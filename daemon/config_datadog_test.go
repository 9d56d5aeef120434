package daemon

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// withReporter is a configuration of one reporter of type datadog with these
// further lines.
func withReporter(lines ...string) string {
	return "reporters:\n  - type: datadog\n    " + strings.Join(lines, "\n    ") + "\n"
}

// loaded is what a configuration says, its keys checked.
func loaded(file string) (Config, error) {
	c, err := LoadConfig(file)
	if err == nil {
		err = c.CheckKeys()
	}
	return c, err
}

// alone takes the machine's own account out of the environment.
func alone(t *testing.T) {
	t.Helper()
	for _, name := range []string{"DD_API_KEY", "DD_APP_KEY", "DD_SITE", "CREDENTIALS_DIRECTORY"} {
		t.Setenv(name, "")
	}
}

func TestAnAccountIsRead(t *testing.T) {
	alone(t)
	c, err := LoadConfig(write(t, withReporter("site: datadoghq.eu", "api_key: k1", "timeout: 7s", "max_age: {events: 2h}",
		"extra_endpoints:", "  - {url: 'https://intake.example.org:8443/dd', api_key: k2}", "  - {site: datadoghq.eu, api_key: k3, name: audit}")))
	if err != nil {
		t.Fatal(err)
	}
	r := c.Reporters[0]
	var names []string
	for _, a := range r.Accounts() {
		names = append(names, a.Name)
	}
	if got, want := strings.Join(names, " "), "datadog-datadoghq.eu datadog-intake.example.org_8443 audit"; got != want {
		t.Errorf("the accounts are called %s, want %s", got, want)
	}
	if r.Timeout != 7*time.Second || r.MaxAge.Events != 2*time.Hour || r.ExtraEndpoints[1].APIKey.Reveal() != "k3" {
		t.Errorf("%+v", r)
	}
}

func TestAnAccountsNameFollowsItsPlace(t *testing.T) {
	alone(t)
	names := func(first, second string) map[string]string {
		c, err := LoadConfig(write(t, withReporter("site: "+first, "api_key: k", "extra_endpoints: [{site: "+second+", api_key: k}]")))
		if err != nil {
			t.Fatal(err)
		}
		places := map[string]string{}
		for _, a := range c.Reporters[0].Accounts() {
			places[a.Site] = a.Name
		}
		return places
	}
	one, other := names("datadoghq.eu", "datadoghq.com"), names("datadoghq.com", "datadoghq.eu")
	for site, name := range one {
		if other[site] != name {
			t.Errorf("the spool of %s is %s, and %s when the accounts change places", site, name, other[site])
		}
	}
}

func TestWrongReporters(t *testing.T) {
	alone(t)
	noPEM, certificate := certificates(t)
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":            {withReporter("sight: datadoghq.eu"), `unknown key "reporters[0].sight"; did you mean "reporters[0].site"?`},
		"unknown key of an age":  {withReporter("max_age: {event: 1h}"), `unknown key "reporters[0].max_age.event"; did you mean "reporters[0].max_age.events"?`},
		"unknown key of another": {withReporter("extra_endpoints: [{api_kee: a}]"), `unknown key "reporters[0].extra_endpoints[0].api_kee"; did you mean "reporters[0].extra_endpoints[0].api_key"?`},
		"not a duration":         {withReporter("max_age: {events: old}"), `reporters[0].max_age.events: expected a duration such as 15s, found "old"`},
		"a key of digits":        {withReporter("api_key: 12345678901234567890123456789012"), "reporters[0].api_key: expected text; write it in quotes, found something else"},
		"unknown site":           {withReporter("site: datadoghq.eo", "api_key: k"), `reporters[0].site: "datadoghq.eo" is no site of Datadog's; did you mean "datadoghq.eu"? Another receiver is named by url`},
		"a proxy with more":      {withReporter("proxy: 'http://proxy:1/?password=secret'"), "reporters[0].proxy: holds more than user, host and port"},
		"a page":                 {withReporter("site: https://app.datadoghq.eu/", "api_key: k"), `did you mean "datadoghq.eu"?`},
		"the usual page":         {withReporter("site: app.datadoghq.com", "api_key: k"), `did you mean "datadoghq.com"?`},
		"half a site":            {withReporter("site: us5", "api_key: k"), `did you mean "us5.datadoghq.com"?`},
		"no key":                 {withReporter("site: datadoghq.eu"), "reporters[0].api_key: no API key: expected api_key_file, api_key, the systemd credential dd_api_key, or the variable DD_API_KEY"},
		"key and file":           {withReporter("api_key: k", "api_key_file: /k"), "reporters[0].api_key: stands beside api_key_file"},
		"relative file":          {withReporter("api_key_file: CANARY"), "reporters[0].api_key_file: not an absolute path"},
		"a key with a blank":     {withReporter("api_key: 'CANARY key'"), "reporters[0]: reading the API key: the character at 7 of the key is a blank"},
		"an assignment":          {withReporter("api_key: DD_API_KEY=CANARY"), "reporters[0]: reading the API key: a name or a quotation mark stands with the key"},
		"a scheme":               {withReporter("url: ftp://a", "api_key: k"), "reporters[0].url: not an address such as https://"},
		"no host":                {withReporter("url: 'https://'", "api_key: k"), "reporters[0].url: not an address"},
		"a user in the address":  {withReporter("url: https://CANARY@a", "api_key: k"), "reporters[0].url: holds a user name"},
		"a key in the address":   {withReporter("url: 'https://a/?api_key=CANARY'", "api_key: k"), "reporters[0].url: holds a query"},
		"another without place":  {withReporter("api_key: k", "extra_endpoints: [{api_key: k}]"), "reporters[0].extra_endpoints[0].site: is missing"},
		"another without key":    {withReporter("api_key: k", "extra_endpoints: [{site: datadoghq.eu}]"), "reporters[0].extra_endpoints[0].api_key: no API key: expected api_key_file, api_key, or the systemd credential datadog-datadoghq.eu_dd_api_key"},
		"two of one place":       {withReporter("api_key: k", "extra_endpoints: [{api_key: j, site: datadoghq.com}]"), `reporters[0].extra_endpoints[0].name: "datadog-datadoghq.com" is taken by reporters[0]`},
		"proxy":                  {withReporter("proxy: 'user:CANARY@a:1'", "api_key: k"), "reporters[0].proxy: not an address such as http://"},
		"no certificate file":    {withReporter("ca_file: /nowhere.pem", "api_key: k"), "reporters[0].ca_file: stat /nowhere.pem"},
		"no certificate":         {withReporter("ca_file: "+noPEM, "api_key: k"), "reporters[0].ca_file: " + noPEM + " holds no certificate in PEM"},
		"too patient":            {withReporter("ca_file: "+certificate, "timeout: 1h", "api_key: k"), "reporters[0].timeout: 1h0m0s is not between 1s and 1m0s"},
		"too short an age":       {withReporter("max_age: {metrics: 1s}", "api_key: k"), "reporters[0].max_age.metrics: 1s is shorter than 1m0s"},
		"too long an age":        {withReporter("max_age: {service_checks: 1h}", "api_key: k"), "reporters[0].max_age.service_checks: 1h0m0s is longer than 10m0s"},
		"a socket's address":     {withReporter("address: unix:///a", "api_key: k"), "reporters[0].address: a reporter of type datadog has no such option"},
		"a site of stdout":       {"reporters: [{type: stdout, site: datadoghq.eu}]\n", "reporters[0].site: a reporter of type stdout has no such option"},
		"a proxy of dogstatsd":   {"reporters: [{type: dogstatsd, Skip_TLS_Verification: false}]\n", "reporters[0].Skip_TLS_Verification: a reporter of type dogstatsd has no such option"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.text)
			_, err := loaded(file)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("the error is %v, want one with %q and the file's name", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "CANARY") {
				t.Errorf("a secret is told: %v", err)
			}
		})
	}
}

// certificates are a file that holds none and one that does.
func certificates(t *testing.T) (none, one string) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	one = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(one, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return write(t, "no certificate"), one
}

func TestWhatIsAllowedAndShouldBeKnown(t *testing.T) {
	alone(t)
	open := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(open, []byte("k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"open to all":    {withReporter("api_key_file: " + open), "reporters[0].api_key_file: " + open + " can be read by every user"},
		"not there yet":  {withReporter("api_key_file: /nowhere/key"), "/nowhere/key: no such file or directory; nothing is delivered until it can be read"},
		"a masked key":   {withReporter("api_key: '********'"), "reporters[0].api_key: is the mask that 'converged config show' prints"},
		"twins":          {withReporter("api_key: CANARY", "extra_endpoints: [{name: b, site: datadoghq.com, api_key: CANARY}]"), "datadog-datadoghq.com and b are the same account, which would be told of each run twice"},
		"no twins":       {withReporter("api_key: k", "extra_endpoints: [{name: b, site: datadoghq.eu, api_key: k}]"), ""},
		"nothing at all": {withReporter("url: http://127.0.0.1:8080", "api_key: k"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			c2, err := loaded(write(t, c.text))
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(c2.Warnings(), "\n")
			if !strings.Contains(all, c.want) || (c.want == "") != (all == "") {
				t.Errorf("the warnings are %q, want %q", all, c.want)
			}
		})
	}
}

func TestAFileWithAKeyThatEverybodyCanReadIsTold(t *testing.T) {
	alone(t)
	file := write(t, withReporter("api_key: k"))
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := LoadConfig(file)
	if err != nil || len(c.Warnings()) != 1 || !strings.Contains(c.Warnings()[0], "chmod 0600 "+file) {
		t.Errorf("the warnings are %q, %v", c.Warnings(), err)
	}
}

func TestTheSiteOfTheEnvironment(t *testing.T) {
	alone(t)
	t.Setenv("DD_SITE", "us3.datadoghq.com")
	c, err := LoadConfig(write(t, withReporter("api_key: k")))
	if err != nil || c.Reporters[0].Site != "us3.datadoghq.com" {
		t.Errorf("%+v, %v", c.Reporters, err)
	}
	t.Setenv("DD_SITE", "us9.datadoghq.com")
	if _, err := LoadConfig(write(t, withReporter("api_key: k"))); err == nil || !strings.Contains(err.Error(), "DD_SITE: ") {
		t.Errorf("the error is %v", err)
	}
	if _, err := LoadConfig(write(t, withReporter("api_key: k")+"  - {type: datadog, api_key: j, name: b}\n")); err == nil ||
		!strings.Contains(err.Error(), "reporters[1].site: is missing") {
		t.Errorf("one of two accounts takes DD_SITE: %v", err)
	}
}
