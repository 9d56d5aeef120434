package rig

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Secrets that the rig plants. None may ever be found in anything that converged
// writes or sends, but for the keys in their own headers.
const (
	PlantedKey         = "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d" // of the API
	PlantedApplication = "1b9d6bcdbbfd4b2d9b5dab8dfbbd4bed2c7a9e10"
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
var secrets = []struct{ name, value string }{
	{"the API key", PlantedKey},
	{"the application key", PlantedApplication},
	{"a password", plantedPassword},
	{"a password in a URL", PlantedInURL},
	{"a token", plantedToken},
}

// Search looks through a text; where is what it is called in a finding.
func (l *Leaks) Search(where string, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.searched += int64(len(text))
	for _, s := range secrets {
		if at := bytes.Index(text, []byte(s.value)); at >= 0 {
			l.found = append(l.found, fmt.Sprintf("%s stands in %s: %.120q", s.name, where, text[max(0, at-40):]))
		}
	}
}

// SearchFiles looks through every file below dir, their names too. What goes
// away meanwhile is passed over.
func (l *Leaks) SearchFiles(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
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
// what it has printed.
func (l *Leaks) SearchNode(n *Node) error {
	if err := l.SearchFiles(n.State()); err != nil {
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
