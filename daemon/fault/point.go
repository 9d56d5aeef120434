//go:build !faults

package fault

// Point is a step; see the constants.
func Point(string) {}
