package datadog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// The limits of the body of a request, before and after it is packed, in bytes:
// those of POST /api/v2/series, kept by all.
const (
	maxBody   = 5_242_880
	maxPacked = 512_000
)

// unseen is how many packed bytes a gzip writer may hold back before it writes.
const unseen = 96 << 10

// pack is a body that is being made, and a gzip writer, some 1 MB, which is used
// again and again.
type pack struct {
	out  bytes.Buffer
	gzip *gzip.Writer
	to   io.Writer // gzip or out
	held int       // bytes that to may hold back
	item []byte
	size int // before it was packed
}

func (r *Reporter) borrowPack() *pack {
	if p, ok := r.packs.Get().(*pack); ok {
		return p
	}
	p := &pack{}
	// The level is known to be one; speed costs a tenth of size with such text.
	p.gzip, _ = gzip.NewWriterLevel(&p.out, gzip.BestSpeed)
	return p
}

func (p *pack) reset(plain bool) {
	p.out.Reset()
	p.size = 0
	p.to, p.held = &p.out, 0
	if !plain {
		p.gzip.Reset(&p.out)
		p.to, p.held = p.gzip, unseen
	}
}

// write cannot fail: a buffer takes everything.
func (p *pack) write(text []byte) {
	_, _ = p.to.Write(text)
	p.size += len(text)
}

// close returns what was made, as a copy: a transport may still read a body
// when it has its answer already.
func (p *pack) close() []byte {
	if p.to == p.gzip {
		_ = p.gzip.Close() // as in write
	}
	return bytes.Clone(p.out.Bytes())
}

// room says whether as many bytes more are within both limits.
func (p *pack) room(size int) bool {
	return p.size+size <= maxBody && p.out.Len()+p.held+size <= maxPacked
}

var errTooLong = errors.New("the item is too long for a request")

// pack is the body of a request with the first n of the parcels: as many as fit,
// at least one. An error is that of a single one which is too long.
func (s *shipment) pack(k int, parcels []parcel) (body []byte, n int, err error) {
	p := s.r.borrowPack()
	defer s.r.packs.Put(p)
	p.reset(kinds[k].plain)
	p.write([]byte(kinds[k].open))
	for n < len(parcels) && (kinds[k].most == 0 || n < kinds[k].most) {
		p.item = p.item[:0]
		if n > 0 {
			p.item = append(p.item, ',')
		}
		p.item = s.frame(parcels[n].batch).write(p.item, k, parcels[n].item)
		if n > 0 && !p.room(len(p.item)+len(kinds[k].close)) {
			break
		}
		p.write(p.item)
		n++
	}
	p.write([]byte(kinds[k].close))
	body = p.close()
	if n == 1 && (p.size > maxBody || len(body) > maxPacked) {
		return nil, 1, fmt.Errorf("%w: %d bytes, %d packed; the limits are %d and %d", errTooLong, p.size, len(body), maxBody, maxPacked)
	}
	return body, n, nil
}
