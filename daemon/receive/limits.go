package receive

import (
	"cmp"
	"log/slog"
	"net"
	"time"
)

const (
	// small is what a body may hold without being counted against MaxMemory: the
	// number of connections bounds those. An unchanged Chef run is 35 KB.
	small = 64 << 10
	// drained is how much of a refused body is read, if it comes in time: Ruby's
	// senders write all before they read, and Chef's takes a connection that was
	// reset for one to try again, for as long as its run waits.
	drained = 128 << 20
	// chefAtOnce is how many of Chef's messages may be on their way to the disk.
	chefAtOnce = 64

	maxHeaderBytes = 16 << 10
	retryAfter     = 5 * time.Second
)

// limits are the times that nobody needs to set.
type limits struct {
	header time.Duration // for the handshake and the headers of a request
	idle   time.Duration // between two requests on a connection
	wait   time.Duration // that a connection without a request stays when others need its place
	grace  time.Duration // for a body, beside what its size needs at the least rate
	pace   float64       // the least rate of a body, bytes a second
	drain  time.Duration // for the rest of a refused body
	write  time.Duration // for the answer
	room   time.Duration // waiting for memory or for a turn
	chef   time.Duration // that a Chef client waits for Take
	finish time.Duration // for requests under way when the server stops
}

func (o Options) withDefaults() Options {
	o.MaxBytes = cmp.Or(o.MaxBytes, 16<<20)
	o.MaxMemory = max(cmp.Or(o.MaxMemory, memoryOf(o.MaxBytes)), o.MaxBytes)
	o.MaxRequests = cmp.Or(o.MaxRequests, 8)
	o.MaxConnections = cmp.Or(o.MaxConnections, 256)
	o.Rate = cmp.Or(o.Rate, 50)
	o.TakeWithin = cmp.Or(o.TakeWithin, 20*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.lookup == nil {
		o.lookup = net.DefaultResolver.LookupNetIP
	}
	l := &o.limits
	l.header = cmp.Or(l.header, 5*time.Second)
	l.idle = cmp.Or(l.idle, 30*time.Second)
	l.wait = cmp.Or(l.wait, 3*time.Second) // a machine at its limits stands still for a second
	l.grace = cmp.Or(l.grace, 10*time.Second)
	l.pace = cmp.Or(l.pace, 16<<10)
	l.drain = cmp.Or(l.drain, 2*time.Second)
	l.write = cmp.Or(l.write, 10*time.Second)
	l.room = cmp.Or(l.room, 2*time.Second)
	l.chef = cmp.Or(l.chef, 3*time.Second)
	l.finish = cmp.Or(l.finish, 3*time.Second)
	return o
}

// memoryOf is the room for bodies of at most so many bytes: for four of the usual
// limit, and for two of a higher one: what is taken is held several times on its way
// to the disk.
func memoryOf(body int64) int64 { return max(64<<20, 2*body) }

// leaves is how much of MaxMemory the body of a sender leaves to others: room for
// a message of Chef, which is not sent again, whatever all others send.
func (o Options) leaves(e endpoint) int64 {
	if e.sender == chefClient {
		return 0
	}
	return min(o.MaxBytes, o.MaxMemory-o.MaxBytes)
}
