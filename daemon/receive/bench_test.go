package receive

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// BenchmarkChef is a data collector's message of a run where nothing changed,
// over a connection of its own, as Chef sends it.
func BenchmarkChef(b *testing.B) {
	benchmarkNewConnections(b, "/data-collector", 35_000, "HTTP/1.1 201")
}

func BenchmarkChefLarge(b *testing.B) {
	benchmarkNewConnections(b, "/data-collector", 838_000, "HTTP/1.1 201")
}

func benchmarkNewConnections(b *testing.B, path string, size int, want string) {
	s, err := Open(Options{Listen: []string{"127.0.0.1:0"}, Formats: known, Take: nobody})
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(b.Context()) }()
	defer func() { _ = s.Close(); <-ended }()
	address := strings.TrimPrefix(s.Addresses()[0], "http://")
	message := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Chef-Version: 18.10.107\r\nContent-Length: %d\r\n\r\n%s",
		path, size, strings.Repeat("m", size))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			c, err := net.Dial("tcp", address)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = c.Write(message)
			if answer, _ := io.ReadAll(c); !strings.HasPrefix(string(answer), want) {
				b.Errorf("told %q", answer)
			}
			_ = c.Close()
		}
	})
}
