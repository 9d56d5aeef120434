package layout

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCSRKeepsTheOrderOfPairs(t *testing.T) {
	c := newCSR(4, []int32{2, 0, 2, 3, 0}, []int32{9, 8, 7, 6, 5})
	for v, want := range [][]int32{{8, 5}, {}, {9, 7}, {6}} {
		if got := c.of(int32(v)); !slices.Equal(got, want) {
			t.Errorf("list of %d: %v, want %v", v, got, want)
		}
	}
}

func TestHeapsGiveTheLeastFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(29, 30))
	key := make([]int, 200)
	h := newIndexHeap(len(key), func(a, b int32) bool { return key[a] < key[b] })
	s := &slackHeap{}
	for v := range key {
		key[v] = r.IntN(100)
		h.push(int32(v))
	}
	for v := range key {
		key[v] = r.IntN(100)
		h.fix(int32(v))
		s.push(key[v], int32(v))
	}
	last := -1
	for range key {
		v, w := h.pop(), s.pop()
		if key[v] < last || key[v] != key[w] {
			t.Fatalf("after %d came %d from one heap, %d from the other", last, key[v], key[w])
		}
		last = key[v]
	}
	if h.len() != 0 || s.len() != 0 {
		t.Error("the heaps are not empty")
	}
}
