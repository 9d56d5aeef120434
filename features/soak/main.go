// Command soak runs converged for a long time while everything around it goes
// wrong at random, and then accounts for every run: two nodes, each with two
// accounts of Datadog's and a DogStatsD socket. One is never restarted, so that
// what it takes can be seen to stay flat; the other is killed and stopped.
//
//	soak -bin bin -samples testdata [-duration 30m] [-seed N] [-keep]
//
// Its exit code is 0 if every run is explained, nothing grew and no secret left
// its place, 1 if not, and 2 if it could not be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are what can be set.
type options struct {
	bin, samples string
	duration     time.Duration
	seed         int64
	keep         bool // the folders of the nodes, also when all is well
}

// errFound is a soak that has found something.
var errFound = errors.New("something is not as it must be; the folders of the nodes are kept")

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "the `DIRECTORY` of converged")
	flag.StringVar(&o.samples, "samples", "testdata", "the `DIRECTORY` of the samples")
	flag.DurationVar(&o.duration, "duration", 30*time.Minute, "how long things go wrong; the account comes some minutes later")
	flag.Int64Var(&o.seed, "seed", time.Now().UnixNano(), "what the order of the faults comes from")
	flag.BoolVar(&o.keep, "keep", false, "keep the folders of the nodes in any case")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := soak(ctx, o)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "soak:", err)
	if errors.Is(err, errFound) {
		os.Exit(1)
	}
	os.Exit(2)
}
