package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// maxName is the longest encoded key, in bytes: with a sequence number and a
// rank before it a file name stays below the usual limit of 255.
const maxName = 200

// hashed begins the name of a key that is too long. No encoded key begins so,
// for a % is always followed by two hexadecimal digits.
const hashed = "%%"

// encodeKey makes a file name of any key; different keys have different names.
// Letters, digits, - and _ stand for themselves, so does a dot that is not the
// first; every other byte is % and two hexadecimal digits. A key whose name
// would be too long is named by its SHA-256.
func encodeKey(key string) string {
	const digits = "0123456789ABCDEF"
	name := make([]byte, 0, maxName)
	for i := range len(key) {
		if c := key[i]; plain(c) || c == '.' && i > 0 {
			name = append(name, c)
		} else {
			name = append(name, '%', digits[c>>4], digits[c&15])
		}
	}
	if len(name) <= maxName {
		return string(name)
	}
	sum := sha256.Sum256([]byte(key))
	return hashed + hex.EncodeToString(sum[:])
}

func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// isName says whether encodeKey could have made name.
func isName(name string) bool {
	if hash, ok := strings.CutPrefix(name, hashed); ok {
		_, err := hex.DecodeString(hash)
		return err == nil && len(hash) == 2*sha256.Size && hash == strings.ToLower(hash)
	}
	key, ok := decodeKey(name)
	return ok && key != "" && encodeKey(key) == name
}

// decodeKey undoes encodeKey for names that are not hashed.
func decodeKey(name string) (string, bool) {
	var key []byte
	for i := 0; i < len(name); i++ {
		if name[i] != '%' {
			key = append(key, name[i])
			continue
		}
		if i+2 >= len(name) {
			return "", false
		}
		c, err := strconv.ParseUint(name[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		key = append(key, byte(c))
		i += 2
	}
	return string(key), true
}

// file is the name of the item's file in pending.
func (it *item) file() string { return it.fileOf(it.rank) }

func (it *item) fileOf(rank int) string {
	return fmt.Sprintf("%012d.%d.%s", it.seq, rank, it.name)
}

// key is the key as far as the name tells it: one that is too long is known by
// its hash.
func (it *item) key() string {
	if key, ok := decodeKey(it.name); ok {
		return key
	}
	return it.name
}

// parseFile undoes item.file. Anything else is not ours.
func parseFile(file string) (*item, bool) {
	seq, rest, ok := strings.Cut(file, ".")
	if !ok {
		return nil, false
	}
	rank, name, ok := strings.Cut(rest, ".")
	if !ok || !isName(name) {
		return nil, false
	}
	n, err := strconv.ParseUint(seq, 10, 64)
	if err != nil {
		return nil, false
	}
	r, err := strconv.ParseUint(rank, 10, 31)
	if err != nil {
		return nil, false
	}
	it := &item{name: name, seq: n, rank: int(r), onDisk: int(r)}
	return it, it.file() == file
}
