package analyse

import (
	"strings"
	"unicode"

	"github.com/converged/converged/parsers/report"
)

// Datadog keeps 200 characters of a tag and 100 tags of an event. All tags
// together leave an event's text at least half of its datagram.
const (
	maxTag      = 200 // characters
	maxTags     = 100
	maxTagBytes = 3000
)

// tagsOf are the tags of everything said of r, each clean and told once, the
// ones people filter by first, and how many found no room.
func tagsOf(r report.Run, o Options) (kept []string, dropped int) {
	all := []string{
		pair("tool:", string(r.Tool)),
		pair(o.ScopePrefix+"env:", r.Environment),
		pair(o.ScopePrefix+"policy_name:", r.PolicyName),
		pair(o.ScopePrefix+"policy_group:", r.PolicyGroup),
	}
	all = append(all, o.Tags...)
	for _, role := range r.Roles {
		all = append(all, pair(o.ScopePrefix+"role:", role))
	}
	return fitTags(append(all, nodeTags(r.Tags, o)...))
}

// nodeTags are the node's own tags with their prefix, less the excluded ones.
func nodeTags(tags []string, o Options) []string {
	prefix := "tag:"
	if o.TagPrefix != nil {
		prefix = *o.TagPrefix
	}
	var all []string
	for _, tag := range tags {
		tag = pair(prefix, tag)
		if o.TagsExclude == nil || !o.TagsExclude.MatchString(tag) {
			all = append(all, tag)
		}
	}
	return all
}

// pair is a tag of that key, or nothing when there is no value to tell.
func pair(key, value string) string {
	if strings.TrimSpace(value) == "" {
		return ""
	}
	return key + value
}

func fitTags(tags []string) (kept []string, dropped int) {
	kept, seen, bytes := []string{}, map[string]bool{}, 0
	for _, tag := range tags {
		tag = cleanTag(tag)
		if tag == "" || seen[tag] {
			continue
		}
		seen[tag] = true
		if len(kept) == maxTags || bytes+len(tag)+1 > maxTagBytes {
			dropped++
			continue
		}
		kept, bytes = append(kept, tag), bytes+len(tag)+1
	}
	return kept, dropped
}

// cleanTag is a tag as Datadog stores it: lower case, and an underscore for
// what is neither letter, digit nor one of _-:./
func cleanTag(tag string) string {
	tag = prefixOf(strings.TrimSpace(tag), room{runes: maxTag, bytes: 4 * maxTag})
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("_-:./", c) {
			return unicode.ToLower(c)
		}
		return '_'
	}, tag)
}
