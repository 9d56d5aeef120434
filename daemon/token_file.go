package daemon

import (
	"log/slog"
	"os"
	"sync"
	"time"
)

// tokenFile is the token that a file holds now: who changes it need not restart
// the daemon, and the old one is no longer taken.
type tokenFile struct {
	path string
	log  *slog.Logger

	mu    sync.Mutex
	seen  os.FileInfo // when it was last read; nil: not there
	fresh bool        // it was so young then that it may have changed since, unseen
	token Secret      // the last that could be read
}

// young is how old a file may be that changes again without showing another time.
const young = 2 * time.Second

// now is the token as it is now. While the file cannot be read, or holds none, it
// is the one before: never none.
func (f *tokenFile) now() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	if err != nil {
		info = nil
	}
	if !f.fresh && sameFile(info, f.seen) {
		return f.token.Reveal()
	}
	changed := !sameFile(info, f.seen)
	f.seen, f.fresh = info, info != nil && time.Since(info.ModTime()) < young
	token, err := readKey(f.path)
	switch {
	case err != nil && changed:
		f.log.Error("the file of the token was changed and cannot be used; the token before is demanded on", "error", hush(err.Error()))
	case err == nil && token != f.token:
		f.log.Info("the token was read again; the one before is no longer taken", "path", f.path)
		f.token = token
	}
	return f.token.Reveal()
}

// sameFile says whether nothing shows that a file changed.
func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
