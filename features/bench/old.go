package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/converged/converged/features/rig"
)

// oldHandler does what the handler within Chef does at the end of a run: seven
// requests, one after the other, each on a connection of its own, not packed,
// the key in the URL but for the last.
type oldHandler struct {
	base   string
	client *http.Client
}

// oldTimes is what a process of the old handler prints: how long each run was held up.
type oldTimes []time.Duration

// asOldHandler tells the server at base of so many runs and prints oldTimes.
func asOldHandler(base string, runs int) error {
	h := oldHandler{base, &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}}
	times := make(oldTimes, runs)
	for i := range times {
		began := time.Now()
		if err := h.run(fmt.Sprintf("old-%06d", i), began.Unix()); err != nil {
			return err
		}
		times[i] = time.Since(began)
	}
	return json.NewEncoder(os.Stdout).Encode(times)
}

func (h oldHandler) run(host string, at int64) error {
	for _, m := range []struct {
		name, kind string
		value      float64
	}{
		{"chef.run.success", "counter", 1}, {"chef.run.failure", "counter", 0},
		{"chef.resources.total", "gauge", 15}, {"chef.resources.updated", "gauge", 11}, {"chef.resources.elapsed_time", "gauge", 0.171},
	} {
		series := map[string]any{"series": []any{map[string]any{
			"metric": m.name, "points": [][]float64{{float64(at), m.value}}, "type": m.kind, "host": host, "device": nil}}}
		if err := h.send(http.MethodPost, rig.OldSeriesPath, series); err != nil {
			return err
		}
	}
	title, text := "Chef completed in less than 1 second on "+host+" ", oldText()
	event := map[string]any{"title": title, "text": text, "msg_title": title, "msg_text": text, "date_happened": at,
		"priority": "low", "alert_type": "success", "aggregation_key": host, "event_type": "config_management.run",
		"source_type_name": "chef", "host": host, "parent": nil, "device": nil, "tags": []string{"env:_default", "tag:web", "tag:canary"}}
	if err := h.send(http.MethodPost, rig.EventsPath, event); err != nil {
		return err
	}
	return h.send(http.MethodPut, rig.HostTagsPath+host, map[string]any{"tags": []string{"env:_default", "tag:web", "tag:canary"}})
}

// oldText is the event's text of a run that updated eleven of fifteen resources.
func oldText() string {
	var text strings.Builder
	text.WriteString("Chef updated 11 resources out of 15 resources total.\n$$$\n")
	for i := range 11 {
		fmt.Fprintf(&text, "- file[/srv/app/config-%d.yaml] (app::default line %d)\n", i, 10+i)
	}
	text.WriteString("\n$$$\n")
	return text.String()
}

func (h oldHandler) send(method, path string, what any) error {
	body, err := json.Marshal(what)
	if err != nil {
		return err
	}
	query := url.Values{"api_key": {rig.PlantedKey}}
	if method == http.MethodPut {
		query = url.Values{"source": {"chef"}}
	}
	r, err := http.NewRequest(method, h.base+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if method == http.MethodPut {
		r.Header.Set("DD-API-KEY", rig.PlantedKey)
		r.Header.Set("DD-APPLICATION-KEY", rig.PlantedApplication)
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode/100 != 2 && answer.StatusCode != http.StatusNotFound {
		return fmt.Errorf("%s %s: %s", method, path, answer.Status)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// old measures the old handler's requests as a process of their own, beside the
// figures of converged: to a server next to it, and to one that takes 40 ms.
func (b *bench) old() error {
	intake, err := rig.StartIntake(rig.IntakeOptions{APIKey: rig.PlantedKey, ApplicationKey: rig.PlantedApplication})
	if err != nil {
		return err
	}
	defer func() { _ = intake.Close() }()
	times, cpu, err := b.oldProcess(intake, b.reports*5)
	if err != nil {
		return err
	}
	n := int64(len(times))
	b.add("old handler, seven requests per run: CPU per run", "", "%.2f ms", ms(cpu)/float64(n))
	b.addWire("old handler", intake.Totals(), n)
	b.add("old handler, added to the run itself", "", "p50 %.1f ms, p99 %.1f ms (%d runs)", ms(times[n/2]), ms(times[n*99/100]), n)
	intake.Behave("/", rig.Late(40*time.Millisecond, rig.Well))
	if times, _, err = b.oldProcess(intake, 20); err != nil {
		return err
	}
	b.add("old handler, added to the run itself at 40 ms a request", "", "p50 %.1f ms (%d runs); converged adds nothing", ms(times[len(times)/2]), len(times))
	return nil
}

// oldProcess is how long so many runs were held up, sorted, and the processor
// time of the process.
func (b *bench) oldProcess(intake *rig.Intake, runs int) (oldTimes, time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, 0, err
	}
	cmd := exec.Command(self, "-old", intake.URL, "-reports", strconv.Itoa(runs))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, 0, fmt.Errorf("the old handler's requests: %w", err)
	}
	var times oldTimes
	if err := json.Unmarshal(out, &times); err != nil {
		return nil, 0, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return nil, 0, errors.New("the system does not say what a process used")
	}
	slices.Sort(times)
	return times, time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}
