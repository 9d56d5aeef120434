//go:build !unix

package ruby

import "time"

var loaded = time.Now()

// spent is as near as this system comes to the time of its processors.
func spent() time.Duration { return time.Since(loaded) }
