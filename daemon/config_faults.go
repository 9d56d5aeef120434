package daemon

import (
	"errors"
	"fmt"
	"regexp"
)

// mostFaults is how many wrong keys are told at once.
const mostFaults = 20

// faults are what is wrong with a configuration, each with the file's name.
type faults struct {
	file string
	errs []error
}

// add takes a fault, as long as there are not too many.
func (f *faults) add(format string, args ...any) {
	if !f.full() {
		f.errs = append(f.errs, fmt.Errorf("%s: %w", f.file, hushed{fmt.Errorf(format, args...)}))
	}
}

// full says whether no more is told.
func (f *faults) full() bool { return len(f.errs) > mostFaults }

// err is all that is wrong, a line for each; nil if nothing is.
func (f *faults) err() error {
	if f.full() {
		return errors.Join(append(f.errs[:mostFaults:mostFaults], fmt.Errorf("%s: and more", f.file))...)
	}
	return errors.Join(f.errs...)
}

// keyLike is what may be a key or a password in the wrong place: a colon without
// the blank after it makes a key a part of some other word.
var keyLike = regexp.MustCompile(`(?i)[0-9a-f]{32,}|(://)[^\s"]*(@)`)

// hush is text that repeats no key.
func hush(text string) string { return keyLike.ReplaceAllString(text, "${1}"+mask+"${2}") }

// hushed is an error whose text repeats no key.
type hushed struct{ error }

func (h hushed) Error() string { return hush(h.error.Error()) }

func (h hushed) Unwrap() error { return h.error }

// quoted is what the YAML package repeats of a document.
var quoted = regexp.MustCompile("`[^`]*`|(anchor )'[^']*'|(invalid map key: ).*")

// notYAML is an error of the YAML package without the values that it quotes.
func notYAML(file string, err error) error {
	return fmt.Errorf("%s: not YAML: %s", file, hush(quoted.ReplaceAllString(err.Error(), "${1}${2}"+mask)))
}
