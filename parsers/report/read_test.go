package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// whole are the ways an input can come.
var whole = map[string]func(string) io.Reader{
	"told":      func(s string) io.Reader { return strings.NewReader(s) },
	"not told":  func(s string) io.Reader { return io.MultiReader(strings.NewReader(s)) },
	"in memory": func(s string) io.Reader { return bytes.NewBufferString(s) },
}

func TestRead(t *testing.T) {
	for name, of := range whole {
		for text, class := range map[string]error{"1234": nil, "12345": ErrTooLarge, "": ErrEmpty, "\n": ErrEmpty} {
			data, err := Read(of(text), 4, "Chef")
			if !errors.Is(err, class) || class == nil && string(data) != text {
				t.Errorf("%s, %q: %q, %v, want %v", name, text, data, err, class)
			}
		}
	}
}

func TestReadDoesNotCopyWhatIsInMemory(t *testing.T) {
	text := []byte("a report")
	data, err := Read(bytes.NewBuffer(text), 100, "Chef")
	if err != nil || &data[0] != &text[0] {
		t.Errorf("%q is a copy, error %v", data, err)
	}
}

func TestReadTellsWhatFailed(t *testing.T) {
	_, err := Read(iotest.ErrReader(io.ErrClosedPipe), 4, "Chef")
	if !errors.Is(err, io.ErrClosedPipe) || !strings.Contains(err.Error(), "report of Chef") {
		t.Error(err)
	}
}
