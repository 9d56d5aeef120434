package discover

import (
	"slices"
	"strings"
	"testing"
)

// chefWith is what is found of Chef with such a client.rb.
func chefWith(t *testing.T, settings string) Tool {
	t.Helper()
	return lookAt(t, planted(t, map[string]string{"etc/chef/client.rb": settings}), Options{}).Tools[0]
}

func TestWaysToSwitchTheHandlerOn(t *testing.T) {
	for settings, want := range map[string]string{
		`report_handlers << Chef::Handler::JsonFile.new(path: "/srv/r")`:                                                    "/srv/r on",
		`report_handlers << ::Chef::Handler::JsonFile.new(:path => '/srv/r/')`:                                              "/srv/r on",
		`report_handlers << Chef::Handler::JsonFile.new("path" => "/srv/r")`:                                                "/srv/r on",
		"Chef::Config[:report_handlers].push(\n  Chef::Handler::JsonFile.new(\n    {path: %w(/srv/r).first} # here\n  )\n)": "/srv/r on",
		"if true\n  report_handlers << Chef::Handler::JsonFile.new(path: '/srv/r')\nend":                                    "/srv/r on",
		`report_handlers << Chef::Handler::JsonFile.new`:                                                                    "/var/chef/reports on",
		`report_handlers << Chef::Handler::JsonFile.new({})`:                                                                "/var/chef/reports on",
		`report_handlers << Chef::Handler::JsonFile.new(path: DIR)`:                                                         "/var/chef/reports off",
		`report_handlers << Chef::Handler::JsonFile.new(path: "relative")`:                                                  "/var/chef/reports off",
		`report_handlers << Chef::Handler::Other.new(path: "/srv/r")`:                                                       "/var/chef/reports off",
		`# report_handlers << Chef::Handler::JsonFile.new(path: "/srv/r")`:                                                  "/var/chef/reports off",
		"=begin\nreport_handlers << Chef::Handler::JsonFile.new(path: '/srv/r')\n=end":                                      "/var/chef/reports off",
		"puts 1\n__END__\nreport_handlers << Chef::Handler::JsonFile.new(path: '/srv/r')":                                   "/var/chef/reports off",
		`log_location "Chef::Handler::JsonFile.new(path: '/srv/r')"`:                                                        "/var/chef/reports off",
	} {
		s := chefWith(t, settings).Sources[0]
		if got := s.Path + " " + string(s.State); got != want {
			t.Errorf("%s\ngives %s, want %s", settings, got, want)
		}
	}
}

func TestWaysToSwitchTheDataCollectorOn(t *testing.T) {
	for _, settings := range []string{
		`data_collector.output_locations(files: ["/srv/c.json"])`,
		`data_collector.output_locations files: "/srv/c.json"`,
		`data_collector.output_locations = { :files => ['/srv/c.json'] }`,
		`data_collector[:output_locations] = { "files" => %w(/srv/c.json) }`,
		`data_collector["output_locations"] = { files: ["/srv/c.json"] }`,
		`data_collector output_locations: { files: ["/srv/c.json"] }`,
		"data_collector.output_locations(\n  {\n    files: [\n      '/srv/c.json', # one\n    ],\n  }\n)",
	} {
		tool := chefWith(t, settings)
		if s := tool.Sources[0]; s.Format != "chef-collector" || s.Path != "/srv/c.json" || s.State != On || len(tool.SwitchOn) > 0 {
			t.Errorf("%s\ngives %+v", settings, tool)
		}
	}
}

func TestAHandlerInOneListOnly(t *testing.T) {
	const handler = " << Chef::Handler::JsonFile.new(path: '/srv/r')\n"
	for settings, want := range map[string]string{
		"report_handlers" + handler:                                                 "failed runs leave no report",
		"exception_handlers" + handler:                                              "good runs leave no report",
		"exception_handlers" + handler + "report_handlers" + handler:                "",
		"report_handlers" + handler + "Chef::Config[:exception_handlers]" + handler: "",
		"x = Chef::Handler::JsonFile.new(path: '/srv/r')\nadd(x)\n":                 "",
	} {
		notes := strings.Join(chefWith(t, settings).Notes, "\n")
		if strings.Contains(notes, "leave no report") != (want != "") || !strings.Contains(notes, want) {
			t.Errorf("%s\ngives %s", settings, notes)
		}
	}
}

func TestRotationsThatTakeTheCollectorsFileAway(t *testing.T) {
	for rules, bad := range map[string]bool{
		"/srv/c.json {\n\tweekly\n}\n":                             true,
		"/srv/*.json\n{\n\tweekly\n\tcreate 0640 root root\n}\n":   false,
		"\"/srv/c.json\" { copytruncate }\n":                       false,
		"/srv/d.json {\n}\n/srv/*.json /srv/x {\n\tnocreate\n}\n":  true,
		"/srv/d.json {\n\tweekly\n}\n":                             false,
		"compress\n/srv/d.json {\n}\n/srv/c.json {\n  create\n}\n": false,
		"}}}{{{ [/srv/c.json {":                                    false,
	} {
		f := lookAt(t, planted(t, map[string]string{
			"etc/chef/client.rb": `data_collector.output_locations(files: ["/srv/c.json"])`, "srv/c.json": "", "etc/logrotate.d/chef": rules,
		}), Options{})
		told := slices.ContainsFunc(f.Tools[0].Notes, func(note string) bool { return strings.Contains(note, "/etc/logrotate.d/chef rotates") })
		if told != bad {
			t.Errorf("%s\n%v", rules, f.Tools[0].Notes)
		}
	}
}

func TestWhereChefKeepsItsCache(t *testing.T) {
	for settings, want := range map[string]string{
		``:                                  "",
		`file_cache_path "/var/chef/cache"`: "",
		`file_cache_path "/srv/cache/"`:     "/srv/cache",
		`file_cache_path File.join("a")`:    "",
		`local_mode true`:                   "/etc/chef/local-mode-cache/cache",
		`local_mode false`:                  "",
		"local_mode true\nfile_cache_path '/srv/cache'\n":             "/srv/cache",
		"file_cache_path '/srv/cache'\ncache_path '/srv/all'\n":       "/srv/cache",
		`cache_path "/srv/all"`:                                       "/srv/all/cache",
		`cache_path File.join("a")`:                                   "",
		`cache_path = "/srv/all"`:                                     "",
		`Chef::Config.cache_path = "/srv/all"`:                        "/srv/all/cache",
		"local_mode true\ncache_path '/srv/all'\n":                    "/srv/all/cache",
		"local_mode true\nlocal_mode false\n":                         "",
		"file_cache_path '/srv/a'\nfile_cache_path '/var/chef/cache'": "",
	} {
		if s := chefWith(t, settings).Sources[0]; s.Cache != want || s.Format != "chef-report" {
			t.Errorf("%s\ngives %+v", settings, s)
		}
	}
}

func TestAVariableIsNoSetting(t *testing.T) {
	tool := chefWith(t, "local_mode = true\n")
	if tool.Sources[0].Cache != "" || len(tool.Notes) != 1 || !strings.HasPrefix(tool.Notes[0], "/etc/chef/client.rb:1: local_mode = ... is a variable") {
		t.Errorf("%+v", tool)
	}
}

// Cinc has a directory of its own, but for the reports.
func TestWhereCincKeepsItsCache(t *testing.T) {
	for settings, want := range map[string]string{
		``:                                  "/var/cinc/cache",
		`local_mode true`:                   "/etc/cinc/local-mode-cache/cache",
		`file_cache_path "/var/chef/cache"`: "",
	} {
		f := lookAt(t, planted(t, map[string]string{"etc/cinc/client.rb": settings}), Options{})
		if s := f.Tools[0].Sources[0]; s.Cache != want || s.Path != "/var/chef/reports" {
			t.Errorf("%s\ngives %+v", settings, s)
		}
	}
	both := map[string]string{"etc/cinc/client.rb": "", "etc/chef/client.rb": ""}
	if s := lookAt(t, planted(t, both), Options{}).Tools[0].Sources[0]; s.Cache != "" {
		t.Errorf("of both Chef's counts: %+v", s)
	}
}

// contrib/systemd makes the directory on every node.
func TestAnEmptyDirectoryIsNoChef(t *testing.T) {
	files := map[string]string{"var/chef/reports/.keep": "", "etc/salt/minion": ""}
	if f := lookAt(t, planted(t, files), Options{}); len(f.Tools) != 1 || f.Tools[0].Name != "salt" {
		t.Errorf("%+v", f.Tools)
	}
	files["var/chef/reports/any.json"] = "{}"
	if f := lookAt(t, planted(t, files), Options{}); len(f.Tools) != 2 || f.Tools[0].Sources[0].State != On {
		t.Errorf("%+v", f.Tools)
	}
}
