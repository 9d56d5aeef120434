package salt

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
)

// The types below take any JSON value and keep what they know, because a field
// of a return may hold anything and must not fail the others.

// text is a string; empty if the value is none.
type text string

// UnmarshalJSON keeps a string.
func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	var s string
	if data[0] == '"' {
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(s)
	}
	return nil
}

// number is a number, also one in a string such as "3.2 ms"; nil if the value is none.
type number struct{ value *float64 }

// UnmarshalJSON keeps a number.
func (n *number) UnmarshalJSON(data []byte) error {
	word, _, _ := strings.Cut(strings.Trim(string(data[:min(len(data), 64)]), `"`), " ")
	n.value = nil
	if f, err := strconv.ParseFloat(word, 64); err == nil {
		n.value = &f
	}
	return nil
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

// UnmarshalJSON keeps a truth.
func (t *truth) UnmarshalJSON(data []byte) error {
	*t = truth{yes: string(data) == "true", no: string(data) == "false", null: string(data) == "null"}
	return nil
}

// changes is whether a state changed anything. Of what it changed nothing is
// kept but what a command said on stderr, which is why it failed.
type changes struct {
	some   bool
	stderr text
}

// UnmarshalJSON keeps whether there is anything in the value.
func (c *changes) UnmarshalJSON(data []byte) error {
	*c = changes{}
	switch string(bytes.Join(bytes.Fields(data[:min(len(data), 64)]), nil)) {
	case "{}", "[]", `""`, "null", "false":
		return nil
	}
	c.some = true
	if data[0] == '{' {
		var of struct {
			Stderr text `json:"stderr"`
		}
		if err := json.Unmarshal(data, &of); err != nil {
			return err
		}
		c.stderr = of.Stderr
	}
	return nil
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
