package draw

import (
	"math"
	"testing"
)

func TestNumbersAreShort(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", 1.5: "1.5", 2.0049: "2", 2.005: "2.01", -0.001: "0", 1234.5678: "1234.57", -3.25: "-3.25", 1e7: "10000000",
		math.Inf(1): "0",
	} {
		if got := number(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
	if got := number(math.NaN()); got != "0" {
		t.Errorf("NaN is written %s", got)
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		`a<b>&"c"'d'`:    "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;",
		"a\nb\tc\rd":     "a&#10;b&#9;c&#13;d",
		"]]>":            "]]&gt;",
		"\x00\xff\ufffe": "\ufffd\ufffd\ufffd",
		"漢字🎉":            "漢字🎉",
	} {
		p := &pen{}
		p.escape(in)
		if got := string(p.out); got != want {
			t.Errorf("%q is escaped to %q, want %q", in, got, want)
		}
	}
}
