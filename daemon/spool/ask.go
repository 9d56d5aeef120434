package spool

import (
	"fmt"
	"os"
	"path/filepath"
)

// EachWaiting calls use with every pending entry of the spool in dir, in no
// order. Like Look it changes and locks nothing, and what moves meanwhile may be
// missing.
func EachWaiting(dir string, use func(Waiting)) error {
	err := eachName(filepath.Join(dir, pending), func(file string) {
		it, ok := parseFile(file)
		if !ok {
			return
		}
		if info, err := os.Lstat(filepath.Join(dir, pending, file)); err == nil {
			use(Waiting{Key: it.key(), Rank: it.rank, Size: info.Size(), At: info.ModTime()})
		}
	})
	if err != nil {
		return fmt.Errorf("look into spool %s: %w", dir, err)
	}
	return nil
}

// Remembers says whether the spool in dir knows of a key that it was delivered.
func Remembers(dir, key string) bool {
	_, err := os.Lstat(filepath.Join(dir, delivered, encodeKey(key)))
	return err == nil
}

// Label is how Look and EachWaiting tell a key: as it is, or if it is too long
// for the name of a file, by what stands there for it.
func Label(key string) string { return (&item{name: encodeKey(key)}).key() }
