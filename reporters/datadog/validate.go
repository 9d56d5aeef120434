package datadog

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/converged/converged/reporters/telemetry"
)

// Validate asks whether the API key is good: GET /api/v1/validate. It returns nil
// if it is, an error of telemetry.ErrHeld if a person has to mend something, and
// another one if Datadog could not be asked.
func (r *Reporter) Validate(ctx context.Context) error {
	const path = "/api/v1/validate"
	res := r.do(ctx, call{method: http.MethodGet, path: path})
	if res.err != nil {
		return res.err
	}
	said := struct {
		Valid *bool `json:"valid"`
	}{}
	if json.Unmarshal(res.body, &said) == nil && said.Valid != nil && !*said.Valid {
		return fmt.Errorf("datadog: GET %s to %s: the API key is not valid: %w", path, r.base.Host, telemetry.ErrHeld)
	}
	return nil
}
