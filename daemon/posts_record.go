package daemon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/converged/converged/daemon/receive"
)

// envelope is what is known of a message beside its body: the line of JSON before
// it in its entry.
type envelope struct {
	Format  string    `json:"format"`
	Origin  string    `json:"origin"`
	Version string    `json:"version,omitempty"`
	Arrived time.Time `json:"arrived"`
}

func encodePost(post receive.Post) []byte {
	head, _ := json.Marshal(envelope{post.Format, post.Origin, post.Version, post.Arrived.UTC()}) // texts and a time of now
	return append(append(head, '\n'), post.Body...)
}

func decodePost(entry []byte) (receive.Post, error) {
	head, body, found := bytes.Cut(entry, []byte("\n"))
	if !found {
		return receive.Post{}, errors.New("a message without its body")
	}
	var e envelope
	if err := json.Unmarshal(head, &e); err != nil {
		return receive.Post{}, fmt.Errorf("what is known of a message: %w", err)
	}
	if _, known := formatNamed(e.Format); !known {
		return receive.Post{}, fmt.Errorf("a message of an unknown format: %s", unknown(e.Format, FormatNames()))
	}
	return receive.Post{Format: e.Format, Body: body, Origin: e.Origin, Version: e.Version, Arrived: e.Arrived}, nil
}
