package spool

import (
	"reflect"
	"strings"
	"testing"
)

func TestEncodeKey(t *testing.T) {
	for key, want := range map[string]string{
		"e19d7920-3c0b-4f0e":     "e19d7920-3c0b-4f0e",
		"web-17.example.com":     "web-17.example.com",
		".hidden":                "%2Ehidden",
		"..":                     "%2E.",
		"a/b":                    "a%2Fb",
		"100%":                   "100%25",
		"":                       "",
		strings.Repeat("k", 200): strings.Repeat("k", 200),
		strings.Repeat("k", 201): "%%ebf0ead0a3b837bc388d6a36c93833fff64a0a8bc8198fc0f1b7b5031dddd254",
	} {
		if got := encodeKey(key); got != want {
			t.Errorf("%q is %q, want %q", key, got, want)
		}
	}
}

func TestParseFileRefuses(t *testing.T) {
	for _, file := range []string{
		"", ".", "..", "lock", "README", "a.b.c", "1.0.key", "000000000001.key", "000000000001.-1.key", "000000000001.00.key",
		"000000000001.0.", "000000000001.0.a b", "000000000001.0.%41", "000000000001.0.%2f", "000000000001.0.%", "000000000001.0.%2",
		"000000000001.0..x", "000000000001.0.%%zz", "000000000001.0.%%" + strings.Repeat("A", 64), "000000000001.0.%%" + strings.Repeat("a", 63),
		"-00000000001.0.key", "000000000001.0.key~.swp ", "99999999999999999999999.0.key", "000000000001.4294967296.key",
	} {
		if it, ok := parseFile(file); ok {
			t.Errorf("%q is taken for %+v", file, it)
		}
	}
}

func FuzzEncodeKey(f *testing.F) {
	f.Add("a", "A", uint64(1), int32(0))
	f.Add("..", "%2E.", uint64(1<<63), int32(7))
	f.Add(strings.Repeat("k", 201), strings.Repeat("k", 202), uint64(0), int32(1))
	f.Fuzz(func(t *testing.T, key, other string, seq uint64, rank int32) {
		if key == "" || rank < 0 {
			return
		}
		name := encodeKey(key)
		if !isName(name) || len(name) > maxName || strings.ContainsAny(name, "/\x00") || name[0] == '.' {
			t.Fatalf("%q has the name %q", key, name)
		}
		if key != other && name == encodeKey(other) {
			t.Fatalf("%q and %q share the name %q", key, other, name)
		}
		if !strings.HasPrefix(name, hashed) {
			if back, ok := decodeKey(name); !ok || back != key {
				t.Fatalf("%q became %q became %q", key, name, back)
			}
		}
		it := &item{name: name, seq: seq, rank: int(rank), onDisk: int(rank)}
		if got, ok := parseFile(it.file()); !ok || !reflect.DeepEqual(got, it) {
			t.Fatalf("%+v became %q became %+v", it, it.file(), got)
		}
	})
}

func FuzzParseFile(f *testing.F) {
	f.Add("000000000001.0.key")
	f.Add("000000000001.0.%2E.")
	f.Fuzz(func(t *testing.T, file string) {
		if it, ok := parseFile(file); ok && it.file() != file {
			t.Fatalf("%q was read as %q", file, it.file())
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(encodeRecord("key", []byte("data\n")))
	f.Add([]byte("converged-spool 1 crc32c=00000000 key=9999999999999999999 data=-1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		key, data, err := decodeRecord(file)
		if err != nil {
			return
		}
		if again, _, err := decodeRecord(encodeRecord(key, data)); err != nil || again != key {
			t.Fatalf("%q became %q, %v", key, again, err)
		}
	})
}
