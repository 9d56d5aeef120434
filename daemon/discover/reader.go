package discover

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// daemonUser is whom the service runs as, unless told otherwise.
const daemonUser = "converged"

// reader is who shall read the reports.
type reader struct {
	name   string // "" is whoever asks, whose rights the system knows best
	uid    uint32
	groups []uint32
}

// readerNamed finds a user in the tree's passwd and group. Without a name it is the
// daemon's, if there is one.
func (n *node) readerNamed(name string) (reader, error) {
	wanted := name
	if wanted == "" {
		wanted = daemonUser
	}
	for fields := range n.records("/etc/passwd", 4) {
		uid, errUID := strconv.ParseUint(fields[2], 10, 32)
		gid, errGID := strconv.ParseUint(fields[3], 10, 32)
		if fields[0] == wanted && errUID == nil && errGID == nil {
			return reader{wanted, uint32(uid), append(n.groupsOf(wanted), uint32(gid))}, nil
		}
	}
	if name == "" {
		return reader{}, nil
	}
	return reader{}, fmt.Errorf("there is no user %q in /etc/passwd", name)
}

// groupsOf are the groups that list a user.
func (n *node) groupsOf(user string) []uint32 {
	var groups []uint32
	for fields := range n.records("/etc/group", 4) {
		gid, err := strconv.ParseUint(fields[2], 10, 32)
		if err == nil && slices.Contains(strings.Split(fields[3], ","), user) {
			groups = append(groups, uint32(gid))
		}
	}
	return groups
}

// records are the lines of a file of fields between colons, of at least so many.
func (n *node) records(file string, least int) func(yield func([]string) bool) {
	text, _ := n.read(file) // without it there are no users
	return func(yield func([]string) bool) {
		for line := range strings.Lines(string(text)) {
			fields := strings.Split(strings.TrimRight(line, "\r\n"), ":")
			if len(fields) >= least && !yield(fields) {
				return
			}
		}
	}
}

// access is Readable, Absent or why the reader cannot read what is at a path.
func (n *node) access(name string) string {
	real, way, err := n.resolve(name)
	if n.reader.name != "" {
		for _, dir := range way {
			if why := n.refusal(dir, true, 1); why != "" {
				return why
			}
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return Absent
	case err != nil:
		return reason(err)
	case n.reader.name != "":
		return n.readByMode(real)
	}
	return n.readItself(real)
}

// readByMode judges by the bits of owner, group and others; what access control
// lists add is not seen.
func (n *node) readByMode(real string) string {
	info, err := n.root.Lstat(real)
	if err != nil {
		return reason(err)
	}
	need := fs.FileMode(4)
	if info.IsDir() {
		need = 5
	}
	if why := n.refusal(real, info.IsDir(), need); why != "" {
		return why
	}
	return Readable
}

// readItself asks the system.
func (n *node) readItself(real string) string {
	info, err := n.root.Lstat(real)
	switch {
	case err != nil:
	case info.IsDir():
		_, _, err = n.list("/" + real)
	default:
		f, fault := n.open(real)
		if err = fault; err == nil {
			err = f.Close()
		}
	}
	if err != nil {
		return reason(err)
	}
	return Readable
}

// refusal is why the reader lacks the rights to what is there, or "".
func (n *node) refusal(real string, dir bool, need fs.FileMode) string {
	info, err := n.root.Lstat(real)
	if err != nil {
		return reason(err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || n.reader.uid == 0 || real == "." {
		return ""
	}
	shift := 0
	switch {
	case st.Uid == n.reader.uid:
		shift = 6
	case slices.Contains(n.reader.groups, st.Gid):
		shift = 3
	}
	if info.Mode().Perm()>>shift&need == need {
		return ""
	}
	kind := "file"
	if dir {
		kind = "directory"
	}
	return fmt.Sprintf("the %s /%s has mode %04o of user %d and group %d", kind, plain(real), info.Mode().Perm(), st.Uid, st.Gid)
}

// reason is an error without the path that is told beside it.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}

// outOfSight tells of a place that the service of contrib/systemd does not see.
func (n *node) outOfSight(s Source) []string {
	if s.State == Other {
		return nil
	}
	for dir, setting := range map[string]string{"/home": "ProtectHome", "/root": "ProtectHome", "/run/user": "ProtectHome", "/tmp": "PrivateTmp", "/var/tmp": "PrivateTmp"} {
		if s.Path == dir || strings.HasPrefix(s.Path, dir+"/") {
			return []string{fmt.Sprintf("%s is hidden from the systemd unit of this project by %s=yes", path.Clean(s.Path), setting)}
		}
	}
	return nil
}
