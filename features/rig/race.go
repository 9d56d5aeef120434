//go:build race

package rig

// Raced says that this test, and what it builds, is under the race detector.
const Raced = true
