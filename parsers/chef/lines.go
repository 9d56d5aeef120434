package chef

import (
	"bufio"
	"errors"
	"io"
)

// The reader's buffer: a message that was received whole fits in, and is not copied.
const smallBuffer, largeBuffer = 64 << 10, 4 << 20

// lines cuts an input of any length into its lines, holding one at a time.
type lines struct {
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
	return &lines{r: bufio.NewReaderSize(r, max(smallBuffer, min(size(r)+1, largeBuffer)))}
}

// next reads one more line, and is false at the end.
func (l *lines) next() bool {
	l.number++
	l.offset = l.read
	l.long, l.tooLong = l.long[:0], false
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
