package draw

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	schemePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)
	placePattern  = regexp.MustCompile(`\{[^{}]*\}`)
)

// actingSchemes are those whose addresses a browser executes.
var actingSchemes = []string{"javascript", "data", "vbscript"}

// CheckEditorURL says what is wrong with a template of links to files, such as
// "vscode://file/{file}:{line}": {file} stands for the absolute path, {path} for
// the path within the directory that was read, {line} for the line. One of the
// two paths must be there. Any scheme will do but those that a browser executes.
func CheckEditorURL(template string) error {
	scheme := schemePattern.FindStringSubmatch(template)
	if scheme == nil {
		return fmt.Errorf("editor URL %q has no scheme: expected something like vscode://file/{file}:{line}", template)
	}
	if slices.Contains(actingSchemes, strings.ToLower(scheme[1])) {
		return fmt.Errorf("editor URL %q would run a script: expected a scheme such as vscode, idea or https", template)
	}
	if at := strings.IndexFunc(template, func(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`<>"\^`+"`", c) }); at >= 0 {
		return fmt.Errorf("editor URL %q holds %q, which no address may: write it as %%%02X", template, template[at], template[at])
	}
	hasPath := false
	for _, place := range placePattern.FindAllString(template, -1) {
		switch place {
		case "{file}", "{path}":
			hasPath = true
		case "{line}":
		default:
			return fmt.Errorf("editor URL %q: %s is not known: expected {file}, {path} or {line}", template, place)
		}
	}
	if !hasPath {
		return fmt.Errorf("editor URL %q says nowhere which file: expected {file} or {path} in it", template)
	}
	return nil
}

// editorLink is the template as the page takes it: {file} brings the slash that
// an absolute path begins with.
func editorLink(o HTMLOptions) (string, error) {
	if o.EditorURL == "" {
		return "", nil
	}
	if err := CheckEditorURL(o.EditorURL); err != nil {
		return "", err
	}
	return strings.ReplaceAll(o.EditorURL, "/{file}", "{file}"), nil
}

// encodeDir is an absolute directory as addresses write it, with a slash at its
// beginning and none at its end.
func encodeDir(dir string) string {
	return strings.TrimSuffix(encodePath(path.Clean("/"+filepath.ToSlash(dir))), "/")
}

// encodePath is a path with slashes that stands anywhere in an address.
func encodePath(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(part), "+", "%20")
	}
	if len(parts) > 1 { // the drive of a Windows path
		parts[1] = strings.Replace(parts[1], "%3A", ":", 1)
	}
	return strings.Join(parts, "/")
}
