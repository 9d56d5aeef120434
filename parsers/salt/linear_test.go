// The race detector distorts the costs that are compared here.

//go:build unix && !race

package salt

import (
	"testing"

	"github.com/converged/converged/parsers/parsetest"
)

func TestAReturnTakesLinearTime(t *testing.T) {
	around, nested := parsetest.Around, parsetest.Nested
	const state, failed = `{"local":{"a_|-x_|-x_|-b":{"result":true,`, `{"local":{"cmd_|-x_|-x_|-run":{"result":false,`
	for name, text := range map[string]func(int) string{
		"states":              around(`{"local":{`, `"a_|-%d_|-x_|-b":{"result":true,"__run_num__":%d,"start_time":"10:00:00.000000","duration":1,"changes":{"a":1}},`, `"a_|-":{}}}`),
		"states without one":  around(`{"local":{`, `"a_|-%d_|-x_|-b":{},`, `"a_|-":{}}}`),
		"failures":            around(`{"local":{`, `"a_|-%d_|-x_|-b":{"result":false,"comment":"it broke","changes":{"stderr":"no"}},`, `"a_|-":{}}}`),
		"a chain":             around(`{"local":{`, `"a_|-%d_|-x_|-b":{"result":false,"comment":"One or more requisite failed: s.%d"},`, `"a_|-":{}}}`),
		"a state again":       around(`{"local":{`, `"a_|-x_|-x_|-b":{"result":null},`, `"a_|-":{}}}`),
		"days":                around(`{"local":{`, `"a_|-%d_|-x_|-b":{"start_time":"23:00:00.0"},"a_|-%d_|-y_|-b":{"start_time":"01:00:00.0"},`, `"a_|-":{}}}`),
		"separators":          around(`{"local":{"`, `_|-`, `":{"result":false}}}`),
		"an id's separators":  around(`{"local":{"a_|-b":{"__id__":"`, `_|-`, `","result":false}}}`),
		"wide changes":        around(state+`"changes":{`, `"k%d":{"old":"","new":"1"},`, `"z":1}}}}`),
		"deep changes":        nested(state+`"changes":{"ret":[`, `{"k":`, `}`, `]}}}}`),
		"lists of changes":    nested(state+`"changes":[`, `[`, `]`, `]}}}`),
		"changes again":       around(failed, `"changes":{"stderr":"x"},`, `"comment":"no"}}}`),
		"stderr":              around(failed+`"changes":{"stderr":"`, `a line\n`, `"}}}}`),
		"comments again":      around(failed, `"comment":"no",`, `"name":"x"}}}`),
		"excerpts":            around(failed+`"comment":"`, `\n---\n`, `"}}}`),
		"an excerpt's end":    around(failed+`"comment":"\n---\n`, `\n--- x`, `"}}}`),
		"tracebacks":          around(failed+`"comment":"`, `Traceback (most recent call last):\n  File\nE: m\n`, `"}}}`),
		"a traceback":         around(failed+`"comment":"Traceback (most recent call last):\n`, `  File x\n`, `"}}}`),
		"a class":             around(failed+`"comment":"Traceback (most recent call last):\n`, `a.b`, `"}}}`),
		"colours":             around(failed+`"comment":"`, `\u001b]\u001b[`, `"}}}`),
		"errors":              around(`{"local":[`, `"Rendering SLS 'base:%d' failed; line %d",`, `""]}`),
		"announced errors":    around(`{"local":["with these messages:",`, `"Rendering SLS ",`, `""]}`),
		"an error":            around(`{"local":"`, `SLS 'line 1 Rendering SLS `, `"}`),
		"a name in an error":  around(`{"local":"SLS 'base:`, `a:`, `'"}`),
		"minions":             around(`{`, `"web-%d":{"a_|-x_|-x_|-b":{"result":false,"comment":"no"}},`, `"web":false}`),
		"silent minions":      around(`{`, `"web-%d":false,`, `"web":{"a_|-":{}}}`),
		"minions with errors": around(`{`, `"web-%d":["Rendering SLS 'a' failed"],`, `"web":["x"]}`),
		"data in data":        around(``, `{"data":`, ``),
		"documents":           around(``, `{"local":{"a_|-%d":{}}}`+"\n", ``),
		"the same documents":  around(``, `{"local":{}}`+"\n", ``),
		"foreign documents":   around(``, `{"a":%d}`+"\n", ``),
		"empty documents":     around(``, `{}`, ``),
		"a log":               around(``, "[INFO    ] {a line} %d\n", `{"local":{"a_|-":{}}}`),
		"logs":                around(``, "[INFO    ] a line\n"+`{"local":{"a_|-%d":{}}}`+"\n", ``),
		"a log of openings":   around("x\n", "{\n", ``),
		"spaces":              around(`{"local":{`, " \n\t", `"a_|-":{}}}`),
	} {
		parsetest.Linear(t, name, Return, text)
	}
}

func TestEventsTakeLinearTime(t *testing.T) {
	around, nested := parsetest.Around, parsetest.Nested
	const job = `{"jid":"20261120223601799%d","id":"m","fun":"state.apply","retcode":2,"return":{"a_|-x_|-x_|-b":{"result":false,"comment":"no"}}}`
	const head = `{"jid":"20261120223601799128","id":"m","fun":"state.apply",`
	for name, text := range map[string]func(int) string{
		"lines":            around(``, job+"\n", ``),
		"the same line":    around(``, head+`"return":{}}`+"\n", ``),
		"events of a line": around(``, job, ``),
		"a master's":       around(``, `{"tag":"salt/job/%d/ret/m","data":`+job+"}\n", ``),
		"other events":     around(``, `{"tag":"salt/beacon/m/load/","data":{"id":"m","1m":%d}}`+"\n", ``),
		"other objects":    around(``, `{}`, ``),
		"beginnings":       around(``, `{"jid":`, ``),
		"cut events":       around(``, `{"jid":"1","return":{"a_|-b":{"changes":[`, ``),
		"cut lines":        around(``, `{"jid":"1","return":{"a_|-b":{"changes":["`+"\n", ``),
		"lines of Python":  around(``, `{u'jid': '%d'}`+"\n", ``),
		"dicts of Python":  around(``, `{'jid': '%d'}`, ``),
		"empty lines":      around(``, "\n \r\n", `{}`),
		"arguments":        around(head+`"fun_args":[`, `"web.a%d","test=true",{"pillar":{}},`, `""],"return":{}}`),
		"deep arguments":   nested(head+`"fun_args":[`, `{"pillar":`, `}`, `],"return":{}}`),
		"returns again":    around(head, `"return":{"a_|-b":{"result":false}},`, `"retcode":0}`),
		"data again":       around(`{`, `"data":`+job+`,`, `"tag":"x"}`),
		"at a start":       around(``, `{"jid":"req","id":"m","fun":"state.apply","return":{"a_|-%d":{}}}`, ``),
		"a long id":        around(`{"jid":"1","fun":"state.apply","return":[],"id":"`, `a\u0041`, `"}`),
	} {
		parsetest.Linear(t, name, Events, text)
	}
}
