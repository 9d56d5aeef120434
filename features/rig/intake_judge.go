package rig

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// The sizes that Datadog documents for a request, in bytes.
const (
	maxPacked   = 512_000
	maxUnpacked = 5_242_880
)

// Exchange is one request and its answer.
type Exchange struct {
	Request *http.Request

	intake  *Intake
	writer  http.ResponseWriter
	body    []byte // unpacked, or as it came if that cannot be done
	fault   int    // the status of a body that cannot be read, else 0
	verdict int    // of Take, once it was called
	says    string
	status  int      // of the whole answer that went out, else 0
	told    []*Taken // the hosts of what was taken
}

// errPacking is a Content-Encoding that the intake does not know.
var errPacking = errors.New("unknown packing")

// read reads and unpacks the body.
func (x *Exchange) read() {
	packed, err := io.ReadAll(io.LimitReader(x.Request.Body, maxUnpacked+1))
	x.body = packed
	if err != nil {
		x.fault = http.StatusBadRequest
		return
	}
	if x.Request.URL.Path == SeriesPath && len(packed) > maxPacked || len(packed) > maxUnpacked {
		x.fault = http.StatusRequestEntityTooLarge
	}
	body, err := unpack(x.Request.Header.Get("Content-Encoding"), packed)
	switch {
	case errors.Is(err, errPacking):
		x.fault = http.StatusUnsupportedMediaType
	case err != nil:
		x.fault = http.StatusBadRequest
	case len(body) > maxUnpacked:
		x.fault = http.StatusRequestEntityTooLarge
	default:
		x.body = body
	}
}

func unpack(packing string, packed []byte) (body []byte, err error) {
	var from io.Reader = bytes.NewReader(packed)
	switch packing {
	case "", "identity":
		return packed, nil
	case "gzip":
		from, err = gzip.NewReader(from)
	case "deflate":
		from, err = zlib.NewReader(from)
	default:
		return nil, errPacking
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(from, maxUnpacked+1))
}

// Take judges the request as Datadog would and remembers what it says, once. It
// returns the good answer, or the bad one of a request that is not good.
func (x *Exchange) Take() (status int, body string) {
	if x.verdict != 0 {
		return x.verdict, x.says
	}
	x.verdict, x.says = x.judge()
	if x.verdict/100 != 2 && x.says == "" {
		text, _ := json.Marshal(map[string]any{"errors": []string{http.StatusText(x.verdict)}}) // strings have a form
		x.says = string(text)
	}
	return x.verdict, x.says
}

func (x *Exchange) judge() (int, string) {
	in, r := x.intake, x.Request
	in.mu.Lock()
	key := in.key
	in.mu.Unlock()
	given := r.Header.Get("DD-API-KEY")
	if r.URL.Path == OldSeriesPath || r.URL.Path == EventsPath {
		given += r.URL.Query().Get("api_key") // as the old clients send it
	}
	if !rightKey(given, key) {
		return http.StatusForbidden, `{"status":"error","code":403,"errors":["Forbidden"]}`
	}
	if host, ok := strings.CutPrefix(r.URL.EscapedPath(), HostTagsPath); ok {
		return x.judgeTags(host)
	}
	one, known := judges[r.URL.Path]
	switch {
	case !known:
		return http.StatusNotFound, ""
	case r.Method != one.method:
		return http.StatusMethodNotAllowed, ""
	case x.fault != 0:
		return x.fault, ""
	case r.Method == http.MethodPost && in.options.Silent:
		return one.status, one.good
	}
	if r.Method == http.MethodPost {
		items, err := one.items(x.body)
		if err != nil {
			return http.StatusBadRequest, ""
		}
		x.remember(items)
	}
	return one.status, one.good
}

// judges are the plain requests of the API: the method, the good answer, and
// what is in a body.
var judges = map[string]struct {
	method string
	status int
	good   string
	items  func(body []byte) ([]sentItem, error)
}{
	SeriesPath:    {http.MethodPost, http.StatusAccepted, `{"errors":[]}`, seriesItems},
	OldSeriesPath: {http.MethodPost, http.StatusAccepted, `{"status":"ok"}`, oldSeriesItems},
	EventsPath:    {http.MethodPost, http.StatusAccepted, `{"status":"ok","event":{"id":1,"url":"https://app.invalid/event/1"}}`, eventItems},
	ChecksPath:    {http.MethodPost, http.StatusAccepted, `{"status":"ok"}`, checkItems},
	ValidatePath:  {http.MethodGet, http.StatusOK, `{"valid":true}`, nil},
}

// judgeTags takes the tags of a host that has sent something before.
func (x *Exchange) judgeTags(escaped string) (int, string) {
	in := x.intake
	host, err := url.PathUnescape(escaped)
	var sent struct {
		Tags []string `json:"tags"`
	}
	switch {
	case x.Request.Method != http.MethodPut:
		return http.StatusMethodNotAllowed, ""
	case !rightKey(x.Request.Header.Get("DD-APPLICATION-KEY"), in.options.ApplicationKey):
		return http.StatusForbidden, ""
	case err != nil || x.fault != 0 || json.Unmarshal(x.body, &sent) != nil:
		return http.StatusBadRequest, ""
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	t := in.hosts[host]
	if t == nil || t.Points == 0 {
		return http.StatusNotFound, ""
	}
	t.Tagged++
	in.tags[host] = sent.Tags
	return http.StatusCreated, string(x.body)
}

// Body is the request's body, unpacked as far as that can be done.
func (x *Exchange) Body() []byte { return x.body }
