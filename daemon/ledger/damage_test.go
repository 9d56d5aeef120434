package ledger

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kept is a ledger of three runs, closed, and its one file.
func kept(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	l := open(t, dir, Options{})
	for _, run := range []string{"r1", "r2", "r3"} {
		note(l, run, Acknowledged)
	}
	closed(t, l)
	return dir, filepath.Join(dir, "00000001.log")
}

// change rewrites a file.
func change(t *testing.T, file string, how func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, how(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamageCostsTheLinesItHit(t *testing.T) {
	for _, c := range []struct {
		name    string
		how     func(text []byte) []byte
		want    string // read as it is
		damaged int
		after   string // read once a daemon went on with it
		more    int    // damaged then
	}{
		{"nothing", func(b []byte) []byte { return b }, "r1 r2 r3", 0, "r1 r2 r3 new", 0},
		{"empty", func([]byte) []byte { return nil }, "", 0, "new", 0},
		{"a torn last line", func(b []byte) []byte { return b[:len(b)-20] }, "r1 r2", 0, "r1 r2 new", 1},
		{"only the end of the last line is missing", func(b []byte) []byte { return b[:len(b)-1] }, "r1 r2", 0, "r1 r2 r3 new", 0},
		{"zero bytes at the end", func(b []byte) []byte { return append(b, make([]byte, 300<<10)...) }, "r1 r2 r3", 1, "r1 r2 r3 new", 1},
		{"zero bytes instead of a line", func(b []byte) []byte {
			lines := bytes.SplitAfter(b, []byte("\n"))
			clear(lines[2])
			return bytes.Join(lines, nil)
		}, "r1 r3", 1, "r1 r3 new", 1},
		{"all zero bytes", func(b []byte) []byte { return make([]byte, len(b)) }, "", 1, "new", 1},
		{"foreign lines", func(b []byte) []byte { return append([]byte("hello\n\n{}\n"), b...) }, "r1 r2 r3", 3, "r1 r2 r3 new", 3},
		{"a changed byte", func(b []byte) []byte { return bytes.Replace(b, []byte("r2"), []byte("rX"), 1) }, "r1 r3", 1, "r1 r3 new", 1},
		{"an endless line", func(b []byte) []byte {
			return append(append(bytes.Repeat([]byte("x"), 1<<20), '\n'), b...)
		}, "r1 r2 r3", 1, "r1 r2 r3 new", 1},
		{"a record of nothing", func(b []byte) []byte {
			line, err := encode(Record{})
			if err != nil {
				t.Fatal(err)
			}
			return append(b, line...)
		}, "r1 r2 r3", 1, "r1 r2 r3 new", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, file := kept(t)
			change(t, file, c.how)
			mustHold(t, dir, c.want, c.damaged)
			l := open(t, dir, Options{})
			note(l, "new", Acknowledged)
			closed(t, l)
			mustHold(t, dir, c.after, c.more)
		})
	}
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	dir, _ := kept(t)
	for _, name := range []string{"notes.txt", "1.log", "00000002.log.bak", "-0000001.log"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustHold(t, dir, "r1 r2 r3", 0)
}

// A directory with the name of a file costs nothing that is in the others.
func TestADirectoryInPlaceOfAFile(t *testing.T) {
	dir, _ := kept(t)
	if err := os.Mkdir(filepath.Join(dir, "00000002.log"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir, Options{MaxBytes: 4 << 10})
	for i := range 100 {
		note(l, fmt.Sprint("n", i), Acknowledged)
	}
	if st := l.Stats(); st.Err != nil || st.Held != 0 {
		t.Errorf("got %+v", st)
	}
	all, d, err := Read(dir, Query{})
	if err != nil || d.Files != 1 || d.Err == nil || all[len(all)-1].Run != "n99" {
		t.Errorf("got %d runs, %+v, %v", len(all), d, err)
	}
	closed(t, l)
}

func TestWhatARecordMayHold(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	nan, huge := math.NaN(), strings.Repeat("\x01é", 1<<20)
	s := &Summary{Host: huge, Failure: huge, Report: huge + "\xff", Duration: &nan, End: time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)}
	l.Note(Record{Run: huge, Step: Seen, Reporter: huge, Detail: huge, Summary: s})
	l.Note(Record{Run: "a\nb\xff\u2028", Step: Failed, Detail: "two\nlines"})
	closed(t, l)
	all := read(t, dir, Query{}, 0)
	if len(all) != 2 || all[0].Run != Key(huge) || all[1].Run != Key("a\nb\xff\u2028") || all[1].Steps[0].Detail != "two\nlines" {
		t.Fatalf("got %d accounts", len(all))
	}
	if s := all[0].Summary; s.Duration != nil || !s.End.IsZero() || len(s.Host) > maxName || len(s.Report) > maxPath {
		t.Errorf("got %+v", s)
	}
	if s.Host != huge || s.Duration == nil {
		t.Error("the caller's summary was changed")
	}
}

func TestReadIsBounded(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	for i := range 50 {
		note(l, fmt.Sprintf("r%02d", i), Seen)
	}
	for range 3 * maxSteps {
		note(l, "r49", Failed)
	}
	note(l, "r49", Acknowledged)
	closed(t, l)
	if got := runs(read(t, dir, Query{Most: 3}, 0)); got != "r47 r48 r49" {
		t.Errorf("got %s", got)
	}
	if got := runs(read(t, dir, Query{Run: "r1", Most: 2}, 0)); got != "r18 r19" {
		t.Errorf("got %s", got)
	}
	a := read(t, dir, Query{Run: "r49"}, 0)[0]
	if len(a.Steps) != maxSteps || a.Omitted != 2*maxSteps+2 || a.Steps[0].Step != Seen || a.Last()["datadog"].Step != Acknowledged {
		t.Errorf("%d steps, %d omitted", len(a.Steps), a.Omitted)
	}
}

// FuzzScan reads anything, and finds the whole line that follows it.
func FuzzScan(f *testing.F) {
	line, err := encode(Record{Run: "r1", Step: Seen, At: time.Unix(0, 0).UTC()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(head))
	f.Add(line)
	f.Add(line[:len(line)/2])
	f.Add(make([]byte, 100))
	f.Add(append([]byte("x\x00\x00\n\x00"), line...))
	f.Fuzz(func(t *testing.T, text []byte) {
		var before, after []Record
		damaged, _, err := scan(bytes.NewReader(text), func(r Record) { before = append(before, r) })
		if err != nil {
			t.Fatal(err)
		}
		if len(before)+damaged > bytes.Count(text, []byte("\n"))+bytes.Count(text, []byte{0})+len(text)/maxLine+1 {
			t.Errorf("%d records and %d damaged lines in %d bytes", len(before), damaged, len(text))
		}
		whole := append(append(bytes.Clone(text), '\n'), line...)
		if _, _, err := scan(bytes.NewReader(whole), func(r Record) { after = append(after, r) }); err != nil {
			t.Fatal(err)
		}
		if n := len(after); n <= len(before)-1 || n == 0 || after[n-1].Run != "r1" {
			t.Errorf("the line after it was not found: %v", after)
		}
	})
}
