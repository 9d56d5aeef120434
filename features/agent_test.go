package features

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

const (
	patience = time.Minute             // for what must happen
	calm     = 1500 * time.Millisecond // for what must not
)

// agent is a Datadog Agent as far as DogStatsD can tell: a socket that is read.
type agent struct {
	conn  *net.UnixConn
	lines []string
}

func registerAgent(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^a Datadog Agent listens$`, w.agentListens)
	sc.Step(`^the Agent receives (\d+) runs?$`, w.agentReceivesRuns)
	sc.Step(`^nothing more arrives$`, w.nothingMore)
	sc.Step(`^the Agent received the metric "([^"]+)" with value (\S+)$`, func(name, value string) error {
		return w.agent.wait(name+":"+value+"|", "")
	})
	sc.Step(`^the Agent received the metric "([^"]+)" tagged "([^"]+)"$`, func(name, tag string) error {
		return w.agent.wait(name+":", tag)
	})
	sc.Step(`^the Agent received the service check "([^"]+)" as (\d)$`, func(name string, status int) error {
		return w.agent.wait("_sc|"+name+"|"+strconv.Itoa(status)+"|", "")
	})
	sc.Step(`^the Agent received an event with "(.+)"$`, func(text string) error {
		return w.agent.wait("_e{", strings.ReplaceAll(text, "DIR", w.dir))
	})
	sc.Step(`^the Agent received no event$`, func() error {
		if w.agent.has("_e{", "") == nil {
			return errors.New("it received one")
		}
		return nil
	})
}

func (w *world) socket() string { return w.path("dsd.socket") }

func (w *world) agentListens() error {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: w.socket(), Net: "unixgram"})
	w.agent = &agent{conn: conn}
	return err
}

func (a *agent) close() { _ = a.conn.Close() }

// read takes in the next datagram, or returns os.ErrDeadlineExceeded.
func (a *agent) read(deadline time.Time) error {
	if err := a.conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	buffer := make([]byte, 64<<10)
	n, err := a.conn.Read(buffer)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(buffer[:n])) {
		a.lines = append(a.lines, strings.TrimRight(line, "\n"))
	}
	return nil
}

// runs counts the runs that were told of.
func (a *agent) runs() int {
	n := 0
	for _, line := range a.lines {
		if strings.HasPrefix(line, "configrun.runs:") {
			n++
		}
	}
	return n
}

// has says whether a line begins with one text and holds another.
func (a *agent) has(prefix, text string) error {
	for _, line := range a.lines {
		if strings.HasPrefix(line, prefix) && strings.Contains(line, text) {
			return nil
		}
	}
	return fmt.Errorf("the Agent received:\n%s", strings.Join(a.lines, "\n"))
}

// wait is has, for what may still be on its way.
func (a *agent) wait(prefix, text string) error {
	for deadline := time.Now().Add(patience); ; {
		missing := a.has(prefix, text)
		if missing == nil {
			return nil
		}
		if err := a.read(deadline); err != nil {
			return errors.Join(err, missing)
		}
	}
}

func (w *world) agentReceivesRuns(n int) error {
	for deadline := time.Now().Add(patience); w.agent.runs() < n; {
		if err := w.agent.read(deadline); err != nil {
			return fmt.Errorf("after %d runs: %w", w.agent.runs(), err)
		}
	}
	if w.agent.runs() > n {
		return fmt.Errorf("it received %d runs", w.agent.runs())
	}
	return nil
}

// nothingMore listens for a while. What belongs to runs already told may come.
func (w *world) nothingMore() error {
	before := w.agent.runs()
	for deadline := time.Now().Add(calm); ; {
		err := w.agent.read(deadline)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			return err
		}
	}
	if now := w.agent.runs(); now != before {
		return fmt.Errorf("%d more runs arrived", now-before)
	}
	return nil
}
