package draw

import "image/color"

// shade is a colour on light paper and its counterpart on dark paper, 0xRRGGBB.
type shade struct{ light, dark uint32 }

// hex is the light colour as SVG and DOT write it.
func (s shade) hex() string { return hex(s.light) }

// rgba is the light colour, opaque.
func (s shade) rgba() color.RGBA {
	return color.RGBA{R: uint8(s.light >> 16), G: uint8(s.light >> 8), B: uint8(s.light), A: 0xFF}
}

func hex(c uint32) string {
	const digits = "0123456789abcdef"
	out := []byte("#000000")
	for i := 6; i > 0; i-- {
		out[i] = digits[c&15]
		c >>= 4
	}
	return string(out)
}

// tone is how one class of boxes or edges looks. Its name is the class in SVG.
type tone struct {
	name            string
	fill, line, ink shade
	width           float64   // of the line, points
	dash            []float64 // points drawn, points left out; nil is solid
}

// The paper and the text on it.
var (
	paper = shade{0xfbfcfd, 0x12171d}
	ink   = shade{0x1b2733, 0xe8edf2}
	faded = shade{0x5d6b79, 0x9aa7b4}
)

// The tones. Vermilion against blue and grey is told apart with every kind of
// colour vision; thickness and dashes say the same without colour.
var (
	roleTone     = tone{"role", shade{0xe1eefa, 0x1b3a57}, shade{0x2f74b5, 0x63aeee}, shade{0x12385c, 0xe3f1fd}, 1.3, nil}
	recipeTone   = tone{"recipe", shade{0xf2f4f6, 0x242c35}, shade{0x8593a1, 0x7d8b99}, shade{0x33414f, 0xd5dde5}, 1, nil}
	missingTone  = tone{"missing", shade{0xfbf4fa, 0x2d2130}, shade{0x8e3f80, 0xd693c9}, shade{0x752f69, 0xecc3e4}, 1.4, []float64{4, 3}}
	externalTone = tone{"external", paper, shade{0x7c8894, 0x8793a0}, shade{0x55626f, 0xb4bfca}, 1.1, []float64{1.5, 2.5}}
	badgeTone    = tone{"badge", shade{0xffe08a, 0x5a4300}, shade{0x7a5600, 0xffd35c}, shade{0x4d3600, 0xffecb8}, 1, nil}

	cookbookTone    = tone{"cookbook", shade{0xf8e7d3, 0x40290f}, shade{0xa9642a, 0xd9944f}, shade{0x5e3511, 0xf9e0c4}, 1.2, nil}
	machineTone     = tone{"machine", shade{0xc9d2db, 0x3c4956}, shade{0x33424f, 0xa9b8c6}, shade{0x14202b, 0xf2f6fa}, 1.5, nil}
	environmentTone = tone{"environment", shade{0xdcefe4, 0x173526}, shade{0x2f7d5b, 0x5fbf95}, shade{0x124530, 0xd3f3e3}, 1, nil}
	policyTone      = tone{"policy", shade{0xe6e3f8, 0x2b2752}, shade{0x5f55b0, 0xa59cf0}, shade{0x2f2870, 0xe9e6ff}, 1.2, nil}
	folderTone      = tone{"folder", shade{0xf1ecdd, 0x33301f}, shade{0x8c7f57, 0xbdb083}, shade{0x473f22, 0xefe8d0}, 1.1, nil}

	cycleTone   = tone{"cycle", shade{0xfde7e2, 0x4a1c14}, shade{0xd22f1b, 0xff7257}, shade{0x7d170b, 0xffe3dc}, 2.4, nil}
	tangledTone = tone{"tangled", shade{0xfdf3f0, 0x35201d}, shade{0xe58b7d, 0xb9604f}, shade{0x7d170b, 0xf6cfc7}, 1.6, nil}

	plainEdge   = tone{"plain", paper, shade{0x92a0ad, 0x677583}, faded, 1.1, nil}
	faintEdge   = tone{"faint", paper, shade{0xd5dce2, 0x343e48}, faded, 0.9, nil}
	dependsEdge = tone{"depends", paper, shade{0xb98a5e, 0x9c7248}, faded, 1.1, nil}
	partEdge    = tone{"part", paper, shade{0xb3bfca, 0x4e5a66}, faded, 1, nil}
	maybeEdge   = tone{"maybe", paper, plainEdge.line, faded, 1.1, maybeDash}
	envEdge     = tone{"env", paper, shade{0x0072b2, 0x56b4e9}, shade{0x005f96, 0x8accf2}, 1.2, []float64{5, 3}}
	cycleEdge   = tone{"circle", paper, cycleTone.line, shade{0xb32413, 0xff8f79}, 2.2, nil}
	tangledEdge = tone{"knot", paper, tangledTone.line, shade{0xb32413, 0xd98b7c}, 1.5, nil}
)

// fanEdges are plain edges in the quiet colours that tell neighbours apart, all
// as dark as each other.
var fanEdges = []tone{
	{"plain", paper, plainEdge.line, faded, 1.1, nil},
	{"fan1", paper, shade{0x4f9d94, 0x4f9d94}, faded, 1.1, nil},
	{"fan2", paper, shade{0x8a86c4, 0x8a86c4}, faded, 1.1, nil},
	{"fan3", paper, shade{0xb29045, 0xa98f55}, faded, 1.1, nil},
	{"fan4", paper, shade{0x6d9f55, 0x759c63}, faded, 1.1, nil},
	{"fan5", paper, shade{0xb07f9b, 0xa87d97}, faded, 1.1, nil},
}

// maybeDash is that of an edge which a condition decides on: dots, which nothing
// else has.
var maybeDash = []float64{1.5, 2.5}

// head is what fills the arrowhead.
func (t tone) head() shade {
	if t.hollow() {
		return paper
	}
	return t.line
}
