package receive

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// token is the secret, as hashes: only they are compared. They have one length, and
// what is learnt from the time it takes says nothing of the secret.
type token struct {
	set  bool
	hash [sha256.Size]byte
	now  func() string // the secret as it is now; nil if it does not change
}

func newToken(secret string, now func() string) token {
	return token{set: secret != "", hash: sha256.Sum256([]byte(secret)), now: now}
}

// brought says whether a request has the token, in one of the three ways.
// Chef's signed headers, sent when no token is set there, are not looked at.
func (t token) brought(r *http.Request) bool {
	if !t.set {
		return true
	}
	if t.now != nil {
		if secret := t.now(); secret != "" {
			t.hash = sha256.Sum256([]byte(secret))
		}
	}
	authorization := r.Header.Get("Authorization")
	scheme, bearer, _ := strings.Cut(authorization, " ")
	_, password, _ := r.BasicAuth()
	right := t.is(r.Header.Get("X-Data-Collector-Token")) | t.is(password)
	if strings.EqualFold(scheme, "Bearer") {
		right |= t.is(strings.TrimSpace(bearer))
	}
	return right == 1
}

func (t token) is(candidate string) int {
	hash := sha256.Sum256([]byte(candidate))
	return subtle.ConstantTimeCompare(hash[:], t.hash[:])
}
