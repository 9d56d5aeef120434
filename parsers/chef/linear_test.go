// The race detector distorts the costs that are compared here.

//go:build unix && !race

package chef

import (
	"io"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

func TestAReportTakesLinearTime(t *testing.T) {
	const whole = `{"node":{"name":"n","automatic":{"cookbooks":{}}},"success":false,"run_id":"r",`
	rows := whole + `"exception":"X: log[a] (c::r line 1) had an error: E: m","all_resources":[`
	for name, text := range map[string]func(int) string{
		"resources":            parsetest.Around(rows, `{"json_class":"C","instance_vars":{"name":"n%d","declared_type":"log","cookbook_name":"c%d"}},`, "{}]}"),
		"resources that fit":   parsetest.Around(rows, `{"json_class":"Chef::Resource::Log","instance_vars":{"name":"a","cookbook_name":"c","elapsed_time":1}},`, "{}]}"),
		"long names":           parsetest.Around(rows+`{"instance_vars":{"name":"`, `a\u0041`, `"}}]}`),
		"lists of resources":   parsetest.Around(whole, `"all_resources":[{}],`, `"backtrace":null}`),
		"actions":              parsetest.Around(rows+`{"instance_vars":{"action":[`, `"a%d",`, `""]}}]}`),
		"a deep resource":      parsetest.Nested(rows+`{"instance_vars":{"content":[`, `[`, `]`, `]}}]}`),
		"a deep node":          parsetest.Nested(`{"node":{"automatic":{"x":[`, `{"k":`, `}`, `]}},"success":true,"run_id":"r"}`),
		"a wide node":          parsetest.Around(`{"node":{"automatic":{`, `"key%d":{"a":[1,2.5e3,"v"]},`, `"z":1}},"success":true,"run_id":"r"}`),
		"cookbooks":            parsetest.Around(`{"node":{"automatic":{"cookbooks":{`, `"c%d":{"version":"1.0"},`, `"z":{}}}},"success":true,"run_id":"r"}`),
		"roles and tags":       parsetest.Around(`{"node":{"normal":{"tags":[`, `"t%d",`, `""]}},"success":true,"run_id":"r"}`),
		"a stack trace":        parsetest.Around(whole+`"exception":"X: m","backtrace":[`, "\"/x/cookbooks/gems/%d.rb:%d:in `f'\",", `""]}`),
		"an exception":         parsetest.Around(whole+`"exception":"`, `log[`, `"}`),
		"an exception's words": parsetest.Around(whole+`"exception":"X: log[a] (`, `b] (c had an error: `, `"}`),
		"a syntax error":       parsetest.Around(whole+`"exception":"SyntaxError: `, `/a:b:`, `"}`),
		"colours":              parsetest.Around(whole+`"exception":"`, `\u001b[31m\u001b]`, `"}`),
		"half characters":      parsetest.Around(whole+`"exception":"`, "\\ud800\xff\xe2\x82", `"}`),
		"unknown keys":         parsetest.Around(whole, `"k\u0041%d":"v",`, `"z":1}`),
		"spaces":               parsetest.Around(whole, "\n\t  ", `"z":1}`),
		"numbers":              parsetest.Around(whole+`"elapsed_time":`, `9`, `}`),
		"an end of nothing":    parsetest.Around(whole+`"all_resources":[`, `{"instance_vars":`, ""),
	} {
		parsetest.Linear(t, name, Report, text)
	}
}

func TestACollectorsFileTakesLinearTime(t *testing.T) {
	const end = `{"message_type":"run_converge","run_id":"r","status":"failure","cookbooks":{},`
	for name, text := range map[string]func(int) string{
		"lines":                parsetest.Around("", started("a%d")+"\n"+ended("a%d")+"\n", ""),
		"lines of a run":       parsetest.Around("", ended("a")+"\n", ""),
		"messages in a line":   parsetest.Around("", started("a%d"), ""),
		"other messages":       parsetest.Around("", `{"type":"inspec_report"}`, ""),
		"foreign messages":     parsetest.Around("", `{"a%d":1}`, ""),
		"beginnings":           parsetest.Around("", `{"run_id":`, ""),
		"cut messages":         parsetest.Around("", `{"run_id":"a%d","node":{"x":[`, ""),
		"cut lines":            parsetest.Around("", `{"run_id":"a%d","node":{"x":["`+"\n", ""),
		"Ruby's hashes":        parsetest.Around("", `{"a"=>`, ""),
		"lines of Ruby's":      parsetest.Around("", `{"a"=>1}`+"\n", ""),
		"empty lines":          parsetest.Around("", "\n \n", "{}"),
		"spaces":               parsetest.Around("{", " ", "}"),
		"resources":            parsetest.Around(end+`"resources":[`, `{"type":"log","name":"n%d","status":"failed","duration":"1","ignore_failure":true,"error_message":"m"},`, "{}]}"),
		"lists of resources":   parsetest.Around(end, `"resources":[{}],`, `"error":null}`),
		"a resource's state":   parsetest.Nested(end+`"resources":[{"before":[`, `[`, `]`, `]}]}`),
		"a wide tree of roles": parsetest.Around(end+`"expanded_run_list":{"run_list":[`, `{"type":"role","name":"r%d","children":[]},`, "null]}}"),
		"a deep tree of roles": parsetest.Nested(end+`"expanded_run_list":{"run_list":[`, `{"type":"role","name":"r","children":[`, `]}`, "]}}"),
		"cookbooks":            parsetest.Around(end+`"cookbooks":{`, `"c%d":{"version":"1"},`, `"z":{}}}`),
		"a stack trace":        parsetest.Around(end+`"error":{"backtrace":[`, `"f%d",`, `""]}}`),
		"an error":             parsetest.Around(end+`"error":{"message":"Multiple failures occurred:\n* `, `x occurred in y: log[a] (`, `"}}`),
		"errors":               parsetest.Around(end, `"error":{"description":{"title":"t"}},`, `"z":1}`),
	} {
		parsetest.Linear(t, name, Collector, text)
	}
}

func TestAStackTraceTakesLinearTime(t *testing.T) {
	const head = "Generated at 2026-11-20 22:15:35 +0000\nRuntimeError: m\n"
	parse := func(r io.Reader) ([]report.Run, error) {
		run, err := Stacktrace(r)
		return []report.Run{run}, err
	}
	for name, text := range map[string]func(int) string{
		"frames":    parsetest.Around(head, "/a/b%d.rb:12:in `f'\n", ""),
		"a message": parsetest.Around(head, "words: (", ""),
		"lines":     parsetest.Around(head, "a line\n", ""),
		"causes":    parsetest.Around(head, causedBy, ""),
		"colours":   parsetest.Around(head, "\x1b]0;", ""),
	} {
		parsetest.Linear(t, name, parse, text)
	}
}
