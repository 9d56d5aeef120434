package report

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// The reader's buffer: a message that was received whole fits in, and is not copied.
const smallBuffer, largeBuffer = 64 << 10, 4 << 20

// Lines cuts an input of any length into its lines, holding one at a time; or all
// of an input that is in memory already, which is not copied.
type Lines struct {
	Text    []byte // the line, without its newline; valid until the next call
	TooLong bool   // the line was over the limit and is not in Text
	Number  int    // of the line, from 1
	Offset  int64  // of the line's first byte
	Err     error  // what ended the reading, if not the end

	limit int
	held  []byte // what is left of the input, if all of it is in memory
	r     *bufio.Reader
	long  []byte // a line over the reader's buffer is put together here
	read  int64
}

// NewLines are the lines of r, of at most limit bytes each.
func NewLines(r io.Reader, limit int) *Lines {
	if in, ok := r.(interface{ Bytes() []byte }); ok {
		return &Lines{limit: limit, held: in.Bytes()}
	}
	return &Lines{limit: limit, r: bufio.NewReaderSize(r, max(smallBuffer, min(Size(r)+1, largeBuffer)))}
}

// Next reads one more line, and is false at the end.
func (l *Lines) Next() bool {
	l.Number++
	l.Offset = l.read
	l.long, l.TooLong = l.long[:0], false
	if l.r == nil {
		return l.cut()
	}
	for l.Err == nil {
		piece, err := l.r.ReadSlice('\n')
		l.read += int64(len(piece))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.last(piece, err)
		}
		l.keep(piece)
	}
	return false
}

// cut is Next of an input in memory.
func (l *Lines) cut() bool {
	if len(l.held) == 0 {
		return false
	}
	end := bytes.IndexByte(l.held, '\n') + 1
	if end == 0 {
		end = len(l.held)
	}
	l.Text, l.held = bytes.TrimSuffix(l.held[:end], []byte("\n")), l.held[end:]
	l.read += int64(end)
	if l.TooLong = len(l.Text) > l.limit; l.TooLong {
		l.Text = nil
	}
	return true
}

// last takes the piece that ends a line.
func (l *Lines) last(piece []byte, err error) bool {
	if err == nil {
		piece = piece[:len(piece)-1]
	} else if !errors.Is(err, io.EOF) {
		l.Err = err
		return false
	}
	l.Text = piece
	if len(l.long) > 0 || l.TooLong {
		l.keep(piece)
		l.Text = l.long
	}
	return err == nil || len(l.Text) > 0 || l.TooLong
}

// keep adds a piece to a line longer than the buffer.
func (l *Lines) keep(piece []byte) {
	if l.TooLong = l.TooLong || len(l.long)+len(piece) > l.limit; l.TooLong {
		l.long = l.long[:0]
		return
	}
	l.long = append(l.long, piece...)
}
