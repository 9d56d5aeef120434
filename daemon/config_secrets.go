package daemon

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// maxKeyFile is the longest key file that is read, in bytes. A key has 32 or 40.
const maxKeyFile = 4 << 10

// ErrNoKey is an account without an API key.
var ErrNoKey = errors.New("no API key")

// errEmptyKey is a key file that holds nothing: perhaps it is just being written.
var errEmptyKey = errors.New("it is empty")

// Keys are the account's keys as they are now: files are read at every call, so
// that a new key counts at once. The application key may be empty. An error
// never tells a key; without an API key it is ErrNoKey.
func (e EndpointConfig) Keys() (api, application Secret, err error) {
	if api, err = e.key(e.APIKey, e.APIKeyFile, "dd_api_key", "DD_API_KEY"); err != nil {
		return "", "", fmt.Errorf("reading the API key: %w", err)
	}
	if api == "" {
		return "", "", ErrNoKey
	}
	if application, err = e.key(e.ApplicationKey, e.ApplicationKeyFile, "dd_application_key", "DD_APP_KEY"); err != nil {
		return "", "", fmt.Errorf("reading the application key: %w", err)
	}
	return api, application, nil
}

// key is the first of the four sources that gives one, or "". What is said of an
// account without a name counts for an account that is the only one.
func (e EndpointConfig) key(given Secret, file, credential, variable string) (Secret, error) {
	switch {
	case given != "":
		return checkedKey(given.Reveal())
	case file != "":
		return readKey(file)
	}
	names := []string{e.Name + "_" + credential}
	if e.only {
		names = append(names, credential)
	}
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" { // systemd.exec(5)
		for _, name := range names {
			key, err := readKey(filepath.Join(dir, name))
			if !errors.Is(err, fs.ErrNotExist) {
				return key, err
			}
		}
	}
	if !e.only {
		return "", nil
	}
	key, err := checkedKey(os.Getenv(variable))
	if err != nil {
		return "", fmt.Errorf("%s: %w", variable, err)
	}
	return key, nil
}

// readKey is the key in a file.
func readKey(path string) (Secret, error) {
	text, err := readFile(path, maxKeyFile)
	if err != nil {
		return "", err
	}
	key, err := checkedKey(string(text))
	if err == nil && key == "" {
		err = errEmptyKey
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// readFile is a regular file of at most so many bytes.
func readFile(path string, most int64) (_ []byte, err error) {
	// Before it is opened: a pipe would be waited for.
	info, err := os.Stat(path) //nolint:gosec // whoever sets the environment names the file
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path) //nolint:gosec // as above
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return text, err
}

// checkedKey is a key without the blanks around it. What could not stand in a
// header is an error that does not tell it.
func checkedKey(text string) (Secret, error) {
	key := strings.TrimSpace(text)
	for i, c := range key {
		if c > unicode.MaxASCII || unicode.IsControl(c) || c == ' ' {
			return "", fmt.Errorf("the character at %d of the key is a blank, a control character or no ASCII; expected a key and nothing else", i+1)
		}
	}
	name, _, assigned := strings.Cut(key, "=")
	if assigned && strings.HasSuffix(strings.ToLower(name), "key") || strings.ContainsAny(key, "\"'") {
		return "", errors.New("a name or a quotation mark stands with the key; expected a key and nothing else")
	}
	return Secret(key), nil
}

// validateKeys checks what an account's options say of its keys.
func (c *Config) validateKeys(key string, a Account, wrong complaint) {
	for _, k := range []struct {
		name  string
		given Secret
		file  string
	}{{"api_key", a.APIKey, a.APIKeyFile}, {"application_key", a.ApplicationKey, a.ApplicationKeyFile}} {
		if k.given != "" && k.file != "" {
			wrong(key+"."+k.name, "stands beside %s_file; expected one of them", k.name)
		}
		if k.given == mask {
			c.warn(key+"."+k.name, "is the mask that 'converged config show' prints, not a key")
		}
		if k.file != "" && !filepath.IsAbs(k.file) {
			wrong(key+"."+k.name+"_file", "not an absolute path") // it may be the key itself
		}
		c.warnOfReaders(key+"."+k.name+"_file", k.file)
	}
}

// CheckKeys says whether each account has an API key in this environment, and
// whoever is to be received from a token and certificates, as far as can be told
// now: a key file may come or be filled later, or be for the daemon's eyes alone,
// which is warned of. It is apart from LoadConfig because whoever only asks how the
// daemon fares need not know its keys.
func (c *Config) CheckKeys() error {
	var faults []error
	for i, r := range c.Reporters {
		if r.Type != "datadog" {
			continue
		}
		for j, e := range r.Accounts() {
			key := fmt.Sprintf("reporters[%d]", i)
			if j > 0 {
				key = fmt.Sprintf("%s.extra_endpoints[%d]", key, j-1)
			}
			switch _, _, err := e.Keys(); {
			case errors.Is(err, ErrNoKey):
				faults = append(faults, fmt.Errorf("%s: %s.api_key: %s", c.file, key, e.waysToAKey()))
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, errEmptyKey):
				c.warn(key, hush(err.Error())+"; nothing is delivered until it can be read")
			case err != nil:
				faults = append(faults, fmt.Errorf("%s: %s: %w", c.file, key, hushed{err}))
			}
		}
	}
	return errors.Join(append(faults, c.checkToken(), c.checkCertificates())...)
}

// waysToAKey says how an account is given its API key.
func (e EndpointConfig) waysToAKey() string {
	if e.only {
		return "no API key: expected api_key_file, api_key, the systemd credential dd_api_key, or the variable DD_API_KEY"
	}
	return fmt.Sprintf("no API key: expected api_key_file, api_key, or the systemd credential %s_dd_api_key; dd_api_key and the variable DD_API_KEY are not used for one of several accounts", e.Name)
}

// othersRead is the permission of everybody.
const othersRead fs.FileMode = 0o004

// warnOfReaders warns of a file that holds a key and that everybody can read.
func (c *Config) warnOfReaders(key, file string) {
	if info, err := os.Stat(file); file != "" && err == nil && info.Mode().Perm()&othersRead != 0 {
		c.warn(key, fmt.Sprintf("%s can be read by every user of this machine; run chmod 0600 %s, or 0640 with the daemon's group", file, file))
	}
}
