package daemon

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/fault"
	"github.com/converged/converged/daemon/receive"
	"github.com/converged/converged/daemon/spool"
)

// receivedName is the directory of Chef's messages, as they came, in a state directory.
const receivedName = "received"

// A group of messages is read and let go at once.
const (
	groupMessages = 16
	messageBytes  = 16 << 20
)

// posts takes the reports that come over HTTP.
//
// A Chef run waits for the answer to its message, and is the slower for it. So
// the message is written down as it came and answered; what it says is found out
// afterwards. Everybody else is answered when the batches of their report are on
// disk for every reporter, or told why they are not.
type posts struct {
	*intake
	server *receive.Server
	raw    *spool.Spool
	came   *postCounts
	unfit  *unreadable
}

// openPosts listens, if that is configured. What an earlier daemon was told and
// did not read is read in any case; it is nil if there is nothing to do.
func (d *daemon) openPosts(c Config) (*posts, error) {
	dir := filepath.Join(c.StateDir, receivedName)
	if _, err := os.Lstat(dir); len(c.Receive.Listen) == 0 && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	raw, err := spool.Open(dir, spool.Options{
		MaxEntries: c.Receive.Spool.MaxEntries, MaxBytes: c.Receive.Spool.MaxBytes, Log: d.log})
	if err != nil {
		return nil, fmt.Errorf("opening the spool of what is received: %w", err)
	}
	p := &posts{intake: d.intake, raw: raw, came: newPostCounts(d.status.poke), unfit: newUnreadable(d.log)}
	if len(c.Receive.Listen) > 0 {
		err = p.listen(c, d.log)
	}
	p.counts.posts = p.news
	return p, err
}

func (p *posts) listen(c Config, log *slog.Logger) error {
	token, err := c.Receive.token()
	if err == nil {
		p.server, err = receive.Open(receive.Options{
			Listen: c.Receive.Listen, Token: token.Reveal(), TokenNow: c.Receive.tokenNow(token, log), Formats: FormatNames(),
			Cert: c.Receive.TLS.Cert, Key: c.Receive.TLS.Key, ClientCA: c.Receive.TLS.ClientCA,
			MaxBytes: c.Receive.MaxBytes, MaxRequests: c.Receive.MaxRequests, Rate: float64(c.Receive.Rate),
			Take: p.take, Changed: p.came.changed, Log: log})
	}
	if err != nil {
		return fmt.Errorf("%s: receive: %w", cmp.Or(c.file, "the configuration"), hushed{err})
	}
	for _, address := range p.server.Addresses() {
		log.Info("receiving reports", "address", address)
	}
	return nil
}

// take is receive.Options.Take.
func (p *posts) take(ctx context.Context, post receive.Post) ([]string, error) {
	if post.Format == receive.ChefCollector {
		if err := p.keep(post); !errors.Is(err, spool.ErrUnfit) {
			return nil, err
		}
	}
	return p.takeWhole(ctx, documentOf(post))
}

// keep writes a message down as it came. One that is too long for that is
// spool.ErrUnfit. While the disk takes none, memory does, as long as it may: to
// refuse a message of Chef's is to lose it.
func (p *posts) keep(post receive.Post) error {
	outcome, err := p.raw.Append(keyOf(post.Body), 0, encodePost(post))
	switch {
	case errors.Is(err, spool.ErrUnfit):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", receive.ErrBusy, err)
	}
	fault.Point(fault.PostKept)
	if outcome != spool.Known { // Chef repeats what it believes to be lost
		p.came.changed()
	}
	return nil
}

// keyOf is the identity of a message: what it says, and not how often.
func keyOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// takeWhole spools what a post says for every reporter, and returns the ids of its
// runs. The sender of what cannot be read is told, and nobody else; of what can be
// read in part the rest is told like that of a file.
func (p *posts) takeWhole(ctx context.Context, d document) (runs []string, err error) {
	batches, bad := p.read(d)
	p.came.read(d.format.name, bad == nil, time.Now())
	for _, b := range batches {
		if b.summary.Status != statusUnfinished { // which is another one
			runs = append(runs, b.batch.RunID)
		}
	}
	switch {
	case bad != nil && len(batches) == 0:
		return nil, p.refuse(d, bad)
	case bad != nil:
		batches = append(batches, p.faultOf(d, bad)...)
	}
	held, err := p.spoolAll(ctx, batches, (*spool.Spool).Append)
	if err == nil && len(held) > 0 {
		p.askDisks()
		held = p.stillHeld(held)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", receive.ErrBusy, err)
	case len(held) > 0:
		return nil, fmt.Errorf("%w: the disk does not take it, and it would be lost with this process", receive.ErrBusy)
	}
	return runs, nil
}

// refuse counts a post that cannot be read, and is what its sender is told.
func (p *posts) refuse(d document, bad error) error {
	p.counts.unfit.Add(1)
	reason := analyse.Scrub(analyse.OneLine(bad))
	if _, say := p.unfit.admit(d.format.name); say {
		p.log.Warn("a post could not be read; its sender is told", "format", d.format.name, "origin", d.origin, "error", reason)
	}
	return fmt.Errorf("%w: %s", receive.ErrUnfit, reason)
}

// run reads the messages that were kept, until ctx ends: all of a group are on
// disk for every reporter before they are removed.
func (p *posts) run(ctx context.Context) error {
	for pause := firstPause; ; {
		entries, err := p.raw.Take(ctx, groupMessages, messageBytes)
		switch {
		case ctx.Err() != nil:
			return ctx.Err() // those in hand stay where they are
		case errors.Is(err, spool.ErrClosed):
			return fmt.Errorf("reading what was received: %w", err)
		case err != nil:
			p.log.Warn("messages of Chef that were received cannot be read from the disk; it is tried again", "in", pause, "error", err)
			if err := sleep(ctx, pause); err != nil {
				return err
			}
			pause = min(2*pause, lastPause)
			continue
		}
		pause = firstPause
		if err := p.readAll(ctx, entries); err != nil {
			return err
		}
	}
}

// readAll reads messages and lets them go. The only error is that of ctx.
func (p *posts) readAll(ctx context.Context, entries []*spool.Entry) error {
	var held []holding
	for _, e := range entries {
		post, err := decodePost(e.Data)
		if err != nil { // the spool has found it whole: another version wrote it
			p.log.Error("a message of Chef that was received cannot be understood; it is kept aside", "error", errors.Join(err, e.Discard(err.Error())))
			continue
		}
		d := documentOf(post)
		e.Data = nil // it may have to wait for long
		batches, understood := p.batches(d)
		p.came.read(d.format.name, understood, time.Now())
		more, err := p.spoolAll(ctx, batches, (*spool.Spool).Postpone)
		if err != nil {
			return err
		}
		held = append(held, more...)
	}
	if err := p.settled(ctx, held); err != nil {
		return err
	}
	fault.Point(fault.PostSpooled)
	for _, e := range entries {
		e.Release()
		p.raw.Withdraw(e.Key) // it may hold a secret, so nothing of it stays; a run that is told again is known
	}
	p.came.changed()
	return nil
}

// documentOf is a post as the intake knows it.
func documentOf(post receive.Post) document {
	f, _ := formatNamed(post.Format) // known: the server was given their names
	return document{format: f, origin: post.Origin, posted: true, at: post.Arrived, offset: noLine,
		data: post.Body, sender: post.Version}
}

func (p *posts) close() error {
	var err error
	if p.server != nil {
		err = p.server.Close()
	}
	p.unfit.end()
	return errors.Join(err, p.raw.Close())
}
