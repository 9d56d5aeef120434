package rig

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Answer is how a request is met.
type Answer func(x *Exchange)

// Well is Datadog's own answer: the request is judged, and taken when it is good.
func Well(x *Exchange) { x.answer(x.Take()) }

// Status answers with a code and headers, as pairs of name and value. A good
// code takes what the request says, any other does not.
func Status(code int, headers ...string) Answer {
	return func(x *Exchange) {
		for i := 0; i+1 < len(headers); i += 2 {
			x.writer.Header().Set(headers[i], headers[i+1])
		}
		if code/100 == 2 {
			x.Take()
		}
		x.answer(code, fmt.Sprintf(`{"errors":[%q]}`, http.StatusText(code)))
	}
}

// Says answers with a code and a body and takes nothing.
func Says(code int, body string) Answer {
	return func(x *Exchange) { x.answer(code, body) }
}

// Hang never answers. It ends when the sender has gone or the intake is closed.
func Hang(x *Exchange) {
	select {
	case <-x.Request.Context().Done():
	case <-x.intake.closing:
	}
}

// Late is next after a while, or nothing if the sender has gone by then.
func Late(by time.Duration, next Answer) Answer {
	return func(x *Exchange) {
		if x.pause(by) {
			next(x)
		}
	}
}

// Drip takes the request and sends the good answer byte by byte, one an interval.
func Drip(interval time.Duration) Answer {
	return func(x *Exchange) {
		status, body := x.Take()
		conn := x.hijack()
		if conn == nil {
			return
		}
		defer func() { _ = conn.Close() }()
		whole := response(status, body)
		for i := range whole {
			if _, err := conn.Write(whole[i : i+1]); err != nil || !x.pauseBare(interval) {
				return
			}
		}
		x.status = status
	}
}

// CloseBefore closes the connection without taking the request.
func CloseBefore(x *Exchange) { x.end(nil, false) }

// CloseAfter takes the request and closes the connection without an answer.
func CloseAfter(x *Exchange) {
	x.Take()
	x.end(nil, false)
}

// ResetBefore resets the connection without taking the request.
func ResetBefore(x *Exchange) { x.end(nil, true) }

// ResetAfter takes the request and resets the connection without an answer.
func ResetAfter(x *Exchange) {
	x.Take()
	x.end(nil, true)
}

// ResetWithin takes the request and resets the connection in the middle of the answer.
func ResetWithin(x *Exchange) {
	whole := response(x.Take())
	x.end(whole[:len(whole)/2], true)
}

// Garbage answers 200 with something that is not from Datadog, such as the page
// of a captive portal, and takes nothing.
func Garbage(x *Exchange) {
	x.writer.Header().Set("Content-Type", "text/html")
	x.answer(http.StatusOK, "<html><body>Please log in \x00\xff")
}

// TakenGarbage is Garbage of a server that has taken the request all the same.
func TakenGarbage(x *Exchange) {
	x.Take()
	Garbage(x)
}

// Say says something on the bare connection and closes it.
func (x *Exchange) Say(what string) {
	x.end([]byte(what), false)
	x.status = x.verdict // of what was taken the sender knows
}

// Redirect sends the sender to another place.
func Redirect(code int, url string) Answer {
	return func(x *Exchange) {
		x.writer.Header().Set("Location", url+x.Request.URL.Path)
		x.answer(code, "")
	}
}

// Flap is down for the first half of every period, beginning now, and well for
// the second.
func Flap(period time.Duration, down Answer) Answer {
	began := time.Now()
	return func(x *Exchange) {
		if time.Since(began)%period < period/2 {
			down(x)
			return
		}
		Well(x)
	}
}

// Once is the given answer for the first n requests and Well for all others.
func Once(n int, first Answer) Answer {
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	return func(x *Exchange) {
		select {
		case <-left:
			first(x)
		default:
			Well(x)
		}
	}
}

// response is a whole answer as it goes over the wire.
func response(status int, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		status, http.StatusText(status), len(body), body)
}

// answer sends a whole answer; what was taken is in doubt if that fails.
func (x *Exchange) answer(status int, body string) {
	if x.writer.Header().Get("Content-Type") == "" {
		x.writer.Header().Set("Content-Type", "application/json")
	}
	x.writer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	gone := x.Request.Context().Err()
	x.writer.WriteHeader(status)
	_, err := x.writer.Write([]byte(body))
	if err == nil {
		err = http.NewResponseController(x.writer).Flush()
	}
	if err == nil && gone == nil {
		x.status = status
	}
}

// end says something and closes the connection, by an RST if abruptly.
func (x *Exchange) end(said []byte, abruptly bool) {
	conn := x.hijack()
	if conn == nil {
		return
	}
	_, _ = conn.Write(said) // it may be gone already
	if abruptly {
		reset(conn)
	}
	_ = conn.Close()
}

// hijack is the bare connection, nil if there is none any more.
func (x *Exchange) hijack() net.Conn {
	conn, _, err := http.NewResponseController(x.writer).Hijack()
	if err != nil {
		return nil
	}
	return conn
}

// reset makes the connection's end an RST instead of a FIN.
func reset(conn net.Conn) {
	for {
		switch c := conn.(type) {
		case *net.TCPConn:
			_ = c.SetLinger(0)
			return
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return
		}
	}
}

// pause says whether the sender still waits after a while.
func (x *Exchange) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.Request.Context().Done():
	case <-x.intake.closing:
	}
	return false
}

// pauseBare is pause on a hijacked connection, whose end nobody tells.
func (x *Exchange) pauseBare(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.intake.closing:
		return false
	}
}
