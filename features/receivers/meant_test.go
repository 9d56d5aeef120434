package receivers

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
	"github.com/converged/converged/reporters/telemetry"
)

// converge has a real converged tell of one run of every kind: to standard
// output, which is what was meant, and to each address. It returns what was meant.
func converge(t *testing.T, addresses ...string) []telemetry.Batch {
	t.Helper()
	program, err := rig.Build(filepath.Join("..", ".."), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	config := rig.Config{
		Tags:   []string{"team:wéb", "stadt:zürich", "mit:ß"}, // the last one ends in a letter of two bytes
		Events: rig.Events{Success: true},
		Watch:  rig.Watch{EmptyAfter: 3 * time.Second},
	}
	for i, address := range addresses {
		config.Reporters = append(config.Reporters, rig.Reporter{Type: "dogstatsd", Name: fmt.Sprint("receiver-", i), Address: address})
	}
	config.Reporters = append(config.Reporters, rig.Reporter{Type: "stdout"}) // the last to be given a run
	node, err := rig.NewNode(program, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("converged said:\n%s", node.Log())
		}
		if err := node.Remove(); err != nil {
			t.Error(err)
		}
	})
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	runs := leaveReports(t, node)
	eventually(t, func() error {
		if told := strings.Count(read(t, node.Path("stdout.log")), "\n"); told < runs {
			return fmt.Errorf("%d of %d runs were told of", told, runs)
		}
		for _, r := range config.Reporters[:len(addresses)] {
			kept, err := node.Kept(r.Name)
			if err != nil {
				return err
			}
			if len(kept) > 0 {
				return fmt.Errorf("%s has not everything: %v", r.Name, kept)
			}
		}
		return nil
	})
	if err := node.Stop(); err != nil {
		t.Fatal(err)
	}
	return batches(t, read(t, node.Path("stdout.log")))
}

// leaveReports writes reports as Chef does and returns how many. Some are of runs
// that ended a while ago: those come with a timestamp.
func leaveReports(t *testing.T, node *rig.Node) int {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	long := now.Add(-10 * time.Minute)
	samples := []struct {
		name string
		end  time.Time
	}{
		{"18-updated", now}, {"18-converge-fail", long}, {"18-compile-fail", now}, {"18-noop", long}, {"18-whyrun", now},
		{"18-role-env", now}, {"18-hostile-text", now}, {"18-big500", long}, {"18-server-unreachable", long},
	}
	for i, s := range samples {
		r := run(i, s.end)
		text := read(t, filepath.Join("..", "..", "testdata", "chef", s.name, "report.json"))
		if err := rig.WriteReport(node.Reports(), r, r.Retell([]byte(text), "2006-01-02 15:04:05 -0700")); err != nil {
			t.Fatal(err)
		}
	}
	nested := run(len(samples), now)
	text := read(t, filepath.Join("..", "..", "testdata", "chef", "18-nested-roles", "collector.json"))
	for line := range strings.Lines(text) {
		if err := rig.AppendLine(node.Collector(), nested.Retell([]byte(strings.TrimSpace(line)), time.RFC3339)); err != nil {
			t.Fatal(err)
		}
	}
	if err := rig.WriteReport(node.Reports(), run(len(samples)+1, now), []byte(`{"node": oops}`)); err != nil {
		t.Fatal(err)
	}
	return len(samples) + 2
}

func run(number int, end time.Time) rig.Run {
	return rig.Run{
		Number: number, End: end, ID: fmt.Sprintf("%08x-0000-4000-8000-000000000000", number),
		Host: fmt.Sprintf("run-%06d", number),
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// batches are the lines of the reporter stdout. They must hold everything that a
// receiver could mangle.
func batches(t *testing.T, text string) []telemetry.Batch {
	t.Helper()
	var all []telemetry.Batch
	kinds := map[string]bool{}
	for line := range strings.Lines(text) {
		b, err := telemetry.Decode([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
		kinds["late"] = kinds["late"] || time.Since(b.Timestamp) > 5*time.Minute
		kinds["in time"] = kinds["in time"] || time.Since(b.Timestamp) < 5*time.Minute
		kinds["repeated"] = kinds["repeated"] || len(last(b.Tags)) < len(b.Tags)
		for _, e := range b.Events {
			kinds[string(e.AlertType)] = true
			kinds["long"] = kinds["long"] || len(e.Text) > 3000
		}
	}
	for _, kind := range []string{"late", "in time", "repeated", "long", "error", "warning", "success"} {
		if !kinds[kind] {
			t.Errorf("nothing of kind %q was told", kind)
		}
	}
	return all
}

// last is a set of tags in which each key has its last value alone.
func last(tags []string) map[string]string {
	set := map[string]string{}
	for _, tag := range tags {
		key, value, _ := strings.Cut(tag, ":")
		set[key] = value
	}
	return set
}

// spelled is a set of tags as a text.
func spelled(set map[string]string) string {
	var all []string
	for key, value := range set {
		all = append(all, fmt.Sprintf("%s=%q", key, value))
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// tagsOf are those of an item on the wire, in the order of the wire: a metric of
// another machine names its host.
func tagsOf(b telemetry.Batch, own []string, metric bool) []string {
	tags := slices.Concat(b.Tags, own)
	if here, err := os.Hostname(); metric && (err != nil || b.Host != here) {
		tags = append([]string{"host:" + b.Host}, tags...)
	}
	return tags
}

// metrics are the values that stand at the end, by a receiver's name and tags:
// counts are added up, of gauges the last stands.
func metrics(meant []telemetry.Batch, spell func(m telemetry.Metric, tags []string) string) map[string]float64 {
	values := map[string]float64{}
	for _, b := range meant {
		for _, m := range b.Metrics {
			name := spell(m, tagsOf(b, m.Tags, true))
			if m.Kind == telemetry.Count {
				values[name] += math.Round(m.Value)
			} else {
				values[name] = m.Value
			}
		}
	}
	return values
}
