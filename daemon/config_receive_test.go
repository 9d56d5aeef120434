package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goodToken = "0123-4567-89ab-cdef-ghij"

// receiving loads a configuration of receive with these lines.
func receiving(t *testing.T, lines ...string) (Config, error) {
	t.Helper()
	return LoadConfig(write(t, "receive:\n  "+strings.Join(lines, "\n  ")+"\n"))
}

func TestAReceiverIsConfigured(t *testing.T) {
	c, err := receiving(t, `listen: ["127.0.0.1:7342", "unix:///run/converged/receive.sock"]`, "token: "+goodToken, "rate: 10", "spool: {max_entries: 7}")
	if err != nil {
		t.Fatal(err)
	}
	r := c.Receive
	if len(r.Listen) != 2 || r.Rate != 10 || r.Spool.MaxEntries != 7 || r.Spool.MaxBytes != 256<<20 || r.MaxBytes != 16<<20 || r.MaxRequests != 8 {
		t.Errorf("it is %+v", r)
	}
	text, err := c.YAML()
	if err != nil || strings.Contains(text, goodToken) || !strings.Contains(text, "token: '"+mask+"'") {
		t.Errorf("shown it is\n%s %v", text, err)
	}
	if len(c.Warnings()) != 0 {
		t.Errorf("it warns of %q", c.Warnings())
	}
	if err := c.Complete(); err == nil || strings.Contains(err.Error(), "no source") {
		t.Errorf("without sources it says %v", err)
	}
	if err := Defaults().Complete(); err == nil || !strings.Contains(err.Error(), "receive.listen") {
		t.Errorf("with nothing it says %v", err)
	}
}

func TestTheEnvironmentOverridesTheReceiver(t *testing.T) {
	t.Setenv("CONVERGED_RECEIVE_LISTEN", "127.0.0.1:1,[::1]:1")
	t.Setenv("CONVERGED_RECEIVE_TLS_CLIENT_CA", "/ca")
	t.Setenv("CONVERGED_RECEIVE_SPOOL_MAX_BYTES", "1048576")
	t.Setenv("CONVERGED_RECEIVE_TOKEN", goodToken)
	c, err := receiving(t, `tls: {cert: /cert, key: /key}`)
	if err != nil || len(c.Receive.Listen) != 2 || c.Receive.TLS.ClientCA != "/ca" || c.Receive.Spool.MaxBytes != 1<<20 || c.Receive.Token.Reveal() != goodToken {
		t.Errorf("it is %+v, %v", c.Receive, err)
	}
}

func TestWrongReceivers(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"every address":     {`listen: [":7342"]`, `receive.listen[0]: ":7342" can be reached from other machines`},
		"another's address": {`listen: ["127.0.0.1:1", "10.0.0.7:7342"]`, `receive.listen[1]: "10.0.0.7:7342" can be reached`},
		"a name":            {`listen: ["web-01:7342"]`, `"web-01:7342" can be reached`},
		"mapped":            {`listen: ["[::ffff:10.0.0.1]:7342"]`, "can be reached"},
		"no port":           {`listen: ["127.0.0.1"]`, `receive.listen[0]: "127.0.0.1" is no address and port; expected such as 127.0.0.1:7342`},
		"a large port":      {`listen: ["127.0.0.1:73420"]`, "has no port between"},
		"a URL":             {`listen: ["http://127.0.0.1:7342"]`, "is no address and port"},
		"relative socket":   {`listen: ["unix://receive.sock"]`, "names no socket"},
		"a long socket":     {`listen: ["unix:///` + strings.Repeat("a", 110) + `"]`, "at most 103 bytes"},
		"two tokens":        {"token: " + goodToken + "\n  token_file: /t", "receive.token: stands beside token_file"},
		"an address twice":  {"listen: ['127.0.0.1:1', '127.0.0.1:1']", `receive.listen[1]: "127.0.0.1:1" stands twice`},
		"relative file":     {"token_file: " + goodToken, "receive.token_file: not an absolute path"},
		"a blank within":    {`token: "abc def ghi jkl mno"`, "receive.token: the character at 4"},
		"half of TLS":       {"tls: {cert: /c}", "receive.tls: cert and key go together"},
		"nobody is asked":   {"tls: {client_ca: /c}", "receive.tls.client_ca: stands without cert"},
		"relative key":      {"tls: {cert: /c, key: k}", `receive.tls.key: "k" is not an absolute path`},
		"no bytes":          {"max_bytes: 10", "receive.max_bytes: 10 is not between 65536 and 67108864"},
		"no rate":           {"rate: 0", "receive.rate: 0 is not between"},
		"no requests":       {"max_requests: -1", "receive.max_requests: -1 is not between"},
		"no room":           {"spool: {max_bytes: 1}", "receive.spool.max_bytes: 1 is less than 1048576"},
		"no entries":        {"spool: {max_entries: 0}", "receive.spool.max_entries: 0 is less than 1"},
		"mistyped":          {"listn: []", `unknown key "receive.listn"; did you mean "receive.listen"?`},
	} {
		_, err := receiving(t, c.lines)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "converged.yaml") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), goodToken) {
			t.Errorf("%s: it tells the token: %v", name, err)
		}
	}
}

func TestWhatOfAReceiverIsWarnedOf(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"in clear":    {"listen: ['10.0.0.7:7342']\n  token: " + goodToken, "travel in clear"},
		"TLS":         {"listen: ['10.0.0.7:7342']\n  tls: {cert: /c, key: /k, client_ca: /a}", ""},
		"this one":    {"listen: ['127.0.0.1:0', 'localhost:1', '[::1]:1', 'unix:///s']", ""},
		"short token": {"token: abc", "can be guessed"},
		"the mask":    {"token: '********'", "is the mask"},
	} {
		got, err := receiving(t, c.lines)
		warned := strings.Join(got.Warnings(), "\n")
		if err != nil || c.want == "" && warned != "" || !strings.Contains(warned, c.want) {
			t.Errorf("%s: %q, %v", name, warned, err)
		}
	}
}

func TestTheTokensFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	load := func() (Config, error) {
		c, err := receiving(t, "listen: ['127.0.0.1:0']", "token_file: "+file)
		if err != nil {
			t.Fatal(err)
		}
		return c, c.CheckKeys()
	}
	if _, err := load(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "receive.token_file") {
		t.Errorf("without it: %v", err)
	}
	put(t, file, "\n")
	if _, err := load(); err == nil || !strings.Contains(err.Error(), "it is empty") {
		t.Errorf("empty: %v", err)
	}
	put(t, file, goodToken+"\n")
	c, err := load()
	if token, fault := c.Receive.token(); err != nil || fault != nil || token.Reveal() != goodToken {
		t.Errorf("it is %q, %v, %v", token.Reveal(), err, fault)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if c, _ = load(); len(c.Warnings()) != 1 || !strings.Contains(c.Warnings()[0], "can be read by every user") {
		t.Errorf("it warns of %q", c.Warnings())
	}
}

// Nobody knows beforehand whether the report of a summary will be sent.
func TestASummaryBesideReportsThatAreSent(t *testing.T) {
	const summary = "sources: [{format: puppet-summary, path: /public/last_run_summary.yaml}]\n"
	for text, want := range map[string]bool{summary: false, summary + "receive: {listen: ['127.0.0.1:0']}\n": true} {
		c, err := LoadConfig(write(t, text))
		warned := strings.Contains(strings.Join(c.Warnings(), "\n"), "sources[0]: puppet-summary has no run id")
		if err != nil || warned != want || len(c.watched()) != 1 {
			t.Errorf("%q, %v", c.Warnings(), err)
		}
	}
}

// What the daemon would not start with, a check finds.
func TestTheCertificatesAreLookedAt(t *testing.T) {
	none, one := certificates(t)
	for name, c := range map[string]struct{ listen, tls, want string }{
		"not there":      {"127.0.0.1:0", "{cert: /nowhere/c.pem, key: /nowhere/k.pem}", "receive.tls: reading the certificate /nowhere/c.pem and its key /nowhere/k.pem: open /nowhere/c.pem"},
		"no PEM":         {"127.0.0.1:0", "{cert: " + none + ", key: " + none + "}", "receive.tls: reading the certificate " + none},
		"no key":         {"127.0.0.1:0", "{cert: " + one + ", key: " + none + "}", "receive.tls: reading the certificate " + one},
		"nobody listens": {"", "{cert: /nowhere/c.pem, key: /nowhere/k.pem}", ""},
	} {
		got, err := receiving(t, "listen: ['"+c.listen+"']", "tls: "+c.tls)
		if c.listen == "" {
			got, err = receiving(t, "tls: "+c.tls)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err = got.CheckKeys(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
