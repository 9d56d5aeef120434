package chef

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/converged/converged/parsers/report"
)

// The reader's buffer: a message that was received whole fits in, and is not copied.
const smallBuffer, largeBuffer = 64 << 10, 4 << 20

// lines cuts an input of any length into its lines, holding one at a time; or all
// of an input that is in memory already, which is not copied.
type lines struct {
	held    []byte // what is left of the input, if all of it is in memory
	r       *bufio.Reader
	long    []byte // a line over the reader's buffer is put together here
	text    []byte // the line, without its newline; valid until the next call
	tooLong bool   // the line was over MaxDocument and is not in text
	number  int    // of the line, from 1
	offset  int64  // of the line's first byte
	read    int64
	err     error // what ended the reading, if not the end
}

func newLines(r io.Reader) *lines {
	if in, ok := r.(interface{ Bytes() []byte }); ok {
		return &lines{held: in.Bytes()}
	}
	return &lines{r: bufio.NewReaderSize(r, max(smallBuffer, min(report.Size(r)+1, largeBuffer)))}
}

// next reads one more line, and is false at the end.
func (l *lines) next() bool {
	l.number++
	l.offset = l.read
	l.long, l.tooLong = l.long[:0], false
	if l.r == nil {
		return l.cut()
	}
	for l.err == nil {
		piece, err := l.r.ReadSlice('\n')
		l.read += int64(len(piece))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.last(piece, err)
		}
		l.keep(piece)
	}
	return false
}

// cut is next of an input in memory.
func (l *lines) cut() bool {
	if len(l.held) == 0 {
		return false
	}
	end := bytes.IndexByte(l.held, '\n') + 1
	if end == 0 {
		end = len(l.held)
	}
	l.text, l.held = bytes.TrimSuffix(l.held[:end], []byte("\n")), l.held[end:]
	l.read += int64(end)
	if l.tooLong = len(l.text) > MaxDocument; l.tooLong {
		l.text = nil
	}
	return true
}

// last takes the piece that ends a line.
func (l *lines) last(piece []byte, err error) bool {
	if err == nil {
		piece = piece[:len(piece)-1]
	} else if !errors.Is(err, io.EOF) {
		l.err = err
		return false
	}
	l.text = piece
	if len(l.long) > 0 || l.tooLong {
		l.keep(piece)
		l.text = l.long
	}
	return err == nil || len(l.text) > 0 || l.tooLong
}

// keep adds a piece to a line longer than the buffer.
func (l *lines) keep(piece []byte) {
	if l.tooLong = l.tooLong || len(l.long)+len(piece) > MaxDocument; l.tooLong {
		l.long = l.long[:0]
		return
	}
	l.long = append(l.long, piece...)
}
