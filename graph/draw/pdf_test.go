package draw_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func writePDF(t testing.TB, s *draw.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := draw.PDF(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	pdfStream = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	pdfText   = regexp.MustCompile(`(?s)Td \((.*?)\) Tj ET`)
)

// content is what the page of a PDF draws: the first of its streams.
func content(t testing.TB, pdf []byte) string {
	t.Helper()
	found := pdfStream.FindSubmatch(pdf)
	if found == nil {
		t.Fatal("the PDF has no streams")
	}
	r, err := zlib.NewReader(bytes.NewReader(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// words are the texts on the page, as far as they are Latin.
func words(t testing.TB, pdf []byte) string {
	t.Helper()
	var all []string
	for _, m := range pdfText.FindAllStringSubmatch(content(t, pdf), -1) {
		all = append(all, strings.ReplaceAll(m[1], "\x00", ""))
	}
	return strings.Join(all, "|")
}

func TestThePDFHoldsItsTexts(t *testing.T) {
	pdf := writePDF(t, draw.Place(kinds(), draw.Options{Title: "All kinds"}))
	got := words(t, pdf)
	for _, want := range []string{"All kinds", "only if a condition holds", "web1.example.com", "nginx::ssl", "hardened", "|prod|", "|?|"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	for _, want := range []string{"%PDF-", "/FontFile2", "/ToUnicode", "%%EOF"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("no %s in the PDF", want)
		}
	}
	for _, date := range []string{"CreationDate", "ModDate", "1970"} {
		if bytes.Contains(pdf, []byte(date)) {
			t.Errorf("%s stands in the PDF", date)
		}
	}
}

func TestThePDFDrawsEveryEdgeAsCurves(t *testing.T) {
	g := samples()["web"]
	curves := func(g *graph.Graph) int {
		return strings.Count(content(t, writePDF(t, draw.Place(g, draw.Options{}))), " c\n")
	}
	lone := *g
	lone.Edges = nil
	if with, without := curves(g), curves(&lone); with-without < len(g.Edges) {
		t.Errorf("%d curves with and %d without the %d edges", with, without, len(g.Edges))
	}
}

func TestSameGraphSamePDF(t *testing.T) {
	first := writePDF(t, draw.Place(large(), draw.Options{}))
	if second := writePDF(t, draw.Place(large(), draw.Options{})); !bytes.Equal(first, second) {
		t.Error("two PDFs of one graph differ")
	}
}

func TestThePDFOfHostileNames(t *testing.T) {
	s := draw.Place(named(hostile()...), draw.Options{Title: "漢 🎉"})
	pdf := writePDF(t, s)
	if n := len(pdf); n > 1<<20 {
		t.Errorf("it is %d bytes", n)
	}
	if n := s.PDFNotice(); !strings.Contains(n, "names hold characters that the built-in font lacks") {
		t.Errorf("the notice is %q", n)
	}
	if n := draw.Place(samples()["web"], draw.Options{}).PDFNotice(); n != "" {
		t.Errorf("a notice without a reason: %q", n)
	}
}

func TestAPDFPageIsNoLongerThanViewersShow(t *testing.T) {
	var lines []string
	for i := range 900 {
		lines = append(lines, "r"+strings.Repeat("x", 1+i%20)+string(rune('a'+i%26))+strings.Repeat("y", i/26)+":")
	}
	s := draw.Place(roles(lines...), draw.Options{Arrange: inARow})
	box := regexp.MustCompile(`/MediaBox \[0 0 14400\.00 \d+\.\d+\]`)
	if pdf := writePDF(t, s); !box.Match(pdf) {
		t.Errorf("the page is %s", regexp.MustCompile(`/MediaBox.*`).Find(pdf))
	}
	if n := s.PDFNotice(); !strings.Contains(n, "14400 points") {
		t.Errorf("the notice is %q", n)
	}
}

func TestAPDFThatCannotBeWritten(t *testing.T) {
	if draw.PDF(full{}, draw.Place(samples()["web"], draw.Options{})) == nil {
		t.Error("no error from a writer that fails")
	}
	s := draw.Place(samples()["web"], draw.Options{RankDir: "up"})
	if draw.PDF(io.Discard, s) == nil || s.PDFNotice() != "" {
		t.Errorf("no error of a wrong direction, or the notice %q", s.PDFNotice())
	}
}
