package daemon

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Sites are the places where Datadog keeps accounts; each has an api.SITE.
var Sites = []string{
	"datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "ap1.datadoghq.com", "ap2.datadoghq.com",
	"uk1.datadoghq.com", "datadoghq.eu", "ddog-gov.com", "us2.ddog-gov.com",
}

// The bounds of options of a reporter of type datadog. Datadog drops events that
// are older than 18 hours and service checks older than 10 minutes.
const (
	leastTimeout, mostTimeout = time.Second, time.Minute
	maxCAFile                 = 16 << 20 // bytes
	leastAge                  = time.Minute
	mostEventAge              = 18 * time.Hour
	mostCheckAge              = 10 * time.Minute
)

func (c *Config) validateDatadog(key string, r *ReporterConfig, taken map[string]string, wrong complaint) {
	base := cmp.Or(r.Name, r.Type)
	if validatePlace(key, &r.Account, wrong) {
		r.Name = cmp.Or(r.Name, base+"-"+r.host())
		takeName(taken, key, r.Name, wrong)
		c.validateKeys(key, r.Account, wrong)
	}
	for i := range r.ExtraEndpoints {
		e, key := &r.ExtraEndpoints[i], fmt.Sprintf("%s.extra_endpoints[%d]", key, i)
		if validatePlace(key, &e.Account, wrong) {
			e.Name = cmp.Or(e.Name, base+"-"+e.host())
			takeName(taken, key, e.Name, wrong)
			c.validateKeys(key, e.Account, wrong)
		}
	}
	validateTransport(key, r, wrong)
}

// validatePlace checks where an account is, and says whether it is known.
func validatePlace(key string, a *Account, wrong complaint) bool {
	if a.URL != "" {
		return validateURL(key+".url", a.URL, wrong)
	}
	named := key + ".site"
	if a.only && a.Site == "" {
		if a.Site = os.Getenv("DD_SITE"); a.Site != "" {
			named = "DD_SITE"
		}
		a.Site = cmp.Or(a.Site, Sites[0])
	}
	switch {
	case a.Site == "":
		wrong(named, "is missing, and so is url: each of several accounts names where it is")
	case !slices.Contains(Sites, a.Site):
		wrong(named, "%q is no site of Datadog's; did you mean %q? Another receiver is named by url", a.Site, nearestSite(a.Site))
	default:
		return true
	}
	return false
}

// nearestSite is the site that a person may have meant by a page's address, or a
// part of one.
func nearestSite(word string) string {
	word = strings.TrimSuffix(strings.ToLower(word[strings.LastIndex(strings.TrimSuffix(word, "/"), "/")+1:]), "/")
	for _, before := range []string{"app.", "api.", "www."} {
		word = strings.TrimPrefix(word, before)
	}
	if slices.Contains(Sites, word) {
		return word
	}
	for _, site := range Sites {
		if word != "" && strings.HasSuffix(site, "."+word) {
			return site
		}
	}
	return nearest(word, Sites)
}

// validateURL checks a receiver's address. What is wrong with it is told without
// the address: it may hold a key.
func validateURL(key, address string, wrong complaint) bool {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		wrong(key, "not an address such as https://api.datadoghq.eu")
	case u.User != nil:
		wrong(key, "holds a user name or password; keys go into api_key_file")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		wrong(key, "holds a query; expected an address such as https://%s", u.Host)
	default:
		return true
	}
	return false
}

func validateTransport(key string, r *ReporterConfig, wrong complaint) {
	if r.Proxy != "" {
		u, err := url.Parse(r.Proxy.Reveal())
		if err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
			wrong(key+".proxy", "not an address such as http://proxy.example.org:3128")
		} else if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
			wrong(key+".proxy", "holds more than user, host and port; expected an address such as http://proxy.example.org:3128")
		}
	}
	if r.CAFile != "" {
		text, err := readFile(r.CAFile, maxCAFile)
		switch {
		case err != nil:
			wrong(key+".ca_file", "%v", err)
		case !x509.NewCertPool().AppendCertsFromPEM(text):
			wrong(key+".ca_file", "%s holds no certificate in PEM", r.CAFile)
		}
	}
	if r.Timeout != 0 && (r.Timeout < leastTimeout || r.Timeout > mostTimeout) {
		wrong(key+".timeout", "%v is not between %v and %v", r.Timeout, leastTimeout, mostTimeout)
	}
}

// validate bounds the ages; a receiver's own limit cannot be exceeded.
func (a AgesConfig) validate(key, kind string, wrong complaint) {
	for _, age := range []struct {
		key         string
		value, most time.Duration
	}{{"metrics", a.Metrics, 0}, {"events", a.Events, mostEventAge}, {"service_checks", a.ServiceChecks, mostCheckAge}} {
		switch {
		case age.value < 0 || age.value != 0 && age.value < leastAge:
			wrong(key+"."+age.key, "%v is shorter than %v", age.value, leastAge)
		case kind == "datadog" && age.most != 0 && age.value > age.most:
			wrong(key+"."+age.key, "%v is longer than %v, after which Datadog drops them", age.value, age.most)
		}
	}
}

// warn keeps what is allowed and should be known.
func (c *Config) warn(key, text string) {
	c.warnings = append(c.warnings, fmt.Sprintf("%s: %s: %s", c.file, key, text))
}
