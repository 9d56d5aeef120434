package ruby

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

var (
	// magicComment is a comment that is nothing but "name: value".
	magicComment = regexp.MustCompile(`^\s*#\s*(?:-\*-\s*)?([^\s'":;]+)\s*:\s*"?([^"\s;]+)"?\s*(?:-\*-\s*)?$`)
	// codingComment is a comment that names an encoding somewhere.
	codingComment = regexp.MustCompile(`(?i)^\s*#.*?coding[ \t]*[:=][ \t]*([^\s])([\w.-]*)`)
)

// charmaps are the single-byte encodings that Ruby knows and whose characters are known here.
var charmaps = map[string]*charmap.Charmap{
	"iso-8859-1": charmap.ISO8859_1, "iso-8859-2": charmap.ISO8859_2, "iso-8859-3": charmap.ISO8859_3,
	"iso-8859-4": charmap.ISO8859_4, "iso-8859-5": charmap.ISO8859_5, "iso-8859-6": charmap.ISO8859_6,
	"iso-8859-7": charmap.ISO8859_7, "iso-8859-8": charmap.ISO8859_8, "iso-8859-9": charmap.ISO8859_9,
	"iso-8859-10": charmap.ISO8859_10, "iso-8859-13": charmap.ISO8859_13, "iso-8859-14": charmap.ISO8859_14,
	"iso-8859-15": charmap.ISO8859_15, "iso-8859-16": charmap.ISO8859_16, "windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251, "windows-1252": charmap.Windows1252, "windows-1253": charmap.Windows1253,
	"windows-1254": charmap.Windows1254, "windows-1255": charmap.Windows1255, "windows-1256": charmap.Windows1256,
	"windows-1257": charmap.Windows1257, "windows-1258": charmap.Windows1258, "windows-874": charmap.Windows874,
	"koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U, "macroman": charmap.Macintosh, "ibm437": charmap.CodePage437,
	"ibm850": charmap.CodePage850, "ibm852": charmap.CodePage852, "ibm855": charmap.CodePage855,
	"ibm860": charmap.CodePage860, "ibm862": charmap.CodePage862, "ibm863": charmap.CodePage863,
	"ibm865": charmap.CodePage865, "ibm866": charmap.CodePage866, "binary": charmap.ISO8859_1,
}

// otherEncodings are those that Ruby accepts for a source and that are not decoded here.
const otherEncodings = ` 646 big5 big5-hkscs big5-uao cesu-8 cp51932 cp737 cp775 cp857 cp861 cp864 cp869 cp878 cp932 cp936 cp949 ` +
	`cp950 cp951 cp720 cswindows31j emacs-mule euc-cn euc-jis-2004 euc-jisx0213 euc-jp euc-jp-ms euc-kr euc-tw euccn eucjp ` +
	`eucjp-ms euckr euctw gb12345 gb18030 gb1988 gb2312 gbk ibm720 ibm737 ibm775 ibm857 ibm861 ibm864 ibm869 iso-8859-11 ` +
	`maccenteuro maccroatian maccyrillic macgreek maciceland macjapan macjapanese macromania macthai macturkish macukraine ` +
	`pck shift_jis sjis sjis-docomo sjis-kddi sjis-softbank stateless-iso-2022-jp stateless-iso-2022-jp-kddi tis-620 ` +
	`utf8-docomo utf8-kddi utf8-softbank windows-31j `

// openSource prepares a lexer for a source in the encoding that its first
// comment names, UTF-8 without one. What it warns of is said, the reading goes on.
func openSource(src string) (lx lexer, warning string, err error) {
	name := strings.ToLower(sourceEncoding(src))
	for _, eol := range []string{"-unix", "-dos", "-mac"} {
		if name != "utf8-mac" && name != "utf-8-mac" {
			name = strings.TrimSuffix(name, eol)
		}
	}
	if rest, ok := strings.CutPrefix(name, "iso8859-"); ok {
		name = "iso-8859-" + rest
	}
	if rest, ok := strings.CutPrefix(name, "cp125"); ok {
		name = "windows-125" + rest
	} else if rest, ok := strings.CutPrefix(name, "cp"); ok && charmaps["ibm"+rest] != nil {
		name = "ibm" + rest
	}
	switch name {
	case "", "utf-8", "utf8-mac", "utf-8-mac", "utf-8-hfs", "cp65001", "locale", "external", "filesystem":
		return newLexer(src), "", nil
	case "us-ascii", "ascii", "ansi_x3.4-1968", "646":
		lx := newLexer(src)
		lx.ascii = true
		return lx, "", nil
	case "ascii-8bit", "binary":
		if utf8.ValidString(src) {
			return newLexer(src), "", nil
		}
		name = "binary"
	}
	table := charmaps[name]
	switch {
	case table == nil && !strings.Contains(otherEncodings, " "+name+" "):
		return lexer{}, "", fmt.Errorf("unknown encoding name %q", Clip(name))
	case table == nil:
		table = charmap.ISO8859_1
		if strings.IndexFunc(src, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			warning = fmt.Sprintf("the encoding %q is not decoded; characters beyond ASCII are read as Latin-1", name)
		}
	}
	text, err := table.NewDecoder().String(src)
	if err != nil {
		return lexer{}, "", fmt.Errorf("reading the file as %s: %w", name, err)
	}
	return newLexer(text), warning, nil
}

// sourceEncoding is the name that the first comment gives, "" without one.
func sourceEncoding(src string) string {
	line, rest, _ := strings.Cut(strings.TrimPrefix(src, "\uFEFF"), "\n")
	if strings.HasPrefix(line, "#!") {
		line, _, _ = strings.Cut(rest, "\n")
	}
	if !strings.Contains(line, "#") || strings.HasPrefix(src, "\uFEFF") {
		return ""
	}
	if m := magicComment.FindStringSubmatch(line); m != nil {
		if key := strings.ToLower(m[1]); key == "coding" || key == "encoding" {
			return m[2]
		}
		return ""
	}
	if m := codingComment.FindStringSubmatch(line); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// frozenLiterals tells whether a comment at the top freezes the file's strings.
func frozenLiterals(src string) bool {
	for line := range strings.Lines(strings.TrimPrefix(src, "\uFEFF")) {
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		if text[0] != '#' {
			return false
		}
		if len(text) > MaxText || !strings.Contains(text, "iteral") && !strings.Contains(text, "ITERAL") {
			continue
		}
		m := magicComment.FindStringSubmatch(line)
		if m != nil && strings.EqualFold(strings.ReplaceAll(m[1], "-", "_"), "frozen_string_literal") {
			return strings.EqualFold(m[2], "true")
		}
	}
	return false
}
