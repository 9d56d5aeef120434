package rig

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func chefFor(t *testing.T) *Chef {
	t.Helper()
	chef, err := NewChef(filepath.Join("..", "..", "testdata", "chef"), 7)
	do(t, err)
	return chef
}

func TestMain(m *testing.M) { os.Exit(Races(m.Run)) }

// One run through the real program: written, read, analysed, sent, stopped.
func TestARunReachesTheAgent(t *testing.T) {
	program, err := Build(filepath.Join("..", ".."), t.TempDir())
	do(t, err)
	node, err := NewNode(program, Config{})
	do(t, err)
	defer node.Remove()
	var leaks Leaks
	agent, err := StartAgent(node.Path("dsd.socket"), func(d []byte) { leaks.Search("a datagram", d) })
	do(t, err)
	defer agent.Close()
	node.Config.Reporters = []Reporter{{Type: "dogstatsd", Address: agent.Address}}
	do(t, node.Start())
	chef := chefFor(t)
	runs := []Run{chef.Next(false), chef.Next(true), chef.Next(true), chef.Next(false)}
	do(t, WriteReport(node.Reports(), runs[0], chef.Report(runs[0])))
	do(t, WriteReport(node.Reports(), runs[1], chef.Report(runs[1])))
	do(t, AppendLine(node.Collector(), chef.Line(runs[2])))
	do(t, CopyTruncate(node.Collector(), node.Collector()+".1"))
	do(t, AppendLine(node.Collector(), chef.Line(runs[3])))
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	do(t, agent.Await(ctx, "four runs", func() bool { return len(Explain(runs, agent.Told, nil).Once) == 4 }))
	usage, err := node.Usage()
	do(t, err)
	if usage.RSS <= 0 || usage.Peak < usage.RSS || usage.CPU <= 0 || usage.Files < 3 {
		t.Errorf("its usage is %+v", usage)
	}
	do(t, node.Stop())
	kept, err := node.Kept("dogstatsd")
	do(t, err)
	do(t, Explain(runs, agent.Told, kept).Err(0))
	do(t, leaks.SearchNode(node))
	if found, searched := leaks.Found(); len(found) > 0 || searched < 1000 {
		t.Errorf("%d bytes searched: %q", searched, found)
	}
}

func TestANodeThatCannotStart(t *testing.T) {
	node, err := NewNode("/bin/false", Config{})
	do(t, err)
	defer node.Remove()
	if err := node.Start(); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("the error is %v", err)
	}
}

func TestKilledIsToldFromStopped(t *testing.T) {
	node, err := NewNode("/bin/sh", Config{})
	do(t, err)
	defer node.Remove()
	for words, want := range map[string]bool{"kill -9 $$": true, "kill -15 $$": false, "exit 9": false} {
		node.Wrap = []string{"/bin/sh", "-c", words}
		do(t, node.Launch())
		state, err := node.Wait()
		do(t, err)
		if Killed(state) != want {
			t.Errorf("%s ended with %s", words, state)
		}
	}
}

func TestTheAccountTellsWhatIsWrong(t *testing.T) {
	chef := chefFor(t)
	runs := make([]Run, 7)
	for i := range runs {
		runs[i] = chef.Next(i%2 == 0)
	}
	told := map[string]Told{
		runs[0].Host: {Runs: 1, Checks: 1, Events: 1},
		runs[1].Host: {Runs: 2, Checks: 1},
		runs[2].Host: {Runs: 1, Checks: 1}, // it failed, and its event is missing
		runs[3].Host: {Runs: 3, Checks: 3},
		runs[4].Host: {Runs: 1}, // the rest waits
	}
	spool := t.TempDir()
	for _, file := range []string{"pending/000000000001.1." + runs[4].ID, "refused/" + runs[5].ID, "pending/.writing-000000000001.1." + runs[6].ID} {
		do(t, os.MkdirAll(filepath.Join(spool, filepath.Dir(file)), 0o700))
		do(t, os.WriteFile(filepath.Join(spool, file), nil, 0o600))
	}
	kept, err := keptBelow(spool)
	do(t, err)
	v := Explain(runs, func(host string) Told { return told[host] }, kept)
	got := v.String()
	want := "once 1, kept map[pending:1 refused:1]\ntwice 1: run-000002\noften 1: run-000004\nhalf 1: run-000003\nlost 1: run-000007"
	if got != want {
		t.Errorf("the account is\n%s\nwant\n%s", got, want)
	}
	if v.Err(9) == nil {
		t.Error("the account finds nothing wrong")
	}
	if ok := Explain(runs[1:2], func(host string) Told { return told[host] }, nil); ok.Err(1) != nil || ok.Err(0) == nil {
		t.Error("a run told of twice counts where it may, or does not where it may not")
	}
}

// The search would find a secret wherever one could be.
func TestLeaksAreFound(t *testing.T) {
	dir := t.TempDir()
	var leaks Leaks
	request := httptest.NewRequest(http.MethodPost, "/api/v2/series?api_key="+PlantedKey, nil)
	request.Header.Set("DD-API-KEY", PlantedKey)
	leaks.SearchRequest(request, []byte(`{"text":"`+plantedPassword+`"}`))
	do(t, os.MkdirAll(filepath.Join(dir, "state", "spool"), 0o700))
	do(t, os.WriteFile(filepath.Join(dir, "state", "spool", "entry"), []byte("\x00"+PlantedInURL), 0o600))
	do(t, os.WriteFile(filepath.Join(dir, "state", plantedToken), nil, 0o600))
	do(t, os.WriteFile(filepath.Join(dir, "stderr.log"), []byte("key "+PlantedApplication), 0o600))
	do(t, leaks.SearchNode(&Node{Dir: dir, Config: Config{StateDir: filepath.Join(dir, "state")}}))
	found, _ := leaks.Found()
	for i, want := range []string{
		"the API key stands in the URL of /api/v2/series", "a password stands in the body of /api/v2/series",
		"a token stands in the name", "a password in a URL stands in " + dir, "the application key stands in stderr.log",
	} {
		if len(found) != 5 || !strings.Contains(strings.Join(found, "\n"), want) {
			t.Errorf("%d: %q is not among %q", i, want, found)
		}
	}
}

// A secret that is packed or written otherwise is one all the same.
func TestDisguisedLeaksAreFound(t *testing.T) {
	texts := map[string]string{"gzip": packed(plantedPassword), "gzip within": "a" + packed(PlantedKey),
		"gzip cut off": packed(PlantedKey)[:len(packed(PlantedKey))-8], "hexadecimal": fmt.Sprintf("%x", PlantedKey)}
	for before := range 4 {
		texts[fmt.Sprintf("base64 after %d", before)] = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", before) + plantedToken + "b"))
	}
	for name, text := range texts {
		var leaks Leaks
		leaks.Search("a text", []byte(text))
		if found, _ := leaks.Found(); len(found) != 1 {
			t.Errorf("%s: %q", name, found)
		}
	}
	var leaks Leaks
	leaks.Search("a text", []byte(packed("nothing")))
	if found, _ := leaks.Found(); len(found) != 0 {
		t.Errorf("in nothing it finds %q", found)
	}
}

// A socket's path may have 107 bytes, also where tests are given long folders.
func TestANodesFolderIsShort(t *testing.T) {
	node, err := NewNode("/bin/false", Config{})
	do(t, err)
	defer node.Remove()
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: node.Path("notify.socket"), Net: "unixgram"})
	do(t, err)
	do(t, socket.Close())
	if time.Since(chefFor(t).Next(true).End) > time.Minute {
		t.Error("a new run is old")
	}
}

// An agent that leaves has read everything that was not refused to its sender.
func TestAnAgentLeavesNothingUnread(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	agent, err := StartAgent(path, nil)
	do(t, err)
	conn, err := net.Dial("unixgram", path)
	do(t, err)
	defer conn.Close()
	sent := make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			if _, err := fmt.Fprintf(conn, "configrun.runs:1|c|#host:run-%d", n); err != nil {
				break
			}
		}
		sent <- n
	}()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	do(t, agent.Await(ctx, "a run", func() bool { return agent.Told("run-100").Runs == 1 }))
	do(t, agent.Leave())
	n := <-sent
	for i := range n {
		if agent.Told(fmt.Sprintf("run-%d", i)).Runs != 1 {
			t.Fatalf("of %d runs, run %d was not read", n, i)
		}
	}
	last := fmt.Sprintf("run-%d", n-1)
	if got := agent.Recent(); got[0] != last {
		t.Errorf("it was told last of %q, expected %s", got, last)
	}
}
