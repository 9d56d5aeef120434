package datadog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// call is one request. A nil body is none.
type call struct {
	method, path string // escaped
	query        url.Values
	body         []byte
	packed       bool // body is gzip
	application  bool // needs the application key, too
}

// answer is what came back. Err is why there is no status.
type answer struct {
	status int
	header http.Header
	body   []byte // its first maxAnswer bytes
	err    error
}

// result is an answer and what it means. Err is nil if what was sent is delivered.
type result struct {
	answer
	verdict
	err error
}

// errNoApplicationKey is a call that cannot be made.
var errNoApplicationKey = errors.New("there is no usable application key")

// do makes one request. If its keys are refused it asks for keys, and repeats
// the request once if they are others by now.
func (r *Reporter) do(ctx context.Context, c call) result {
	keys, err := r.keys.get()
	if err != nil {
		return result{verdict: verdict{class: held}, err: fmt.Errorf("datadog: %s %s: %w", c.method, c.path, err)}
	}
	res := r.try(ctx, c, keys)
	if res.status != http.StatusUnauthorized && res.status != http.StatusForbidden {
		return res
	}
	r.keys.forget(keys)
	fresh, err := r.keys.get()
	if err != nil || *fresh == *keys {
		r.keys.forget(fresh) // the next attempt looks again
		return res
	}
	res = r.try(ctx, c, fresh)
	if res.status == http.StatusUnauthorized || res.status == http.StatusForbidden {
		r.keys.forget(fresh)
	}
	return res
}

func (r *Reporter) try(ctx context.Context, c call, keys *Keys) result {
	if c.application && keys.Application == "" {
		return result{verdict: verdict{class: held}, err: errNoApplicationKey}
	}
	a := r.exchange(ctx, c, keys)
	r.counts.answered(a.status, len(c.body))
	v := judge(a, r.now())
	if v.class == delivered {
		r.heed(c.path, a.body, keys)
	}
	return result{answer: a, verdict: v, err: r.explain(ctx, c, a, v, keys)}
}

// exchange sends a request and reads the answer, both within the timeout.
func (r *Reporter) exchange(ctx context.Context, c call, keys *Keys) answer {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	to := r.base.String() + c.path
	if c.query != nil {
		to += "?" + c.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, c.method, to, bytes.NewReader(c.body))
	if err != nil {
		return answer{err: err}
	}
	req.Header.Set("DD-API-KEY", keys.API)
	if c.application {
		req.Header.Set("DD-APPLICATION-KEY", keys.Application)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", r.userAgent)
	if c.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.packed {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	// The status decides: that the rest of an answer does not come changes nothing.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer{status: resp.StatusCode, header: resp.Header, body: body}
}

// explain is an error of the class of v, nil for what was delivered. It says
// what was asked of whom and what came back, without the keys.
func (r *Reporter) explain(ctx context.Context, c call, a answer, v verdict, keys *Keys) error {
	if v.class == delivered {
		return nil
	}
	said := fmt.Sprintf("datadog: %s %s to %s: %s", c.method, c.path, r.base.Host, r.whatCame(ctx, a, keys))
	switch v.class {
	case refused, divide:
		return fmt.Errorf("%s: %w", said, telemetry.ErrRefused)
	case held:
		return fmt.Errorf("%s: %w", said, telemetry.ErrHeld)
	case later:
		return &telemetry.Later{After: v.after, Err: fmt.Errorf("%s: asked to come back in %v", said, v.after.Round(time.Second))}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", said, ctx.Err())
	}
	return errors.New(said)
}

// whatCame is an answer, or why there is none, in a few words.
func (r *Reporter) whatCame(ctx context.Context, a answer, keys *Keys) string {
	var inner *url.Error
	switch {
	case a.err == nil:
		return statusLine(a, keys)
	case errors.Is(a.err, context.DeadlineExceeded) && ctx.Err() == nil:
		return fmt.Sprintf("no whole answer within %v", r.timeout)
	case errors.As(a.err, &inner):
		return excerpt([]byte(inner.Err.Error()), keys)
	}
	return excerpt([]byte(a.err.Error()), keys)
}

func statusLine(a answer, keys *Keys) string {
	line := fmt.Sprint(a.status)
	if text := http.StatusText(a.status); text != "" {
		line += " " + text
	}
	if to := a.header.Get("Location"); to != "" && a.status/100 == 3 {
		line += " to " + excerpt([]byte(to), keys) + ", which is not followed"
	}
	if text := excerpt(a.body, keys); text != "" {
		line += ": " + text
	}
	return line
}
