package rig

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is what a running process uses.
type Usage struct {
	RSS   float64       // resident memory, MB
	Peak  float64       // the most it was, MB
	CPU   time.Duration // of all its threads since its start
	Files int           // open file descriptors
}

// Usage of the node's process.
func (n *Node) Usage() (Usage, error) { return UsageOf(n.PID()) }

// UsageOf looks at /proc.
func UsageOf(pid int) (Usage, error) {
	rss, err := memory(pid, "VmRSS:")
	if err != nil {
		return Usage{}, err
	}
	peak, err := memory(pid, "VmHWM:")
	if err != nil {
		return Usage{}, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return Usage{}, err
	}
	cpu, err := spent(pid)
	return Usage{RSS: rss, Peak: peak, CPU: cpu, Files: len(files)}, err
}

// memory is a line of /proc/PID/status, in MB.
func memory(pid int, name string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("/proc does not tell " + name)
}

// spent is the processor time of all threads, to the nanosecond (schedstat;
// /proc/PID/stat counts in ticks of 10 ms).
func spent(pid int) (time.Duration, error) {
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, task := range tasks {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, task.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue // the thread ended meanwhile
		}
		if err != nil {
			return 0, err
		}
		ns, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}
