package json

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// documents are JSON and what is nearly JSON, of every kind the grammar knows.
var documents = []string{
	`{}`, `[]`, `null`, `true`, `false`, `0`, `-0`, `12`, `-1.5e+10`, `0.1E-3`, `""`, `"a"`,
	` { "a" : [ 1 , { "b" : null } ] , "c" : "d" } ` + "\r\n\t",
	`{"a":1,"a":2}`, `{"":""}`, `{"\u0061\n":1}`, `[[[[]]]]`, `{"a":{"b":{"c":{}}}}`,
	`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800\udc00\ud800"`, `"\ud800\u0041"`, `"\ud800x"`, "\"\xff\xfe caf\xe9\"",
	"\"\u2028 < > & é 😀 \x7f\"", `"0123456"`, `"01234567"`, `"012345678"`, `"0123456\n"`, `"01234567\n"`,
	"{\"\xff\":1}", "{\"\x890\":{}}", `"` + strings.Repeat("x", 1000) + `"`,
	// not JSON
	``, ` `, `{`, `}`, `[`, `]`, `[1`, `[1,`, `[1,]`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a"=>1}`,
	`{,}`, `[,]`, `01`, `1.`, `.1`, `1e`, `1e+`, `-`, `+1`, `--1`, `0x1`, `1 2`, `nul`, `nulll`, `truefalse`, `True`, `NaN`,
	`"`, `"a`, `"\`, `"\x"`, `"\u"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", "\"\x1f\"", `'a'`, `{} {}`, `[]]`, `{}}`,
	"\xef\xbb\xbf{}", "\x00", "{}\x00", `{"a":1 "b":2}`, `[1 2]`, `{1:2}`, "[1]\v",
}

// build is the document as encoding/json builds it, but read with a scanner.
func build(s *Scanner) any {
	switch c := s.Peek(); {
	case c == '{':
		object := map[string]any{}
		for key := range s.Fields() {
			object[string(key)] = build(s)
		}
		return object
	case c == '[':
		array := []any{}
		for range s.Items() {
			array = append(array, build(s))
		}
		return array
	case c == '"':
		raw := s.quoted()
		return unquote(raw, 10*len(raw)+1)
	case c == 't' || c == 'f':
		if b := s.Boolean(); b != nil {
			return *b
		}
	case c == '-' || isDigit(c):
		start := s.pos
		s.skipNumber()
		return json.Number(s.data[start:s.pos])
	}
	s.Skip()
	return nil
}

// differ compares the scanner with the standard library on one input.
func differ(t *testing.T, data []byte) {
	t.Helper()
	valid := json.Valid(data)
	skipped := Scanner{data: data}
	skipped.Skip()
	skipped.End()
	if errors.Is(skipped.Fault(), report.ErrTooLarge) {
		return // nested deeper than Chef ever writes
	}
	if complete := Complete(data); (skipped.err == nil) != valid || complete != valid {
		t.Fatalf("%q: skip says %v, Complete %v, encoding/json %v", data, skipped.Fault(), complete, valid)
	}
	s := Scanner{data: data}
	got := build(&s)
	s.End()
	if (s.err == nil) != valid {
		t.Fatalf("%q: read says %v, encoding/json %v", data, s.Fault(), valid)
	}
	if !valid {
		checkFault(t, &s)
		if got, want := skipped.Fault(), s.Fault(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: skip says %v, read %v", data, got, want)
		}
		return
	}
	var want any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q:\n got %#v\nwant %#v", data, got, want)
	}
}

// checkFault holds a fault to what a reader of it relies on.
func checkFault(t *testing.T, s *Scanner) {
	t.Helper()
	err, ok := errors.AsType[*report.ParseError](s.Fault())
	if !ok {
		t.Fatalf("%q: a fault of another type: %v", s.data, s.Fault())
	}
	lines := bytes.Split(s.data[:err.Offset], []byte("\n"))
	if err.Line != len(lines) || err.Column != len(lines[len(lines)-1])+1 || err.Reason == "" {
		t.Fatalf("%q: fault at offset %d is said to be at line %d, column %d (%q)", s.data, err.Offset, err.Line, err.Column, err.Reason)
	}
	if truncated := errors.Is(err, report.ErrTruncated); truncated != (int(err.Offset) == len(s.data)) {
		t.Fatalf("%q: %v at offset %d of %d", s.data, err, err.Offset, len(s.data))
	}
}

func TestScannerAgreesWithTheStandardLibrary(t *testing.T) {
	for _, document := range documents {
		differ(t, []byte(document))
	}
}

func TestEveryPrefixIsTruncated(t *testing.T) {
	document := ` {"a" : [1.5e3, "b\u00e9\n", {"c": null, "d": true}], "e": "é"}`
	for n := 1; n < len(document); n++ {
		s := Scanner{data: []byte(document[:n])}
		s.Skip()
		s.End()
		if n := s.Fault(); !errors.Is(n, report.ErrTruncated) {
			t.Errorf("%q: %v", s.data, n)
		}
		if Complete(s.data) {
			t.Errorf("%q is said to be complete", s.data)
		}
	}
	if !Complete([]byte(document)) || !Complete([]byte(document+"\n")) {
		t.Error("the whole document is said to be incomplete")
	}
}

func TestFaultsNameTheirPlace(t *testing.T) {
	for document, want := range map[string]string{
		"{\n  \"a\": 1,\n  \"b\" 2\n}": `line 3, column 7: the report is malformed: expected ':', found '2'`,
		"{\"a\": [1,\n2":               `line 2, column 2: the report is cut short: it ends where ',' or ']' was expected`,
		"{\"a\": \"x\ty\"}":            `line 1, column 9: the report is malformed: expected the end of a string, found '\t'`,
		"[1]\n[2]\n":                   `line 2, column 1: the report is malformed: 4 more bytes after the end of the document`,
		"[nil]":                        `line 1, column 2: the report is malformed: expected a value, found 'n'`,
		strings.Repeat("[", 2000):      `line 1, column 1001: the report is over a limit: nested deeper than 1000 levels`,
	} {
		s := Scanner{data: []byte(document)}
		s.Skip()
		s.End()
		if err := s.Fault(); err == nil || err.Error() != want {
			t.Errorf("%.40q:\n got %v\nwant %s", document, err, want)
		}
	}
}

func TestNestingUpToTheLimit(t *testing.T) {
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	if !Complete([]byte(deep)) || Complete([]byte("["+deep+"]")) {
		t.Errorf("the limit is not %d levels", maxDepth)
	}
	wide := "[" + strings.Repeat("[[]],", 5000) + "{}]"
	if !Complete([]byte(wide)) {
		t.Error("breadth counts as depth")
	}
}

// Objects and arrays within each other, at every depth where one bit tells which.
func TestNestingOfBothKinds(t *testing.T) {
	const times = maxDepth / 3 // no power of two is a multiple of three levels
	for open, shut := range map[string]string{`[[{"a":`: "}]]", `[{"a":{"b":`: "}}]"} {
		text := strings.Repeat(open, times) + "1" + strings.Repeat(shut, times)
		turned := text[:len(text)-len(shut)] + shut[2:] + shut[:2]
		if !Complete([]byte(text)) || Complete([]byte(turned)) {
			t.Errorf("%s is not closed by %s alone", open, shut)
		}
	}
	siblings := `[{"a": [1, {}], "b": {"c": 2}}, [[{"d": []}], []], {"e": [{}]}]`
	if differ(t, []byte(siblings)); !Complete([]byte(siblings)) {
		t.Error("a container takes the kind of its sibling")
	}
}

func FuzzScanner(f *testing.F) {
	for _, document := range documents {
		f.Add([]byte(document))
	}
	f.Fuzz(differ)
}
