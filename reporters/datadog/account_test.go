package datadog

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

func refusal(n int) error { return fmt.Errorf("reason %d: %w", n, telemetry.ErrRefused) }

func TestOutcomes(t *testing.T) {
	again, late := errors.New("no route"), &telemetry.Later{After: time.Minute, Err: errors.New("too many")}
	for name, c := range map[string]struct {
		account account
		want    string
	}{
		"nothing in it":      {account{}, "delivered"},
		"all taken":          {account{{nil, nil}, {nil}, {nil}}, "delivered"},
		"taken or dropped":   {account{{nil, dropped(DroppedValue)}, nil, nil}, "delivered"},
		"all dropped":        {account{{dropped(DroppedValue)}, nil, nil}, "delivered"},
		"all refused":        {account{{refusal(1)}, {refusal(2)}, nil}, "refused"},
		"refused or dropped": {account{{refusal(1), dropped(DroppedName)}, nil, nil}, "refused"},
		"all left":           {account{{again}, {again}, {late}}, "later 1m0s"},
		"left or dropped":    {account{{again, dropped(DroppedName)}, nil, nil}, "again"},
		"taken and left":     {account{{nil}, {again}, nil}, "partial"},
		"taken and refused":  {account{{nil}, {refusal(1)}, nil}, "partial"},
		"refused and left":   {account{{refusal(1)}, {again}, nil}, "partial"},
	} {
		b := named("b0", len(c.account[series]), len(c.account[checks]), len(c.account[events]))
		if got := means(c.account.outcome(b)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestThePartsOfABatch(t *testing.T) {
	b := named("b0", 3, 2, 1)
	b.HostTags = &telemetry.HostTags{Source: "chef", Tags: []string{"role:web"}}
	again := &telemetry.Later{After: time.Minute, Err: errors.New("too many")}
	err := account{{nil, refusal(1), again}, {dropped(DroppedName), refusal(1)}, {again}}.outcome(b)
	var p *telemetry.Partial
	if !errors.As(err, &p) {
		t.Fatalf("got %v", err)
	}
	if got := fmt.Sprint(namesOf(p.Rest), namesOf(p.Refused)); got != "map[b0.e0:true b0.m2:true] map[b0.c1:true b0.m1:true]" {
		t.Errorf("got %s", got)
	}
	if p.Rest.HostTags == nil || p.Refused.HostTags != nil {
		t.Error("host tags belong to what is left, not to what is refused")
	}
	if means(p.Err) != "later 1m0s" || means(p.Why) != "refused" || p.Why.Error() != refusal(1).Error() {
		t.Errorf("got %v and %v", p.Err, p.Why)
	}
	if len(b.Metrics) != 3 || b.HostTags == nil {
		t.Error("the batch itself was changed")
	}
}

func TestManyReasonsAreToldInFew(t *testing.T) {
	var errs []error
	for i := range 50 {
		errs = append(errs, refusal(i))
	}
	err := account{errs, nil, nil}.outcome(named("b0", 50, 0, 0))
	if means(err) != "refused" || !strings.HasSuffix(err.Error(), "and 47 other reasons") || strings.Count(err.Error(), "reason ") != 3 {
		t.Errorf("got %v", err)
	}
}
