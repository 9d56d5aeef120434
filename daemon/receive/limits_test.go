package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(10)
		pass := func() (n int, after time.Duration) {
			for {
				after, ok := b.take(netip.Prefix{})
				if !ok {
					return n, after
				}
				n++
			}
		}
		if n, after := pass(); n != 20 || after != 100*time.Millisecond {
			t.Errorf("at once %d, then after %v", n, after)
		}
		time.Sleep(150 * time.Millisecond)
		if n, after := pass(); n != 1 || after != 50*time.Millisecond {
			t.Errorf("after 150 ms %d, then after %v", n, after)
		}
		time.Sleep(time.Hour)
		if n, _ := pass(); n != 20 {
			t.Errorf("after an hour %d", n)
		}
		seldom := newBucket(0.01)
		if _, ok := seldom.take(netip.Prefix{}); !ok {
			t.Error("not even one")
		}
		if after, ok := seldom.take(netip.Prefix{}); ok || after.Round(time.Second) != 100*time.Second {
			t.Errorf("%v %v", after, ok)
		}
	})
}

// One that sends all the time has all of the rate while it is alone, and beside
// others leaves them half.
func TestOneAddressLeavesOthersHalfOfTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(10)
		greedy, modest := netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("192.0.2.8/32")
		passed := map[netip.Prefix]int{}
		ask := func(from netip.Prefix) {
			if _, ok := b.take(from); ok {
				passed[from]++
			}
		}
		for range 10_000 {
			ask(greedy)
			time.Sleep(time.Millisecond)
		}
		if n := passed[greedy]; n < 105 || n > 115 {
			t.Errorf("alone %d of 100 and a burst in 10 s", n)
		}
		clear(passed)
		for i := range 10_000 {
			if ask(greedy); i%250 == 0 {
				ask(modest)
			}
			time.Sleep(time.Millisecond)
		}
		if passed[modest] != 40 || passed[greedy] > 70 {
			t.Errorf("beside each other %v, and 40 were asked for seldom", passed)
		}
	})
}

func TestALowRateIsOneAddressesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, from := newBucket(0.01), netip.MustParsePrefix("192.0.2.7/32")
		for i := range 3 {
			if after, ok := b.take(from); !ok {
				t.Errorf("the one after %d hundred seconds is put off for %v", i, after)
			}
			time.Sleep(100 * time.Second)
		}
	})
}

func TestAddressesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(1e6)
		for i := range 3 * mostAddresses {
			b.take(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32))
			if len(b.each) > mostAddresses {
				t.Fatalf("%d are remembered", len(b.each))
			}
			if i == mostAddresses {
				time.Sleep(time.Second)
			}
		}
	})
}

func TestRate(t *testing.T) {
	r := start(t, Options{Rate: 0.01})
	send := func(path string) told { return r.send("POST", path, strings.NewReader("{}")) }
	send("/v1/reports/salt-return").is(t, 202)
	a := send("/reports/upload")
	a.is(t, 503, "too many requests a second")
	if after, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || after < 1 || after > 100 {
		t.Errorf("to be sent again after %d: %v", after, err)
	}
	for range 5 {
		send("/data-collector").is(t, 201)
	}
	send("/v1/reports/unknown").is(t, 404)
	r.refusals(map[string]int64{"format": 1, "rate": 1})
}

func TestTurns(t *testing.T) {
	let, began := make(chan struct{}), make(chan string, 9)
	r := start(t, Options{MaxRequests: 1, limits: limits{room: time.Millisecond}, Take: func(_ context.Context, p Post) ([]string, error) {
		began <- p.Format
		<-let
		return nil, nil
	}})
	first, chef := make(chan told, 1), make(chan told, 1)
	go func() { first <- r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")) }()
	within(t, began, "Take")
	r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 503, "too many reports are being taken")
	go func() { chef <- r.send("POST", "/data-collector", strings.NewReader("x")) }()
	if got := within(t, began, "Take for Chef"); got != ChefCollector {
		t.Errorf("took a %s", got)
	}
	close(let)
	within(t, first, "the first answer").is(t, 202)
	within(t, chef, "Chef's answer").is(t, 201)
	r.refusals(map[string]int64{"requests": 1})
}

// With a disk that stands still, Chef's messages do not pile up for ever.
func TestChefTurns(t *testing.T) {
	let := make(chan struct{})
	r := start(t, Options{
		limits: limits{chef: time.Millisecond, room: time.Millisecond},
		Take:   func(context.Context, Post) ([]string, error) { <-let; return nil, nil },
	})
	for range chefAtOnce + 3 {
		r.send("POST", "/data-collector", strings.NewReader("{}")).is(t, 201)
	}
	for r.Stats().Lost < 3 { // those that wait for a turn are answered before
		time.Sleep(time.Millisecond)
	}
	close(let)
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Accepted[ChefCollector] != chefAtOnce || s.Lost != 3 {
		t.Errorf("%+v", s)
	}
}

func TestTakeHasItsTime(t *testing.T) {
	r := start(t, Options{TakeWithin: time.Millisecond, Take: func(ctx context.Context, _ Post) ([]string, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("waiting for the disk: %w", ctx.Err())
	}})
	r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 503)
	r.refusals(map[string]int64{"busy": 1})
}

func TestSayOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		s := newSay(slog.New(slog.NewTextHandler(&text, nil)))
		for range 10 {
			s.warn("path", "refused")
			s.error("other", "failed")
		}
		if got := strings.Count(text.String(), "\n"); got != 2 {
			t.Errorf("%d lines: %s", got, text.String())
		}
		time.Sleep(time.Minute)
		text.Reset()
		s.warn("path", "refused")
		if !strings.Contains(text.String(), "as_before=9") {
			t.Errorf("said %s", text.String())
		}
		time.Sleep(time.Minute)
		text.Reset()
		s.warn("path", "refused")
		if strings.Contains(text.String(), "as_before") {
			t.Errorf("said %s", text.String())
		}
	})
}

func TestClean(t *testing.T) {
	for dirty, want := range map[string]string{
		"plain é 字": "plain é 字", "a\nb\tc": "a b c", "\x1b[31m": "\ufffd[31m", "\u202eback": "\ufffdback", "\xff": "\ufffd", "\x00": "\ufffd",
		strings.Repeat("é", 600): strings.Repeat("é", 500) + "...", "x" + strings.Repeat("é", 600): "x" + strings.Repeat("é", 499) + "...",
	} {
		if got := clean(dirty); got != want {
			t.Errorf("%q: %q", dirty, got)
		}
	}
}

func TestDefaults(t *testing.T) {
	o := Options{}.withDefaults()
	if o.MaxBytes != 16<<20 || o.MaxMemory != 64<<20 || o.MaxRequests != 8 || o.MaxConnections != 256 || o.Rate != 50 || o.TakeWithin != 20*time.Second {
		t.Errorf("%+v", o)
	}
	if o := (Options{MaxBytes: 64 << 20}).withDefaults(); o.MaxMemory != 128<<20 || o.leaves(endpoint{}) != 64<<20 {
		t.Errorf("for the largest bodies %d bytes, of which others leave %d to Chef", o.MaxMemory, o.leaves(endpoint{}))
	}
	if o := (Options{MaxBytes: 100 << 20, MaxMemory: 1}).withDefaults(); o.MaxMemory != 100<<20 {
		t.Errorf("a body of the largest size never finds room: %d", o.MaxMemory)
	}
}

func TestRecoveredIsNoError(t *testing.T) {
	err := errors.New("as it was")
	func() { defer recovered(&err) }()
	if err == nil || err.Error() != "as it was" {
		t.Errorf("%v", err)
	}
}

func TestConnectionsThatJustLeaveAreNotSaid(t *testing.T) {
	synctest.Test(t, saysWhatFails)
}

func saysWhatFails(t *testing.T) {
	var text bytes.Buffer
	s := newSay(slog.New(slog.NewTextHandler(&text, nil)))
	for _, line := range []string{"http: TLS handshake error from 192.0.2.7:1: EOF\n", "http: TLS handshake error from 192.0.2.7:1: read tcp 1->2: i/o timeout\n"} {
		_, _ = s.Write([]byte(line))
	}
	if text.Len() != 0 {
		t.Errorf("said %s", text.String())
	}
	_, _ = s.Write([]byte("http: TLS handshake error from 192.0.2.7:1: remote error: tls: bad certificate\n"))
	time.Sleep(sayAgain)
	_, _ = s.Write([]byte("http: panic serving 192.0.2.7:1: why\ngoroutine 7 [running]:\n"))
	if strings.Contains(text.String(), "goroutine") || !strings.Contains(text.String(), "why") {
		t.Errorf("said %q", text.String())
	}
	if !strings.Contains(text.String(), "bad certificate") {
		t.Errorf("said %q", text.String())
	}
}
