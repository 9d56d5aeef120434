package daemon

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// manual is what users read of the configuration.
func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryKeyIsDocumented(t *testing.T) {
	text := manual(t)
	var look func(prefix string, of reflect.Type)
	look = func(prefix string, of reflect.Type) {
		for key, field := range keysOf(of) {
			inner := field
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			switch {
			case field == reflect.TypeFor[AgesConfig](), inner == reflect.TypeFor[EndpointConfig]():
				look("", inner)
			case field.Kind() == reflect.Struct:
				look(prefix+key+".", field)
				continue
			case inner.Kind() == reflect.Struct:
				look("", inner)
			}
			if !strings.Contains(text, "`"+prefix+key+"`") {
				t.Errorf("%s%s is not documented", prefix, key)
			}
		}
	}
	look("", reflect.TypeFor[Config]())
	for _, site := range Sites {
		if !strings.Contains(text, "`"+site+"`") {
			t.Errorf("the site %s is not documented", site)
		}
	}
}

func TestTheExampleOfTheManualIsGood(t *testing.T) {
	alone(t)
	_, example, _ := strings.Cut(manual(t), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	c, err := LoadConfig(write(t, example))
	if err != nil || len(c.Reporters) != 3 || len(c.Sources) != 2 || c.Reporters[0].ExtraEndpoints[0].Name != "audit" {
		t.Errorf("it is %+v, %v", c, err)
	}
}
