package discover

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

var errNotYAML = errors.New("not YAML of keys and values")

// topLevel is the settings of a YAML file whose values are texts, or lists of texts.
// An alias is followed once: what is built of them stays as long as it is written.
// The error quotes nothing of the file, which may be secret.
func topLevel(text []byte) (map[string][]string, error) {
	var document yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil // nothing but comments
	}
	if err != nil || len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, errNotYAML
	}
	settings := map[string][]string{}
	for pairs := document.Content[0].Content; len(pairs) > 1; pairs = pairs[2:] {
		switch value := unaliased(pairs[1]); value.Kind {
		case yaml.ScalarNode:
			settings[pairs[0].Value] = []string{value.Value}
		case yaml.SequenceNode:
			var list []string
			for _, item := range value.Content {
				if item = unaliased(item); item.Kind == yaml.ScalarNode {
					list = append(list, item.Value)
				}
			}
			settings[pairs[0].Value] = list
		}
	}
	return settings, nil
}

func unaliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// firstOf is the value of a key, or "".
func firstOf(settings map[string][]string, key string) string {
	if list := settings[key]; len(list) > 0 {
		return list[0]
	}
	return ""
}
