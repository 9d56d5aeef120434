package watch

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// growing is a file of which more is there at every look.
type growing struct {
	data  []byte
	there int
}

func (g *growing) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(g.data[:g.there]).ReadAt(p, at)
}

// However a text comes in pieces, its lines are those of the text.
func FuzzWindow(f *testing.F) {
	f.Add([]byte("a\nbb\n\nccc"), []byte{1, 2, 3})
	f.Add([]byte(strings.Repeat("x", 3000)+"\n"+strings.Repeat("y", 200)+"\r\n"), []byte{0, 255, 255, 100})
	f.Add(bytes.Repeat([]byte("0123456789\n"), 1000), []byte{7})
	f.Fuzz(func(t *testing.T, text, pieces []byte) {
		file := &growing{data: text}
		w := window{most: 1 << 20}
		var got []string
		var head print
		for i := 0; file.there < len(text) || i <= len(pieces); i++ {
			more := len(text)
			if i < len(pieces) {
				more = int(pieces[i]) * 8
			}
			file.there = min(len(text), file.there+more)
			for {
				n, err := w.fill(file, head, int64(file.there))
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
			}
			for line, n := w.line(); n > 0; line, n = w.line() {
				got = append(got, string(line))
				w.consume(n)
			}
			head, _ = headOf(file, w.pos())
			if tail := w.tail(); tail != printOf(text[max(0, w.pos()-printed):w.pos()]) {
				t.Fatalf("the print before %d is wrong", w.pos())
			}
			w.shrink()
			if i%3 == 0 {
				if err := w.load(file, w.pos()); err != nil {
					t.Fatal(err)
				}
			}
		}
		var want []string
		for line := range strings.Lines(string(text)) {
			if line, ended := strings.CutSuffix(line, "\n"); ended {
				want = append(want, strings.TrimSuffix(line, "\r"))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

func TestWindowNoticesOtherBytes(t *testing.T) {
	file := &growing{data: []byte("one\ntwo\nthree\nfour\n"), there: 8}
	w := window{most: 100}
	if _, err := w.fill(file, print{}, 8); err != nil {
		t.Fatal(err)
	}
	w.consume(4)
	for name, now := range map[string]*growing{
		"cut":             {file.data, 3},
		"cut and regrown": {[]byte("five\nsix\nseven\n"), 15},
	} {
		if n, err := w.fill(now, print{}, 20); !errors.Is(err, errTorn) || n != 0 {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
	head, _ := headOf(file, 8)
	other := &growing{[]byte("One\ntwo\nthree\nfour\n"), 19}
	w.buf, w.base, w.r, w.scan = w.buf[4:], 4, 0, 0 // the window knows no more than this
	if n, err := w.fill(other, head, 19); !errors.Is(err, errTorn) || n != 0 {
		t.Errorf("another head: %d bytes, %v", n, err)
	}
	if err := w.load(file, 9); !errors.Is(err, errTorn) {
		t.Errorf("a position behind the end: %v", err)
	}
	broken := &w
	if _, err := broken.fill(brokenFile{}, print{}, 0); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a disk that fails: %v", err)
	}
}

type brokenFile struct{}

func (brokenFile) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

// A record that is written in small pieces is not copied for each of them.
func TestWindowOfARecordInPieces(t *testing.T) {
	const piece, pieces = 4 << 10, 2000
	file := &growing{data: bytes.Repeat([]byte("x"), piece*pieces)}
	w := window{most: 16 << 20}
	grew := 0
	for file.there < len(file.data) {
		file.there += piece
		before := cap(w.buf)
		for w.end() < int64(file.there) {
			if n, err := w.fill(file, print{}, int64(file.there)); n == 0 || err != nil {
				t.Fatalf("%d bytes, %v", n, err)
			}
		}
		if cap(w.buf) != before {
			grew++
		}
	}
	if grew > 60 {
		t.Errorf("it grew %d times over %d pieces", grew, pieces)
	}
}

func TestWindowGivesMemoryBack(t *testing.T) {
	text := bytes.Repeat([]byte("x"), 5<<20)
	text[len(text)-1] = '\n'
	file := &growing{text, len(text)}
	w := window{most: 8 << 20}
	for n, err := w.fill(file, print{}, int64(len(text))); n > 0; n, err = w.fill(file, print{}, 0) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if line, n := w.line(); n != len(text) || len(line) != n-1 {
		t.Fatalf("%d bytes", n)
	}
	w.consume(len(text))
	if w.shrink(); cap(w.buf) > 2*printed || w.pos() != int64(len(text)) {
		t.Errorf("keeps %d bytes at %d", cap(w.buf), w.pos())
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]bool{
		"chef-run-report-20261120101010.json": true, "202611201010.yaml": true, "report.json.1": true,
		".report.json": false, "report.json~": false, "report.json.tmp": false, "report.yaml20261120-4711-1k2j3h": false,
		"report.yaml20261120-4711-1k2j3h.lock": false, "x.swp": false, "#x#": false, "x.part": false, "x.dpkg-new": false,
	} {
		if report(name) != want {
			t.Errorf("report(%q) is %v", name, !want)
		}
	}
	live := "data-collector.json"
	for name, want := range map[string]bool{
		live + ".1": true, live + ".12.gz": true, live + "-20261120": true, live + "-20261120.xz": true, live + ".old": true,
		live + ".2026-11-20T10:00:00": true, "data-collector-20261120.json": true, "data-collector.1.json": true,
		"data-collector.1.json.gz": true, live: false, live + "x": false, live + ".tmp": false, live + ".pos": false,
		live + ".sha256": false, "data-collector-web.json": false, "data-collector": false, "other.json.1": false, live + "~": false,
	} {
		if rotatedFrom(live, name) != want {
			t.Errorf("rotatedFrom(%q, %q) is %v", live, name, !want)
		}
		if want && !slices.Contains(originals(name), live) {
			t.Errorf("%q is not among the originals of %q: %q", live, name, originals(name))
		}
	}
	if rotatedFrom("events", "events-2026.gz") != true || rotatedFrom(".json", "1.json") {
		t.Error("names without a stem or an ending")
	}
}

func TestOlderNamesFirst(t *testing.T) {
	names := []string{"a.log-20261121", "a.log-20261119", "a.log-20261120"}
	slices.SortFunc(names, compareAge)
	if want := []string{"a.log-20261119", "a.log-20261120", "a.log-20261121"}; !slices.Equal(names, want) {
		t.Errorf("%v", names)
	}
	names = []string{"/x/a.log.2", "/x/a.log.10.gz", "/x/a.log.1"}
	slices.SortFunc(names, compareAge)
	if want := []string{"/x/a.log.10.gz", "/x/a.log.2", "/x/a.log.1"}; !slices.Equal(names, want) {
		t.Errorf("%v", names)
	}
}
