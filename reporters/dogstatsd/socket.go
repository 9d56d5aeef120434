package dogstatsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// How long to wait after a run's last datagram for the word that nobody listens.
// On this machine the kernel says so at once, or nearly.
const (
	settleHere      = 10 * time.Millisecond
	settleElsewhere = 50 * time.Millisecond
)

// again is how long a name of a network is believed: an Agent may move.
const again = time.Minute

// errLost is a UDP port's refusal. Which datagram it is the answer to is not told,
// and what a receiver that has ended did not read is lost with it.
var errLost = errors.New("nobody listens")

// socket is a connection that is made again after each failure.
type socket struct {
	find    func() (target, error)
	timeout time.Duration

	to     target
	conn   net.Conn    // nil when not connected
	file   os.FileInfo // of a Unix socket, as it was when connecting to it
	opened time.Time
	most   int // how many bytes the system takes in one datagram, as far as it told
}

// open connects, unless there is a connection to what still is the target.
func (s *socket) open(ctx context.Context) (err error) {
	if s.conn != nil && s.current() {
		return nil
	}
	s.close()
	if s.to, err = s.find(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	address := s.to.address
	if s.to.network == "udp" {
		address, err = resolve(ctx, address)
	} else {
		s.file, err = os.Stat(address)
	}
	if err != nil {
		return err
	}
	var dialer net.Dialer
	s.opened, s.most = time.Now(), maxUnix
	s.conn, err = dialer.DialContext(ctx, s.to.network, address)
	return err
}

// current says whether a receiver that was replaced would be noticed: a socket
// whose file is another one now still takes datagrams, for nobody.
func (s *socket) current() bool {
	if s.to.network == "udp" {
		host, _, _ := net.SplitHostPort(s.to.address)
		_, err := netip.ParseAddr(host)
		return err == nil || time.Since(s.opened) < again
	}
	file, err := os.Stat(s.to.address)
	return err == nil && os.SameFile(file, s.file)
}

// datagram is how many bytes are put into one datagram.
func (s *socket) datagram() int { return min(s.to.datagram(), s.most) }

// shrink is for a datagram that the system finds too long. It says whether a
// smaller one is worth trying.
func (s *socket) shrink() bool {
	if s.most <= minimum {
		return false
	}
	s.most = max(s.most/2, minimum)
	return true
}

// resolve makes the host an IP address; of several an IPv4 one, for that is
// where an Agent listens that is told "localhost".
func resolve(ctx context.Context, hostPort string) (string, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return "", err
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("%s has no address", host)
	}
	best := found[0]
	for _, a := range found {
		if a.IP.To4() != nil {
			best = a
			break
		}
	}
	return net.JoinHostPort(best.String(), port), nil
}

func (s *socket) close() {
	if s.conn != nil {
		_ = s.conn.Close() // nothing is buffered that could be lost
		s.conn = nil
	}
}

// send hands one datagram over, or returns why not. The socket is open. After an
// error nothing of the datagram was handed over, and the socket is closed, unless
// the datagram was too long for it.
func (s *socket) send(ctx context.Context, datagram []byte) error {
	err := s.write(ctx, datagram)
	if s.to.network == "unixgram" && gone(err) {
		if err = s.reopen(ctx, err); err == nil {
			err = s.write(ctx, datagram)
		}
	}
	return s.judge(err)
}

// settle waits for the word that nobody listens on a UDP port, which comes late.
func (s *socket) settle() error {
	if s.conn == nil || s.to.network != "udp" {
		return nil
	}
	return s.judge(s.refused())
}

// judge closes the connection after an error that it does not survive.
func (s *socket) judge(err error) error {
	if err != nil && !errors.Is(err, syscall.EMSGSIZE) {
		s.close()
	}
	if s.to.network == "udp" && gone(err) {
		return fmt.Errorf("%w: %w", errLost, err)
	}
	return err
}

// reopen finds the new socket of an Agent that was restarted, in the same place.
func (s *socket) reopen(ctx context.Context, cause error) error {
	was := s.to
	s.close()
	if err := s.open(ctx); err != nil {
		return err
	}
	if s.to != was {
		return cause
	}
	return nil
}

// gone says whether a connected peer has ended.
func gone(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.ENOTCONN) || errors.Is(err, syscall.EPIPE)
}

// write waits for room as long as the timeout and ctx allow.
func (s *socket) write(ctx context.Context, datagram []byte) error {
	deadline := time.Now().Add(s.timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	conn := s.conn
	if err := conn.SetWriteDeadline(deadline); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetWriteDeadline(time.Unix(1, 0)) })
	_, err := conn.Write(datagram)
	if !stop() {
		s.close() // ctx has ended and spoils the deadline, now or soon
	}
	return err
}

// refused waits a moment for the kernel to say that nobody listens on a UDP port.
func (s *socket) refused() error {
	wait := settleElsewhere
	if to, ok := s.conn.RemoteAddr().(*net.UDPAddr); ok && to.IP.IsLoopback() {
		wait = settleHere
	}
	if err := s.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return err
	}
	var answer [64]byte
	for {
		if _, err := s.conn.Read(answer[:]); errors.Is(err, os.ErrDeadlineExceeded) {
			return s.pending() // the time may have been over before the kernel was asked
		} else if err != nil {
			return err
		}
	}
}

// pending is what the kernel has to say of the connection, without waiting for it.
func (s *socket) pending() error {
	conn, ok := s.conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	code := 0
	fault := raw.Control(func(fd uintptr) { code, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR) })
	if code != 0 {
		err = syscall.Errno(code)
	}
	return errors.Join(fault, err)
}

// explain says where an error happened, and in words what some of them mean.
func explain(to target, err error) error {
	switch {
	case errors.Is(err, syscall.EMSGSIZE):
		return fmt.Errorf("%s: %w: %w", to, telemetry.ErrRefused, err)
	case errors.Is(err, syscall.EPROTOTYPE):
		return fmt.Errorf("%s: it is no datagram socket: %w", to, err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s: the receiver does not read: %w", to, err)
	}
	return fmt.Errorf("%s: %w", to, err)
}
