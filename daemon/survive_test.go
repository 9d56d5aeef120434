package daemon

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/daemon/receive"
	"github.com/converged/converged/parsers/report"
)

// fails is a parser that one report makes fail.
func fails(with func()) func(io.Reader) ([]report.Run, error) {
	return func(io.Reader) ([]report.Run, error) {
		with()
		return nil, nil
	}
}

// A report that makes its parser panic must not stop the daemon: it would at every
// start, for it is kept until it was read.
func TestAReportThatMakesItsParserPanic(t *testing.T) {
	var none []int
	for want, with := range map[string]func(){
		"index out of range [3] with length 0 at survive_test.go:": func() { none[len("abc")]++ },
		"a panic with a string at survive_test.go:":                func() { panic("a secret of the report") },
		"a panic with a *errors.errorString at survive_test.go:":   func() { panic(errors.New("a secret of the report")) },
	} {
		r := newPostRig(t, t.TempDir(), "a")
		d := documentOf(collected([]byte("{}")))
		d.format.parse = fails(with)
		batches, understood := r.batches(d)
		if understood || len(batches) != 1 || !strings.Contains(batches[0].batch.Events[0].Text, want) {
			t.Errorf("%v %+v, want in it %s", understood, batches, want)
		}
		if _, err := r.takeWhole(t.Context(), d); !errors.Is(err, receive.ErrUnfit) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
}

func TestWhatChefLeftMakesItsParserPanic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "left")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readFrom(path, fails(func() { panic(1) })); err == nil || !strings.Contains(err.Error(), "a panic with a int") {
		t.Errorf("%v", err)
	}
}
