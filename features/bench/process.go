package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is what one run of a process took.
type cost struct {
	wall, cpu time.Duration
	peak      float64 // resident memory, MB
}

// median runs a command n times after a warm-up and takes the median of each
// figure. Exit code 1 (findings) is no failure.
func median(n int, name string, args ...string) (cost, error) {
	var all []cost
	for range n + 1 {
		c, err := once(name, args...)
		if err != nil {
			return cost{}, err
		}
		all = append(all, c)
	}
	all = all[1:]
	return cost{
		wall: middle(all, func(c cost) time.Duration { return c.wall }),
		cpu:  middle(all, func(c cost) time.Duration { return c.cpu }),
		peak: all[0].peak,
	}, nil
}

func middle(all []cost, of func(cost) time.Duration) time.Duration {
	values := make([]time.Duration, len(all))
	for i, c := range all {
		values[i] = of(c)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// once runs a command from a process of its own: the system counts what started a
// process to its peak memory, and a bench that has made its samples is large.
func once(name string, args ...string) (c cost, err error) {
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	out, err := exec.Command(self, append([]string{"-measure", name, "--"}, args...)...).Output()
	if exited, ok := errors.AsType[*exec.ExitError](err); ok {
		return c, fmt.Errorf("measuring: %s", exited.Stderr)
	}
	if err == nil {
		_, err = fmt.Sscan(string(out), &c.wall, &c.cpu, &c.peak)
	}
	return c, err
}

// asMeasure is the process that once starts: it tells what the command took.
func asMeasure(name string, args []string) error {
	c, err := measured(name, args)
	if err == nil {
		fmt.Println(int64(c.wall), int64(c.cpu), c.peak)
	}
	return err
}

func measured(name string, args []string) (cost, error) {
	cmd := exec.Command(name, args...)
	var told bytes.Buffer
	cmd.Stderr = &told
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	var exited *exec.ExitError
	if err != nil && (!errors.As(err, &exited) || exited.ExitCode() != 1) {
		return cost{}, fmt.Errorf("%s %s: %w\n%.2000s", name, strings.Join(args, " "), err, told.Bytes())
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return cost{}, errors.New("this system does not tell what a process used")
	}
	return cost{
		wall: wall,
		cpu:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		peak: float64(usage.Maxrss) / 1024,
	}, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
