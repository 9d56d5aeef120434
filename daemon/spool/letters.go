package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// partPrefix begins the name of a dead letter of a part. No encoded key begins so.
const partPrefix = "+"

// reasonPrefix begins the last line of a dead letter.
const reasonPrefix = "refused: "

// partFile names a part by its content, so that one that is refused again after
// a crash is the same letter.
func partFile(name string, data []byte) string {
	sum := sha256.Sum256(data)
	return partPrefix + hex.EncodeToString(sum[:6]) + "." + name
}

// letterName is the encoded key of a dead letter, and whether it is of a part;
// nothing if a spool does not name a dead letter so.
func letterName(file string) (name string, part bool) {
	if isName(file) {
		return file, false
	}
	rest, ok := strings.CutPrefix(file, partPrefix)
	sum, name, _ := strings.Cut(rest, ".")
	if b, err := hex.DecodeString(sum); !ok || err != nil || len(b) != 6 || !isName(name) {
		return "", false
	}
	return name, true
}

// Bury keeps a part of an entry as a dead letter with the reason at its end. Its
// key is not finished by that. On an error the letter is in memory, as long as
// there is room, and the spool keeps trying to write it down.
func (s *Spool) Bury(key string, data []byte, reason string) error {
	if err := fit(key, 0, data); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return ErrClosed
	}
	letter := append(encodeRecord(key, data), "\n"+reasonLine(reason)+"\n"...)
	file := partFile(encodeKey(key), data)
	if err := s.bury(file, letter); err != nil {
		more := int64(len(letter) - len(s.letters[file]))
		if len(s.letters) >= s.options.MaxDead || s.letterBytes+more > s.options.MaxHeld/4 {
			return fmt.Errorf("keep a part of %q as a dead letter: %w; nor is there room in memory, it is lost", key, err)
		}
		s.letterBytes += more
		s.letters[file] = letter
		s.refuses(err)
		return fmt.Errorf("keep a part of %q as a dead letter: %w; it is tried again", key, err)
	}
	return nil
}

// bury writes one letter, and counts it if it is new.
func (s *Spool) bury(file string, letter []byte) error {
	if s.away != nil {
		return s.away
	}
	_, before := os.Lstat(s.path(refused, file))
	if err := s.writeLetter(file, letter); err != nil {
		return err
	}
	if before != nil {
		s.count(refused, int64(len(letter)))
	}
	return s.disk.syncDir(s.path(refused, ""))
}

// writeLetter makes a dead letter whole; its name is not durable yet.
func (s *Spool) writeLetter(file string, letter []byte) error {
	aside := s.path(refused, asidePrefix+file)
	if err := s.within(refused, func() error { return s.disk.write(aside, letter) }); err != nil {
		return err
	}
	return s.disk.move(aside, s.path(refused, file))
}

func (s *Spool) writeLetters() error {
	for _, file := range some(s.letters) {
		if err := s.bury(file, s.letters[file]); err != nil {
			return err
		}
		s.letterBytes -= int64(len(s.letters[file]))
		delete(s.letters, file)
	}
	return nil
}
