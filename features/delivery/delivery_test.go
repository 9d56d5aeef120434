//go:build linux

package delivery

import "testing"

// TestDelivery has a test for every situation in which the daemons that people
// use today were seen to lose, repeat or tear what they carry.
func TestDelivery(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(t *testing.T)
	}{
		{"kill9_at_every_write", kill9AtEveryWrite},
		{"state_damaged", stateDamaged},
		{"disk_full", diskFull},
		{"disk_readonly", diskReadOnly},
		{"disk_eio", diskEIO},
		{"inode_reused", inodeReused},
		{"truncate_and_regrow", truncateAndRegrow},
		{"rotated_while_stopped", rotatedWhileStopped},
		{"rotated_while_destination_down", rotatedWhileDestinationDown},
		{"refused_for_good", refusedForGood},
		{"key_rejected", keyRejected},
		{"delete_after_2xx_only", deleteAfter2xxOnly},
		{"line_partial", linePartial},
		{"line_huge", lineHuge},
		{"line_glued", lineGlued},
		{"start_with_backlog", startWithBacklog},
		{"clock_jumps", clockJumps},
		{"report_seen_twice", reportSeenTwice},
	} {
		t.Run(c.name, func(t *testing.T) { t.Parallel(); c.test(t) })
	}
}
