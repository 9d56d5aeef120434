package receive

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"
)

// answer is what the sender of a report that was taken is told.
type answer struct {
	status int
	body   any
}

// taken names the runs of a report.
type taken struct {
	Runs []string `json:"runs"`
}

func answerTo(e endpoint, runs []string) answer {
	if runs == nil {
		runs = []string{}
	}
	switch e.sender {
	case puppetServer:
		return answer{http.StatusOK, taken{runs}}
	case puppetAgent:
		// Agents up to Puppet 5 read the names of the report processors here.
		return answer{http.StatusOK, []string{}}
	}
	return answer{http.StatusAccepted, taken{runs}}
}

func (s *Server) reply(w http.ResponseWriter, a answer) {
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	to.SetEscapeHTML(false) // people read <format>
	_ = to.Encode(a.body)   // of strings there is always a JSON text
	s.write(w, a.status, "application/json", text.Bytes())
}

func (s *Server) write(w http.ResponseWriter, status int, kind string, text []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	// Without a deadline a client that does not read would hold the connection.
	if http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.o.limits.write)) != nil {
		panic(http.ErrAbortHandler) // the connection is gone; to return would be to say 200
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func (s *Server) refused(w http.ResponseWriter, r *refusal) {
	switch r.reason {
	case reasonUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="converged", Basic realm="converged"`)
	case reasonMethod:
		w.Header().Set("Allow", r.allow)
	case reasonEncoding:
		w.Header().Set("Accept-Encoding", "gzip, deflate")
	}
	if r.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(1, math.Ceil(r.retry.Seconds())))))
	}
	s.reply(w, answer{r.status, map[string]string{"error": r.text}})
}
