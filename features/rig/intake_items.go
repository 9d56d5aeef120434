package rig

import (
	"encoding/json"
	"errors"
	"time"
)

// itemKind is what a sentItem is.
type itemKind int

const (
	point itemKind = iota
	runPoint
	anEvent
	aCheck
	digestPoint
	aDigest
)

// runMetric counts the runs; each batch has one. What was too old to be sent is
// counted by digestMetric, beside an event that is told by its digestKey.
const (
	runMetric    = "configrun.runs"
	digestMetric = "converged.runs.expired"
	digestKey    = "converged-digest"
)

// The ages beyond which Datadog drops an item without a word.
var oldest = map[itemKind]time.Duration{point: time.Hour, runPoint: time.Hour, digestPoint: time.Hour,
	anEvent: 18 * time.Hour, aDigest: 18 * time.Hour, aCheck: 10 * time.Minute}

// ahead is how far in the future an item may be.
const ahead = 10 * time.Minute

// sentItem is one thing that a request says of a host.
type sentItem struct {
	host string
	kind itemKind
	n    int32 // what it counts for
	at   int64 // Unix seconds; 0 for now
}

func (i sentItem) dropped(now time.Time) bool {
	at := time.Unix(i.at, 0)
	return i.at != 0 && (now.Sub(at) > oldest[i.kind] || at.Sub(now) > ahead)
}

var errForm = errors.New("not the form of this request")

func seriesItems(body []byte) ([]sentItem, error) {
	var sent struct {
		Series []struct {
			Metric string `json:"metric"`
			Type   int    `json:"type"`
			Points []struct {
				Timestamp int64    `json:"timestamp"`
				Value     *float64 `json:"value"`
			} `json:"points"`
			Resources []struct {
				Type string `json:"type"`
				Name string `json:"name"`
			} `json:"resources"`
		} `json:"series"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	var items []sentItem
	for _, s := range sent.Series {
		host := ""
		for _, r := range s.Resources {
			if r.Type == "host" {
				host = r.Name
			}
		}
		if s.Metric == "" || s.Type < 0 || s.Type > 3 || len(s.Points) == 0 {
			return nil, errForm
		}
		for _, p := range s.Points {
			if p.Value == nil || p.Timestamp == 0 {
				return nil, errForm
			}
			i := sentItem{host, point, 1, p.Timestamp}
			switch s.Metric {
			case runMetric:
				i.kind, i.n = runPoint, int32(*p.Value)
			case digestMetric:
				i.kind, i.n = digestPoint, int32(*p.Value)
			}
			items = append(items, i)
		}
	}
	return items, nil
}

func oldSeriesItems(body []byte) ([]sentItem, error) {
	var sent struct {
		Series []struct {
			Metric string       `json:"metric"`
			Host   string       `json:"host"`
			Points [][2]float64 `json:"points"`
		} `json:"series"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	var items []sentItem
	for _, s := range sent.Series {
		if s.Metric == "" {
			return nil, errForm
		}
		for _, p := range s.Points {
			items = append(items, sentItem{s.Host, point, 1, int64(p[0])})
		}
	}
	return items, nil
}

func eventItems(body []byte) ([]sentItem, error) {
	var sent struct {
		Title string `json:"title"`
		Text  string `json:"text"`
		Host  string `json:"host"`
		Key   string `json:"aggregation_key"`
		At    int64  `json:"date_happened"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, err
	}
	if sent.Title == "" || sent.Text == "" {
		return nil, errForm
	}
	if sent.Key == digestKey {
		return []sentItem{{sent.Host, aDigest, 1, sent.At}}, nil
	}
	return []sentItem{{sent.Host, anEvent, 1, sent.At}}, nil
}

func checkItems(body []byte) ([]sentItem, error) {
	type check struct {
		Check  string `json:"check"`
		Host   string `json:"host_name"`
		Status *int   `json:"status"`
		At     int64  `json:"timestamp"`
	}
	var sent []check
	if err := json.Unmarshal(body, &sent); err != nil {
		sent = make([]check, 1) // a single one need not be in a list
		if err := json.Unmarshal(body, &sent[0]); err != nil {
			return nil, err
		}
	}
	items := make([]sentItem, len(sent))
	for i, c := range sent {
		if c.Check == "" || c.Status == nil || *c.Status < 0 || *c.Status > 3 {
			return nil, errForm
		}
		items[i] = sentItem{c.Host, aCheck, 1, c.At}
	}
	return items, nil
}
