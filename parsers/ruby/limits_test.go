package ruby

import (
	"errors"
	"strings"
	"testing"
)

func TestTooManyWordsAreReported(t *testing.T) {
	file, err := Parse("note 'a'\nx = [" + strings.Repeat("1,", maxTokens/2) + "]")
	if fault, ok := errors.AsType[*SyntaxError](err); !ok || !fault.Limit {
		t.Errorf("%v", err)
	}
	r := &recorder{}
	if err := NewEvaluator(file, Host{Self: r}).Run(); err != nil || len(r.calls) != 1 {
		t.Errorf("what stands before was not kept: %v, %v", r.calls, err)
	}
}
