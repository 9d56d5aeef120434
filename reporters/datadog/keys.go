package datadog

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/converged/converged/reporters/telemetry"
)

// Keys are what an account is entered with. No form of printing shows them.
type Keys struct {
	API         string
	Application string // for host tags; may be empty
}

// String says which keys there are.
func (k Keys) String() string {
	return "{API:" + presence(k.API) + " Application:" + presence(k.Application) + "}"
}

func presence(key string) string {
	if key == "" {
		return "[not set]"
	}
	return "[set]"
}

// GoString is String.
func (k Keys) GoString() string { return "datadog.Keys" + k.String() }

// Format is String for every verb: %d and %x would not ask for it.
func (k Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.String()) }

// LogValue is String.
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText is String.
func (k Keys) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// keyring holds the keys in use behind a pointer, where printing what it is part
// of does not reach them.
type keyring struct {
	ask func() (Keys, error)

	mu      sync.Mutex
	current *Keys
}

// get is the keys in use, or those that there are now. An error is one of
// telemetry.ErrHeld: a person has to mend it.
func (k *keyring) get() (*Keys, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current != nil {
		return k.current, nil
	}
	keys, err := k.ask()
	if err != nil {
		return nil, fmt.Errorf("the keys: %w: %w", err, telemetry.ErrHeld)
	}
	keys.API, keys.Application = strings.TrimSpace(keys.API), strings.TrimSpace(keys.Application)
	switch {
	case keys.API == "":
		return nil, fmt.Errorf("the keys: there is no API key: %w", telemetry.ErrHeld)
	case strings.ContainsFunc(keys.API, unprintable):
		return nil, fmt.Errorf("the keys: the API key has characters that no key has: %w", telemetry.ErrHeld)
	case strings.ContainsFunc(keys.Application, unprintable):
		keys.Application = "" // only host tags need it
	}
	k.current = &keys
	return k.current, nil
}

// unprintable says of a character that no header can hold it.
func unprintable(c rune) bool { return c <= ' ' || c > '~' }

// forget has the next get ask anew, unless used were replaced already.
func (k *keyring) forget(used *Keys) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == used {
		k.current = nil
	}
}
