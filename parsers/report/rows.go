package report

import "slices"

// Rows bounds the resources that the runs of one input list together: a row may be
// told in three bytes, and takes a hundred times that. Left is how many more there
// may be.
type Rows struct{ Left int }

// Fit is as much of a run's list as there is room for; nil, which is "not told", of
// one for which there is none.
func (r *Rows) Fit(list []Resource) []Resource {
	switch {
	case len(list) <= r.Left:
		r.Left -= len(list)
		return list
	case r.Left <= 0:
		return nil
	}
	list = slices.Clone(list[:r.Left]) // the rest is let go
	r.Left = 0
	return list
}
