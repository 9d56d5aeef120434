package daemon

import (
	"fmt"
	"strings"
	"testing"
)

// canary looks as Datadog's keys do.
const canary = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d"

func TestAKeyInTheWrongPlaceIsNotTold(t *testing.T) {
	alone(t)
	for name, text := range map[string]string{
		"an alias":               withReporter("api_key: *" + canary),
		"a short alias":          withReporter("api_key: *hunter22"),
		"a tag of another kind":  withReporter("api_key: !!int " + canary),
		"a short one":            withReporter("api_key: !!int hunter22"),
		"a key of a map":         withReporter("{{api_key: hunter22}: a}: b"),
		"no blank in a map":      "reporters: [{type: datadog, api_key:" + canary + "}]\n",
		"no blank in a row":      "reporters:\n  - api_key:" + canary + "\n",
		"no blank after a value": "host: 7\nreporters: [{type: datadog api_key:" + canary + "}]\n",
		"far behind":             "metrics: {top_types: " + strings.Repeat("a", 40) + " " + canary + "}\n",
		"a site":                 withReporter("site: " + canary),
		"a type":                 "reporters: [{type: " + canary + "}]\n",
		"a timeout":              withReporter("timeout: " + canary),
		"a password of an URL":   "state_dir: http://deploy:hunter22@proxy:3128\n",
		"a file":                 withReporter("api_key_file: /dev/" + canary + "/a\n    api_key: a"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loaded(write(t, text))
			if err == nil || strings.Contains(err.Error(), canary[:16]) || strings.Contains(err.Error(), "hunter22") {
				t.Errorf("the error is %v", err)
			}
		})
	}
	c := Config{file: "a.yaml"}
	if err := c.Wrong(1, "address", fmt.Errorf("address %q", "http://a:hunter22@b")); err.Error() != `a.yaml: reporters[1].address: address "http://********@b"` {
		t.Errorf("the error is %v", err)
	}
}

func TestNotEveryFaultIsTold(t *testing.T) {
	keys := func(n int) (text string) {
		for i := range n {
			text += fmt.Sprintf("k%02d: 1\n", i)
		}
		return text
	}
	for n, more := range map[int]bool{mostFaults: false, mostFaults + 1: true, 10 * mostFaults: true} {
		_, err := LoadConfig(write(t, keys(n)))
		if err == nil || strings.Count(err.Error(), "unknown key") != mostFaults || strings.HasSuffix(err.Error(), ": and more") != more {
			t.Errorf("of %d faults the error tells: %v", n, err)
		}
	}
}
