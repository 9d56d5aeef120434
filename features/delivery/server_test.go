//go:build linux

package delivery

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

// TestServer has a test for every way in which a server misbehaves: whatever it
// does, converged goes on, nothing is lost, and only what may have arrived
// already comes twice.
func TestServer(t *testing.T) {
	for _, c := range []struct {
		name     string
		answer   rig.Answer
		doubtful bool   // the server has taken what it seems to have not
		says     string // in converged's log
	}{
		{"status 408", rig.Status(408), false, "408 Request Timeout"},
		{"status 429", rig.Status(429, "X-RateLimit-Reset", "1"), false, "429 Too Many Requests"},
		{"status 500", rig.Status(500), false, "500 Internal Server Error"},
		{"status 503", rig.Status(503, "Retry-After", "1"), false, "503 Service Unavailable"},
		{"status 403", rig.Status(403), false, "takes nothing until this is mended"},
		{"hang", rig.Hang, false, "no whole answer within 5s"},
		{"slow drip", rig.Drip(200 * time.Millisecond), true, "no whole answer within 5s"},
		{"close before it takes", rig.CloseBefore, false, "EOF"},
		{"close after it took", rig.CloseAfter, true, "EOF"},
		{"reset before it takes", rig.ResetBefore, false, "reset by peer"},
		{"reset after it took", rig.ResetAfter, true, "reset by peer"},
		{"not HTTP", notHTTP, false, "malformed HTTP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := withIntake(t, programs.plain)
			if strings.HasSuffix(c.says, " within 5s") {
				s.node.Config.Reporters[0].Timeout = 5 * time.Second
			}
			s.intake.Behave("/", c.answer)
			s.start()
			several(3, s.report) // the third has failed
			s.saysOfRuns(c.says)
			if s.waits() == 0 {
				t.Error("nothing waits")
			}
			s.intake.Behave("/", nil)
			several(3, s.line)
			s.settled(map[bool]int{true: 3}[c.doubtful])
			s.await("each run that came again to be explained", func() bool { // the server may find out late that nobody listens
				return !slices.ContainsFunc(s.all(), func(r rig.Run) bool { h := s.intake.Host(r.Host); return h.Runs > 1+h.Unsure })
			})
		})
	}
}

// saysOfRuns waits until converged has said why runs are kept.
func (s *site) saysOfRuns(why string) {
	s.t.Helper()
	s.eventually("it says: "+why, func() bool {
		for line := range strings.Lines(s.node.Log()) {
			if strings.Contains(line, " kept=") && strings.Contains(line, why) {
				return true
			}
		}
		return false
	})
}

// notHTTP is a server of another kind.
func notHTTP(x *rig.Exchange) { x.Say("220 mail.example.com ESMTP\r\n") }

// A status that is cut off is none, one whose body is cut off or is nonsense
// counts: Datadog has said that it has it.
func TestTheStatusDecides(t *testing.T) {
	for name, answer := range map[string]rig.Answer{"cut in its body": cutBody, "garbage": rig.TakenGarbage} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withIntake(t, programs.plain)
			s.intake.Behave("/", answer)
			s.start()
			several(3, s.report)
			s.settled(0)
		})
	}
}

func cutBody(x *rig.Exchange) {
	status, body := x.Take()
	x.Say(fmt.Sprintf("HTTP/1.1 %d OK\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body[:1]))
}

// A redirect is not followed: whoever stands there would be given the key.
func TestNoRedirectIsFollowed(t *testing.T) {
	for _, code := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			elsewhere, err := rig.StartIntake(rig.IntakeOptions{})
			do(t, err)
			defer elsewhere.Close()
			s := withIntake(t, programs.plain)
			s.intake.Behave("/", rig.Redirect(code, elsewhere.URL))
			s.start()
			s.report()
			s.saysOfRuns("which is not followed")
			s.intake.Behave("/", nil)
			s.settled(0)
			if n := elsewhere.Totals().Connections; n != 0 {
				t.Errorf("%d connections were made to where it was sent", n)
			}
		})
	}
}

// A certificate that nobody vouches for holds nothing but itself up: everything
// is kept until its authority is named.
func TestAnUnknownAuthority(t *testing.T) {
	t.Parallel()
	s := withIntake(t, programs.plain)
	do(t, s.intake.Close())
	secured, err := rig.StartIntake(rig.IntakeOptions{TLS: true, APIKey: rig.PlantedKey, Saw: s.leaks.SearchRequest})
	do(t, err)
	s.intake, s.receiver = secured, secured
	s.node.Config.Reporters[0].URL = secured.URL
	s.start()
	s.report()
	s.saysOfRuns("certificate signed by unknown authority")
	if sum := secured.Totals(); len(sum.Requests) != 0 || s.waits() != 1 {
		t.Errorf("%d runs wait, %v was asked of a server that nobody vouches for", s.waits(), sum.Requests)
	}
	s.stop()
	do(t, os.WriteFile(s.node.Path("ca.pem"), secured.CA, 0o600))
	s.node.Config.Reporters[0].CAFile = s.node.Path("ca.pem")
	s.start()
	s.settled(0)
}

// A name that does not resolve, and a port at which nobody listens yet.
func TestNobodyIsThere(t *testing.T) {
	t.Parallel()
	s := withIntake(t, programs.plain)
	address := s.intake.Address()
	do(t, s.intake.Close())
	good := s.node.Config.Reporters[0].URL
	s.node.Config.Reporters[0].URL = "http://no-such-host.invalid"
	s.start()
	s.report()
	s.saysOfRuns("lookup no-such-host.invalid")
	s.stop()
	s.node.Config.Reporters[0].URL = good
	s.start()
	s.report()
	s.saysOfRuns("connection refused")
	s.eventually("both runs wait", func() bool { return s.waits() == 2 })
	again, err := rig.StartIntake(rig.IntakeOptions{Address: address, APIKey: rig.PlantedKey, Saw: s.leaks.SearchRequest})
	do(t, err)
	s.intake, s.receiver = again, again
	s.settled(0)
}

// A server that comes and goes every second, while runs keep coming.
func TestAFlappingEndpoint(t *testing.T) {
	t.Parallel()
	s := withIntake(t, programs.plain)
	s.node.Config.Reporters[0].Timeout = 5 * time.Second // what hangs is given up
	ways := []rig.Answer{rig.Status(503), rig.ResetBefore, rig.Hang, rig.Status(429, "X-RateLimit-Reset", "1")}
	s.start()
	for i := range 8 {
		s.intake.Behave("/", ways[i%len(ways)])
		asked := s.asked()
		several(5, s.report)
		s.await("another request", func() bool { return s.asked() > asked })
		s.intake.Behave("/", nil)
		several(5, s.line)
		s.await("some are told of", func() bool { return s.intake.Seen() > 0 })
	}
	s.settled(0)
}

// asked is how many requests came to the intake.
func (s *site) asked() (n int64) {
	for _, one := range s.intake.Totals().Requests {
		n += one
	}
	return n
}

// One account's trouble is its own: the others are told of everything meanwhile.
func TestAccountsDoNotWaitForEachOther(t *testing.T) {
	for name, trouble := range map[string]rig.Answer{
		"a bad key": rig.Status(403), "an endpoint that hangs": rig.Hang, "an outage": rig.Status(503), "a rate limit": rig.Status(429, "X-RateLimit-Reset", "3600"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withIntake(t, programs.plain)
			other, err := rig.StartIntake(rig.IntakeOptions{APIKey: rig.PlantedKey, Saw: s.leaks.SearchRequest})
			do(t, err)
			defer other.Close()
			first := &s.node.Config.Reporters[0]
			first.Timeout = time.Minute // what hangs stays hanging
			first.ExtraEndpoints = []rig.Reporter{{Name: "other", URL: other.URL, APIKeyFile: first.APIKeyFile}}
			s.intake.Behave("/", trouble)
			s.start()
			for range 5 {
				several(4, s.report)
				s.awaitAt(other)
			}
			kept, err := s.node.Kept("other")
			do(t, err)
			if err := rig.Explain(s.all(), other.Told, kept).Err(0); err != nil {
				t.Errorf("the other account: %v", err)
			}
			s.eventually("all runs wait for the first account", func() bool { return s.waits() == 20 && s.asked() > 0 })
			if s.intake.Totals().Runs != 0 {
				t.Error("the first account has taken runs")
			}
		})
	}
}

// awaitAt waits until every run so far was told wholly to another intake.
func (s *site) awaitAt(other *rig.Intake) {
	s.t.Helper()
	mine := s.receiver
	s.receiver = other
	defer func() { s.receiver = mine }()
	s.await("the runs at the other account", func() bool {
		v := rig.Explain(s.all(), other.Told, nil)
		return len(v.Lost)+len(v.Half) == 0
	})
}

// A port that is taken by something that accepts and says nothing.
func TestAListenerThatNeverSpeaks(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	do(t, err)
	defer silent.Close()
	s := withIntake(t, programs.plain)
	good := s.node.Config.Reporters[0].URL
	s.node.Config.Reporters[0].URL, s.node.Config.Reporters[0].Timeout = "http://"+silent.Addr().String(), time.Second
	s.start()
	s.report()
	s.saysOfRuns("no whole answer within 1s")
	s.stop() // within its grace, although nobody answers
	s.node.Config.Reporters[0].URL, s.node.Config.Reporters[0].Timeout = good, time.Minute
	s.start()
	s.settled(0)
}
