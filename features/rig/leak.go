package rig

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Secrets that the rig plants. None may ever be found in anything that converged
// writes or sends, but for the keys in their own headers.
const (
	PlantedKey         = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d" // of the API
	PlantedApplication = "1b9d6bcdbbfd4b2d9b5dab8dfbbd4bed2c7a9e10"
	PlantedReceiver    = "planted-token-of-the-receiver" // that senders of reports have
	plantedPassword    = "planted-Passw0rd-of-a-database"
	PlantedInURL       = "planted-Passw0rd-in-a-url"
	plantedToken       = "ghp_plantedTokenThatIsNotOne0123456789"
)

// leaky is a message such as tools really print, with secrets in it.
const leaky = "could not connect to postgres://deploy:" + PlantedInURL + "@db.example.com/app\n" +
	"DB_PASSWORD=" + plantedPassword + " GITHUB_TOKEN=" + plantedToken + "\n" +
	`{"password": "` + plantedPassword + `"}`

// Leaks searches for planted secrets. The zero value is ready; it may be used
// from several goroutines.
type Leaks struct {
	mu       sync.Mutex
	searched int64
	found    []string
}

// secrets are what is searched for, by what they are called in a finding.
var secrets = []secret{
	{"the API key", formsOf(PlantedKey)},
	{"the application key", formsOf(PlantedApplication)},
	{"the receiver's token", formsOf(PlantedReceiver)},
	{"a password", formsOf(plantedPassword)},
	{"a password in a URL", formsOf(PlantedInURL)},
	{"a token", formsOf(plantedToken)},
}

type secret struct {
	name  string
	forms []string
}

// Search looks through a text, and through what is packed in it; where is what
// it is called in a finding.
func (l *Leaks) Search(where string, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.searched += int64(len(text))
	for _, text := range append(unpacked(text), text) {
		for _, s := range secrets {
			if at := s.in(text); at >= 0 {
				l.found = append(l.found, fmt.Sprintf("%s stands in %s: %.120q", s.name, where, text[max(0, at-40):]))
			}
		}
	}
}

// in is where a text first has the secret in any of its forms, or -1.
func (s secret) in(text []byte) int {
	for _, form := range s.forms {
		if at := bytes.Index(text, []byte(form)); at >= 0 {
			return at
		}
	}
	return -1
}

// formsOf are a secret as it is, in hexadecimal digits, and in base64: there it
// looks different by how many bytes stand before it, and what its first and last
// digits are depends on its neighbours.
func formsOf(value string) []string {
	forms := []string{value, hex.EncodeToString([]byte(value))}
	for before := range 3 {
		text := base64.RawStdEncoding.EncodeToString([]byte("\x00\x00"[:before] + value))
		first, last := (before*8+5)/6, (before+len(value))*8/6
		forms = append(forms, text[first:last], strings.NewReplacer("+", "-", "/", "_").Replace(text[first:last]))
	}
	return forms
}

// unpacked are what each gzip stream in a text holds, as far as it goes.
func unpacked(text []byte) (streams [][]byte) {
	magic := []byte("\x1f\x8b\x08")
	for at := bytes.Index(text, magic); at >= 0; at = bytes.Index(text, magic) {
		text = text[at:]
		if from, err := gzip.NewReader(bytes.NewReader(text)); err == nil {
			stream, _ := io.ReadAll(io.LimitReader(from, maxUnpacked)) // one that is cut off may leak, too
			streams = append(streams, stream)
		}
		text = text[len(magic):]
	}
	return streams
}

// SearchFiles looks through every file below dir, their names too, except in
// these directories. What goes away meanwhile is passed over.
func (l *Leaks) SearchFiles(dir string, except ...string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if slices.Contains(except, path) {
			return filepath.SkipDir
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		l.Search("the name "+path, []byte(path))
		text, err := os.ReadFile(path)
		l.Search(path, text)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// SearchRequest looks through all of a request but the headers that a key is
// meant for. It fits IntakeOptions.Saw.
func (l *Leaks) SearchRequest(r *http.Request, body []byte) {
	var head strings.Builder
	for name, values := range r.Header {
		if name != "Dd-Api-Key" && name != "Dd-Application-Key" {
			fmt.Fprintf(&head, "%s: %q\n", name, values)
		}
	}
	l.Search("the URL of "+r.URL.Path, []byte(r.URL.String()))
	l.Search("the headers of "+r.URL.Path, []byte(head.String()))
	l.Search("the body of "+r.URL.Path, body)
}

// SearchNode looks through what a node's converged has written: its state and
// what it has printed. Messages of Chef that wait to be read are as Chef sent them.
func (l *Leaks) SearchNode(n *Node) error {
	if err := l.SearchFiles(n.State(), filepath.Join(n.State(), "received", "pending")); err != nil {
		return err
	}
	for _, name := range []string{"stdout.log", "stderr.log"} {
		text, err := os.ReadFile(n.Path(name))
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		l.Search(name, text)
	}
	return nil
}

// Found is every finding so far, and how many bytes were searched.
func (l *Leaks) Found() (findings []string, searched int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string{}, l.found...), l.searched
}
