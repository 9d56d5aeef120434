// The race detector distorts the costs that are compared here.

//go:build unix && !race

package ansible

import (
	"testing"

	"github.com/converged/converged/parsers/parsetest"
)

func TestADocumentTakesLinearTime(t *testing.T) {
	around, nested := parsetest.Around, parsetest.Nested
	const play = `"play":{"id":"02fc0000-0001-0001-aaaa-000000000004"},"tasks":[`
	const head = "{\n" + `"plays":[{` + play
	const tail = `{}]}],"stats":{"a":` + "{" + none + "}}}\n"
	const failed, rest = head + `{"task":{"name":"r : t"},"hosts":{"a":{"failed":true,`, `"z":1}}},{}]}],"stats":{"a":{"failures":1,"unreachable":0}}}` + "\n"
	for name, text := range map[string]func(int) string{
		"tasks":            around(head, `{"task":{"name":"r%d : t"},"hosts":{"a":{"changed":true}}},`, tail),
		"hosts":            around(head+`{"hosts":{`, `"h%d":{"failed":true,"msg":"no"},`, `"a":{}}},`+tail),
		"the same host":    around(head+`{"hosts":{`, `"a":{"failed":true,"msg":"no"},`, `"a":{}}},`+tail),
		"plays":            around("{\n"+`"plays":[`, `{"play":{"id":"02fc0000-0001-0001-aaaa-1","name":"p%d"}},`, `{}],"stats":{}}`+"\n"),
		"stats":            around(head+`],"plays":[]}],"stats":{`, `"h%d":{"ok":1},`, `"a":{}}}`+"\n"),
		"items":            around(failed+`"results":[`, `{"failed":false},`, `0],`+rest),
		"failed items":     around(failed+`"results":[`, `{"failed":true,"msg":"%d"},`, `0],`+rest),
		"items in items":   nested(failed+`"x":`, `{"results":[`, `]}`, `,`+rest),
		"modules":          around(failed+`"failed_modules":{`, `"m%d":{"msg":"no"},`, `"z":1},`+rest),
		"messages again":   around(failed, `"msg":"no",`, rest),
		"lines":            around(failed+`"msg":[`, `"a",`, `"b"],`+rest),
		"a trace":          around(failed+`"exception":"Traceback (most recent call last)\n`, `  File x\nE: y\n`, `",`+rest),
		"traces":           around(failed+`"exception":"`, `Traceback (most recent call last)\nE: y\n`, `",`+rest),
		"a class":          around(failed+`"exception":"Traceback (most recent call last)\n`, `a.b`, `",`+rest),
		"a module's trace": around(failed+`"msg":"MODULE FAILURE","exception":"Traceback (most recent call last)\nE: y\n`, `E: y\n`, `",`+rest),
		"stderr":           around(failed+`"stderr":"`, `é\n`, `",`+rest),
		"places":           around(failed+`"msg":"`, `The error appears to be in 'a': line `, `",`+rest),
		"origins":          around(failed+`"msg":"`, `\nOrigin: a:`, `",`+rest),
		"facts":            around(failed+`"ansible_facts":{`, `"k%d":{"a":"b"},`, `"z":1},`+rest),
		"documents":        around("", head+tail, ""),
		"other documents":  around("", "{\n\"a\":1}\n", ""),
		"cut documents":    around("", "{\n", ""),
		"text":             around("", "{a} [WARNING]: b\n", head+tail),
		"spaces":           around("{\n", " \n", head[1:]+tail),
	} {
		parsetest.Linear(t, name, Document, text)
	}
}

func TestEventsTakeLinearTime(t *testing.T) {
	around := parsetest.Around
	end := statsLine(0)
	for name, text := range map[string]func(int) string{
		"tasks":        around(playLine(1), taskLine(1, "ok", `"changed":true`), end),
		"failures":     around(playLine(1), taskLine(1, "failed", `"msg":"no"`), end),
		"playbooks":    around("", playLine(1)+taskLine(1, "ok", `"a":1`)+end, ""),
		"ends":         around(playLine(1), end, ""),
		"plays":        around("", `{"_event":"v2_playbook_on_play_start","play":{"id":"02fc0000-0001-%d-aaaa-000000000004"}}`+"\n", end),
		"glued":        around(playLine(1), `{"_event":"v2_runner_on_ok"`, "\n"+end),
		"glued events": around(playLine(1), `{"_event":"v2_runner_on_ok"}`, "\n"+end),
		"cut events":   around(playLine(1), `{"_event":"v2_runner_on_ok"`+"\n", end),
		"foreign":      around("", `{"a":%d}`+"\n", ""),
		"text":         around("", "PLAY {a} ***\n", playLine(1)+end),
		"blank lines":  around(playLine(1), "\n", end),
		"hosts":        around(playLine(1)+`{"_event":"v2_runner_on_ok","hosts":{`, `"h%d":{},`, `"a":{}}}`+"\n"+end),
	} {
		parsetest.Linear(t, name, Lines, text)
	}
}
