package analyse

import (
	"slices"
	"strings"
	"unicode"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
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
	all := append([]string{pair("tool:", string(r.Tool)), pair("playbook:", r.Playbook)}, scopeTags(r, o)...)
	all = append(all, o.Tags...)
	all = append(all, roleTags(r, o)...)
	return fitTags(append(all, nodeTags(r.Tags, o)...))
}

// hostTags are what the node itself is tagged with, as the in-process handlers
// have it: what is said of every run, less the tool and the configured tags.
// They are nil unless the run knows its expanded roles: one that failed before
// would take the tags away that an earlier run gave. So would each of Ansible's,
// whose playbooks name the roles that they ran and not those that the node has.
func hostTags(r report.Run, o Options) *telemetry.HostTags {
	if r.Tool == "" || r.Tool == report.Ansible || r.Status != report.Success && len(r.Roles) == 0 {
		return nil
	}
	tags, _ := fitTags(slices.Concat(scopeTags(r, o), roleTags(r, o), nodeTags(r.Tags, o)))
	if len(tags) == 0 {
		return nil
	}
	return &telemetry.HostTags{Source: cleanTag(string(r.Tool)), Tags: tags}
}

// scopeTags are the environment and the policy.
func scopeTags(r report.Run, o Options) []string {
	tags := []string{pair(o.ScopePrefix+"env:", r.Environment)}
	if !o.WithoutPolicyTags {
		tags = append(tags, pair(o.ScopePrefix+"policy_name:", r.PolicyName), pair(o.ScopePrefix+"policy_group:", r.PolicyGroup))
	}
	return tags
}

func roleTags(r report.Run, o Options) []string {
	var tags []string
	for _, role := range r.Roles {
		tags = append(tags, pair(o.ScopePrefix+"role:", role))
	}
	return tags
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
