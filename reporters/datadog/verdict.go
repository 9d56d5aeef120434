package datadog

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// class is what becomes of what was sent.
type class int

const (
	delivered class = iota
	refused         // for good
	divide          // for good if it is one item; else each half is asked for by itself
	held            // until a person mends something
	later           // when the receiver said
	again
)

// verdict is what an answer means. After is set for later.
type verdict struct {
	class class
	after time.Duration
}

// judge is the one place where an answer, or that there is none, gets a meaning.
func judge(a answer, now time.Time) verdict {
	s := a.status
	switch {
	case a.err != nil:
		// No connection, no name, no trust, no time, or an answer cut off before
		// its status was there. It may have been taken: Datadog knows no way to ask.
		return verdict{class: again}

	case s >= 200 && s <= 299:
		return verdict{class: delivered} // whatever its body says

	case s == 400, s == 413, s == 422:
		return verdict{class: divide} // something in it is wrong, or it is too much
	case s == 405, s == 406, s == 411, s == 415, s == 431:
		return verdict{class: refused} // no part of it would fare better

	case s == 408, s == 425:
		return verdict{class: again}
	case s == 429:
		if after := comeBack(a.header, now); after > 0 {
			return verdict{class: later, after: after}
		}
		return verdict{class: again}

	case s == 401, s == 403:
		return verdict{class: held} // the key is wrong, or is being rotated
	case s >= 300 && s <= 499:
		return verdict{class: held} // a wrong site or path, a gateway or proxy in between
	}
	return verdict{class: again} // 5xx, and what HTTP does not know
}

// mostPatience bounds what a receiver may ask for, in case it is mistaken.
const mostPatience = time.Hour

// comeBack is in how long a receiver wants to be asked again: the longer of what
// X-RateLimit-Reset and Retry-After say, at most mostPatience. It is 0 if they
// say nothing that can be understood.
func comeBack(h http.Header, now time.Time) time.Duration {
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs // a date is of the clock of whoever wrote it
	}
	return min(max(seconds(h.Get("X-RateLimit-Reset")), seconds(h.Get("Retry-After")), until(h.Get("Retry-After"), now)), mostPatience)
}

// seconds is a number of them, also one with a fraction, never negative. What is
// no number is 0.
func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(n > 0) {
		return 0
	}
	return time.Duration(min(n, mostPatience.Seconds()) * float64(time.Second))
}

// until is the time from now to a date as HTTP writes it, negative if it is over.
// What is no date is 0.
func until(text string, now time.Time) time.Duration {
	date, err := http.ParseTime(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return date.Sub(now)
}
