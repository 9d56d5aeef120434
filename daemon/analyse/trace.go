package analyse

import (
	"fmt"
	"strings"
)

const (
	maxFrame   = 300 // characters
	headFrames = 60  // frames looked at from the beginning of a trace
	tailFrames = 30  // and from its end
)

// ownFrame is the first frame of the user's own code: in a cookbook, and not in
// a gem of that name.
func ownFrame(frames []string) string {
	for _, f := range frames {
		if strings.Contains(f, "cookbooks/") && !strings.Contains(f, "/gems/") {
			return f
		}
	}
	return ""
}

func frameText(frame string) string {
	// A frame is short; what is longer is no frame and not worth its scrubbing.
	return cut(oneLine(Scrub(prefixOf(frame, room{4 * maxFrame, 4 * maxFrame}))), maxFrame)
}

// trace is as much of a stack trace as fits, a frame a line, its middle left
// out: the beginning tells where it broke, the end how it came there.
func trace(frames []string, left room) string {
	gap := func(n int) string { return fmt.Sprintf("... %d frames left out ...\n", n) }
	left = left.less(gap(len(frames)))
	var head, tail []string
	for len(head)+len(tail) < len(frames) {
		// Two from the beginning for one from the end.
		fromEnd := len(head) > 2*len(tail)+1
		next := frames[len(head)]
		if fromEnd {
			next = frames[len(frames)-1-len(tail)]
		}
		next = frameText(next) + "\n"
		if !left.holds(next) || len(head) > headFrames || len(tail) > tailFrames {
			break
		}
		left = left.less(next)
		if fromEnd {
			tail = append([]string{next}, tail...)
		} else {
			head = append(head, next)
		}
	}
	text := strings.Join(head, "")
	if gone := len(frames) - len(head) - len(tail); gone > 0 {
		text += gap(gone)
	}
	return text + strings.Join(tail, "")
}
