package analyse

import (
	"fmt"
	"time"

	"github.com/converged/converged/parsers/report"
)

var began = time.Date(2026, 11, 20, 22, 15, 30, 0, time.UTC)

// succeeded is a run of two roles that updated two of three resources.
func succeeded() report.Run {
	return report.Run{
		ID: "e19d7920-5d84-4a4c-8dfb-000000000001", Tool: report.Chef, ToolVersion: "18.10.107",
		Phase: report.Finished, Host: "web-01", Environment: "production",
		Roles: []string{"web", "base"}, Tags: []string{"canary"}, RunList: []string{"role[web]"},
		Start: report.At(began), End: report.At(began.Add(12 * time.Second)), Duration: new(12.4),
		Status:    report.Success,
		Resources: report.Counts{Total: new(3), Updated: new(2)},
		ResourceList: []report.Resource{
			{Type: "package", Name: "nginx", Action: "install", Status: report.Updated, Duration: new(9.5), Cookbook: "web", File: "/var/chef/cache/cookbooks/web/recipes/default.rb", Line: 1},
			{Type: "file", Name: "/srv/app/motd", Action: "create", Status: report.Updated, Duration: new(0.25), Cookbook: "base"},
			{Type: "file", Name: "/srv/app/stamp", Action: "create", Status: report.UpToDate, Duration: new(0.5)},
		},
		Source: "chef-report",
	}
}

func failed(p report.Problem) report.Run {
	r := succeeded()
	r.Status, r.Failure = report.Failure, &p
	return r
}

const (
	gems = "/opt/chef/embedded/lib/ruby/gems/3.1.0/gems/"
	own  = "/var/chef/cache/cookbooks/deploy/recipes/default.rb:4:in `from_file'"
)

// converge is how Chef tells of a command that failed.
func converge() report.Problem {
	const command = "mysql -u root -pCANARY1 -e 'select 1'"
	return report.Problem{
		Class: "Mixlib::ShellOut::ShellCommandFailed",
		Message: "execute[" + command + "] (deploy::default line 4) had an error: Mixlib::ShellOut::ShellCommandFailed: " +
			"Expected process to exit with [0], but received '42'\n" +
			"---- Begin output of " + command + " ----\nSTDOUT: out\n" +
			"STDERR: ERROR 1045 (28000): Access denied for user 'root'@'localhost'\n" +
			"---- End output of " + command + " ----\nRan " + command + " returned 42",
		Backtrace: frames(20),
		Resource:  "execute[" + command + "]",
		File:      "/var/chef/cache/cookbooks/deploy/recipes/default.rb", Line: 4,
		Phase: report.Converge,
	}
}

func compile() report.Problem {
	return report.Problem{
		Class:     "NoMethodError",
		Message:   "undefined method `undefined_thing_here' for cookbook: deploy, recipe: default :Chef::Recipe",
		Backtrace: append([]string{own}, frames(20)...),
		File:      "/var/chef/cache/cookbooks/deploy/recipes/default.rb", Line: 4,
		Phase: report.Compile,
	}
}

// unreachable is a run that failed before Chef had its node.
func unreachable() report.Run {
	r := failed(report.Problem{
		Class:     "Errno::ECONNREFUSED",
		Message:   "Connection refused connecting to https://127.0.0.1:1/organizations/acme/nodes/web-01, giving up",
		Backtrace: frames(5),
		Phase:     report.Setup,
	})
	r.Host, r.Environment, r.Roles, r.Tags, r.RunList = "", "", nil, nil, nil
	r.Duration, r.Resources, r.ResourceList = nil, report.Counts{}, nil
	return r
}

func frames(n int) []string {
	all := make([]string, 0, n)
	for i := range n {
		all = append(all, fmt.Sprintf("%schef-18.10.107/lib/chef/provider.rb:%d:in `run_action'", gems, i))
	}
	return all
}
