package spool

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
)

// A file holds a header line, the key and the data:
//
//	converged-spool 1 crc32c=1a2b3c4d key=13 data=2048
//	e19d7920-0001
//	...
//
// so that a torn, overwritten or foreign file is told from a whole one. The
// checksum is over everything after the header line.
const headerFormat = "converged-spool 1 crc32c=%08x key=%d data=%d\n"

// minRecord is the shortest file that can be an entry.
const minRecord = len("converged-spool 1 crc32c=00000000 key=1 data=0\nk\n")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errDamaged is a file that is not what was written.
var errDamaged = errors.New("the entry is damaged")

func encodeRecord(key string, data []byte) []byte {
	sum := crc32.Update(checksum([]byte(key+"\n")), castagnoli, data)
	b := make([]byte, 0, len(headerFormat)+32+len(key)+len(data))
	b = fmt.Appendf(b, headerFormat, sum, len(key), len(data))
	b = append(b, key...)
	b = append(b, '\n')
	return append(b, data...)
}

// decodeRecord returns parts of file, or errDamaged with what is wrong.
func decodeRecord(file []byte) (key string, data []byte, err error) {
	end := bytes.IndexByte(file, '\n') + 1
	var sum uint32
	var keyLen, dataLen int
	if _, err := fmt.Sscanf(string(file[:min(end, 128)]), headerFormat, &sum, &keyLen, &dataLen); err != nil {
		return "", nil, fmt.Errorf("%w: it does not begin with a header: %.40q", errDamaged, file)
	}
	body := file[end:]
	switch {
	case keyLen < 1 || dataLen < 0 || keyLen > maxEntry || dataLen > maxEntry:
		return "", nil, fmt.Errorf("%w: its header makes no sense: %q", errDamaged, file[:end-1])
	case len(body) != keyLen+1+dataLen:
		return "", nil, fmt.Errorf("%w: %d bytes follow the header, %d were written", errDamaged, len(body), keyLen+1+dataLen)
	case checksum(body) != sum:
		return "", nil, fmt.Errorf("%w: its checksum does not match", errDamaged)
	}
	return string(body[:keyLen]), body[keyLen+1:], nil
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }
