package puppet

import (
	"bytes"
	"io"

	"github.com/converged/converged/parsers/report"
)

// readDocument is all of r but a byte order mark.
func readDocument(r io.Reader) ([]byte, error) {
	data, err := report.Read(r, MaxDocument, "Puppet")
	return bytes.TrimPrefix(data, []byte("\ufeff")), err
}
