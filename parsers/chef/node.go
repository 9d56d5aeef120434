package chef

import "github.com/converged/converged/parsers/report"

// node is what is read of the node object that both formats carry. It is most of
// a report's bytes, and all but these few fields is skipped.
type node struct {
	name, environment       string
	policyName, policyGroup string
	chefVersion             string
	instance                string // of EC2
	roles, tags, runList    []string
	cookbooks               map[string]string
}

// node is the node object that comes next; nil if Chef could not load it.
func (s *scanner) node() *node {
	if !s.IsObject() {
		s.Skip()
		return nil
	}
	n := &node{}
	for key := range s.Fields() {
		switch string(key) {
		case "name":
			n.name = s.Text(maxName)
		case "chef_environment":
			n.environment = s.Text(maxName)
		case "policy_name":
			n.policyName = s.Text(maxName)
		case "policy_group":
			n.policyGroup = s.Text(maxName)
		case "run_list":
			n.runList = s.Texts(maxListed, maxName)
		case "automatic":
			s.automatic(n)
		case "normal":
			n.tags = s.tags()
		default:
			s.Skip()
		}
	}
	return n
}

// automatic reads the attributes that Ohai and the run itself have set.
func (s *scanner) automatic(n *node) {
	for key := range s.Fields() {
		switch string(key) {
		case "roles":
			n.roles = s.Texts(maxListed, maxName)
		case "cookbooks":
			n.cookbooks = s.cookbooks()
		case "chef_packages":
			n.chefVersion = s.chefVersion()
		case "ec2":
			n.instance = s.member("instance_id")
		default:
			s.Skip()
		}
	}
}

func (s *scanner) tags() (tags []string) {
	for key := range s.Fields() {
		if string(key) == "tags" {
			tags = s.Texts(maxListed, maxName)
		} else {
			s.Skip()
		}
	}
	return tags
}

// chefVersion is chef.version of a chef_packages object.
func (s *scanner) chefVersion() (version string) {
	for key := range s.Fields() {
		if string(key) == "chef" {
			version = s.member("version")
		} else {
			s.Skip()
		}
	}
	return version
}

// member is the text of that name in the object that comes next, such as
// {"version": "1.2.3"}.
func (s *scanner) member(name string) (text string) {
	for key := range s.Fields() {
		if string(key) == name {
			text = s.Text(maxName)
		} else {
			s.Skip()
		}
	}
	return text
}

// cookbooks is an object of names and their versions; nil if it is no object.
func (s *scanner) cookbooks() map[string]string {
	if !s.IsObject() {
		s.Skip()
		return nil
	}
	books := map[string]string{}
	for key := range s.Fields() {
		if len(books) < maxCookbooks {
			books[report.Clean(string(key), maxName)] = s.member("version")
		} else {
			s.Skip()
		}
	}
	return books
}

// fill gives a run what both formats keep in the node object.
func (n *node) fill(run *report.Run) {
	run.ToolVersion = n.chefVersion
	run.EC2InstanceID = n.instance
	run.Environment = n.environment
	run.Roles = n.roles
	run.Tags = n.tags
	run.Cookbooks = n.cookbooks
}
