package salt

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/converged/converged/parsers/json"
	"github.com/converged/converged/parsers/report"
)

// The values below may be anything in a return, and what is not known must not
// fail the others.

// number is a number; nil if the value is none.
type number struct{ value *float64 }

// number is the number that comes next, also one in a string such as "3.2 ms".
func (w *walk) number() number {
	var word string
	if w.Peek() == '"' {
		word, _, _ = strings.Cut(w.Verbatim(64), " ")
	} else {
		word = w.Text(64)
	}
	if f, err := strconv.ParseFloat(word, 64); err == nil {
		return number{&f}
	}
	return number{}
}

// seconds is the number of milliseconds in seconds, to the microsecond that Salt
// measures; nil if it is beyond belief.
func (n number) seconds() *float64 {
	if n.value == nil || math.IsNaN(*n.value) || *n.value < 0 || *n.value > maxSeconds*1000 {
		return nil
	}
	s := math.Round(*n.value*1000) / 1e6
	return &s
}

// truth is true, false or null, which a state's result may be each of.
type truth struct{ yes, no, null bool }

// truth is the value that comes next.
func (w *walk) truth() truth {
	c := w.Peek()
	w.Skip()
	return truth{yes: c == 't', no: c == 'f', null: c == 'n'}
}

// changes is whether a state changed anything. Of what it changed nothing is
// kept but what a command said on stderr, which is why it failed.
type changes struct {
	some   bool
	stderr []byte // as it stands in the return
}

// changes is the value that comes next.
func (w *walk) changes() (c changes) {
	switch w.Peek() {
	case '{':
		for key := range w.Fields() {
			c.some = true
			if string(key) == "stderr" {
				c.stderr = w.Raw()
			} else {
				w.Skip()
			}
		}
	case '[':
		n := w.Count()
		c.some = n != nil && *n > 0
	case '"':
		c.some = w.Verbatim(1) != ""
	case 'n', 'f':
		w.Skip()
	default:
		c.some = true
		w.Skip()
	}
	return c
}

// said is what a command said on stderr; empty if that is no text.
func (c changes) said() string {
	if len(c.stderr) == 0 {
		return ""
	}
	return json.NewScanner(c.stderr).Verbatim(len(c.stderr))
}

// jidTime is the moment of a job id: YYYYmmddHHMMSSffffff in UTC, perhaps with
// more behind it; zero if it is none.
func jidTime(jid string) report.Time {
	if len(jid) < 20 {
		return report.Time{}
	}
	t, err := time.Parse("20060102150405.000000", jid[:14]+"."+jid[14:20])
	if err != nil || t.Year() < 1970 {
		return report.Time{}
	}
	return report.At(t)
}

// clock is a time of day such as "22:34:52.251483", since midnight.
func clock(word string) (time.Duration, bool) {
	t, err := time.Parse("15:04:05.999999", word)
	if err != nil {
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond()), true
}
