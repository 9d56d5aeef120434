package watch

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The file of positions is lines of text: a CRC-32C in eight hexadecimal
// digits, a space, a JSON object. A later line of one name stands for all
// before it. Each line is judged alone, so that damage costs the lines it hit
// and nothing else.
const journalHead = "# converged: positions, version 1\n"

const (
	maxEntry   = 1 << 18 // bytes of one line
	maxEntries = 1 << 20 // lines read at start
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entry is one line: what is remembered of a name, or that nothing is.
type entry struct {
	Source string `json:"source"`
	Under  string `json:"under"`
	Name   string `json:"name,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
	mark
}

// salvage is what reading a journal found besides its entries.
type salvage struct {
	Lines   int  // whole and valid
	Damaged int  // lines that are not, or stretches of zero bytes
	Clean   bool // it has its head, its last line its end, and nothing is damaged
}

func (e entry) encode() ([]byte, error) {
	e.Under, e.Name, e.Path = valid(e.Under), valid(e.Name), valid(e.Path)
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	line := fmt.Appendf(make([]byte, 0, len(body)+10), "%08x ", crc32.Checksum(body, castagnoli))
	return append(append(line, body...), '\n'), nil
}

// valid is a path as JSON can hold it: one that is not UTF-8 is quoted.
func valid(path string) string {
	if utf8.ValidString(path) && !strings.HasPrefix(path, `"`) {
		return path
	}
	return strconv.Quote(path)
}

func original(path string) (string, error) {
	if !strings.HasPrefix(path, `"`) {
		return path, nil
	}
	return strconv.Unquote(path)
}

var errDamaged = errors.New("damaged line")

func decodeEntry(line []byte) (entry, error) {
	var e entry
	if len(line) < 10 || line[8] != ' ' {
		return e, errDamaged
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(line[9:], castagnoli) {
		return e, errDamaged
	}
	if err := json.Unmarshal(line[9:], &e); err != nil {
		return e, fmt.Errorf("%w: %w", errDamaged, err)
	}
	for _, path := range []*string{&e.Under, &e.Name, &e.Path} {
		if *path, err = original(*path); err != nil {
			return e, fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	return e, nil
}

// readJournal calls each for every valid entry, in order. Its error is the
// reader's own.
func readJournal(r io.Reader, each func(entry)) (salvage, error) {
	in := bufio.NewReaderSize(r, maxEntry)
	var s salvage
	var head bool
	for {
		zeros, err := skipZeros(in)
		if zeros {
			s.Damaged++
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if s.Lines+s.Damaged >= maxEntries {
			s.Damaged++
			break
		}
		line, lineErr := journalLine(in)
		if err = cmp.Or(err, lineErr); err != nil {
			return s, err
		}
		if string(line) == journalHead {
			head = true
		} else if e, err := decodeEntry(bytes.TrimSuffix(line, []byte("\n"))); err == nil {
			s.Lines++
			each(e)
		} else {
			s.Damaged++
		}
	}
	s.Clean = head && s.Damaged == 0
	return s, nil
}

// skipZeros passes over zero bytes, which a file system that lost power leaves.
func skipZeros(in *bufio.Reader) (some bool, err error) {
	for {
		if _, err := in.Peek(1); err != nil {
			return some, err
		}
		ahead, _ := in.Peek(in.Buffered())
		zeros := len(ahead) - len(bytes.TrimLeft(ahead, "\x00"))
		_, _ = in.Discard(zeros) // they are buffered
		some = some || zeros > 0
		if zeros < len(ahead) {
			return some, nil
		}
	}
}

// journalLine is the next line with its end, or nothing if the line is over
// the limit or has no end.
func journalLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err == nil {
		return line, nil
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return nil, err
}
