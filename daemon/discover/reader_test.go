package discover

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ofNobody is a tree whose user converged owns nothing and is in no group of its
// files, unless the group has the number gid.
func ofNobody(t *testing.T, gid int) string {
	return planted(t, map[string]string{
		"etc/passwd":             "root:x:0:0::/root:/bin/sh\nbroken\nconverged:x:424242:424242::/:/bin/false\nother:x:424243:x:::\n",
		"etc/group":              fmt.Sprintf("root:x:0:\nreports:x:%d:someone,converged\nbroken:x:y:converged\n", gid),
		"etc/puppet/puppet.conf": "", "var/cache/puppet/state/last_run_report.yaml": "---\n", "var/cache/puppet/public/last_run_summary.yaml": "---\n",
	})
}

func TestTheDaemonsUserMayNotReadWhatYouCan(t *testing.T) {
	const report = "var/cache/puppet/state/last_run_report.yaml"
	for _, c := range []struct {
		dir, file os.FileMode
		group     bool // converged is of the group of the files
		user      string
		want      string
	}{
		{0o755, 0o644, false, "", Readable},
		{0o755, 0o640, false, "", "the file /" + report + " has mode 0640"},
		{0o755, 0o640, true, "", Readable},
		{0o750, 0o644, false, "", "the directory /var/cache/puppet/state has mode 0750"},
		{0o711, 0o644, false, "", Readable}, // a file needs no list of its directory
		{0o700, 0o644, true, "", "the directory /var/cache/puppet/state has mode 0700"},
		{0o700, 0o600, false, "root", Readable},
	} {
		dir := ofNobody(t, -1)
		if c.group {
			dir = ofNobody(t, os.Getgid())
		}
		for file, mode := range map[string]os.FileMode{report: c.file, filepath.Dir(report): c.dir} {
			if err := os.Chmod(filepath.Join(dir, file), mode); err != nil {
				t.Fatal(err)
			}
		}
		f := lookAt(t, dir, Options{User: c.user})
		if access := f.Tools[0].Sources[0].Access; !strings.HasPrefix(access, c.want) {
			t.Errorf("%+v: %s", c, access)
		}
		refused := c.want != Readable
		if strings.Contains(f.Configuration(), "# the user converged cannot read it: ") != refused {
			t.Errorf("%+v:\n%s", c, f.Configuration())
		}
		if offered := strings.Contains(f.Configuration(), "# - format: puppet-summary"); offered != refused {
			t.Errorf("%+v: the summary is offered: %v", c, offered)
		}
	}
}

func TestTheModesOfTheNewestReportCount(t *testing.T) {
	dir := ofNobody(t, -1)
	reports := filepath.Join(dir, "var/chef/reports")
	if err := os.MkdirAll(reports, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(reports, "chef-run-report-1.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := lookAt(t, dir, Options{}).Tools[0].Sources[0]
	if !strings.Contains(s.Access, "has mode 0600") || s.Files != 1 || s.State != On {
		t.Errorf("%+v", s)
	}
	if err := os.Chmod(reports, 0o711); err != nil { // it cannot be listed
		t.Fatal(err)
	}
	if s := lookAt(t, dir, Options{}).Tools[0].Sources[0]; s.Access == Readable {
		t.Errorf("%+v", s)
	}
}

func TestUsersAreThoseOfTheTree(t *testing.T) {
	root, err := os.OpenRoot(ofNobody(t, -1))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for user, want := range map[string]string{"": "converged", "converged": "converged", "root": "root"} {
		if f, err := Look(root, Options{User: user}); err != nil || f.User != want {
			t.Errorf("%q: %q, %v", user, f.User, err)
		}
	}
	for _, user := range []string{"nobody", "other", "broken"} {
		if _, err := Look(root, Options{User: user}); err == nil || !strings.Contains(err.Error(), user) {
			t.Errorf("%q: %v", user, err)
		}
	}
}

func TestPlacesThatTheServiceDoesNotSee(t *testing.T) {
	for path, want := range map[string]string{"/home/web/reports": "ProtectHome", "/root": "ProtectHome", "/tmp": "PrivateTmp", "/rootless/x": "", "/srv/tmp": ""} {
		f := lookAt(t, planted(t, map[string]string{"etc/chef/client.rb": "report_handlers << Chef::Handler::JsonFile.new(path: '" + path + "')\n"}), Options{})
		told := strings.Join(f.Tools[0].Notes, "\n")
		if (want != "") != strings.Contains(told, "is hidden from the systemd unit") || !strings.Contains(told, want) {
			t.Errorf("%s: %s", path, told)
		}
	}
}
