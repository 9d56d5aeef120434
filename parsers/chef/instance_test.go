package chef

import (
	"strings"
	"testing"
)

// instances are the automatic attributes of a node in Amazon's cloud, and of others.
var instances = map[string]struct{ ec2, want string }{
	"an instance": {`{"ami_id":"ami-1","network_interfaces_macs":{"instance_id":"no"},"instance_id":"i-0abcd1234ef567890","userdata":"instance_id"}`, "i-0abcd1234ef567890"},
	"null":        {`null`, ""},
	"no id":       {`{"ami_id":"ami-1"}`, ""},
	"a list":      {`["instance_id"]`, ""},
}

func TestTheInstanceOfANode(t *testing.T) {
	for name, c := range instances {
		t.Run(name, func(t *testing.T) {
			automatic := `"automatic":{"ec2":` + c.ec2 + `,`
			runs, err := Report(strings.NewReader(strings.Replace(document(t, nil), `"automatic":{`, automatic, 1)))
			if err != nil || runs[0].EC2InstanceID != c.want {
				t.Errorf("Report: %q, %v, want %q", runs[0].EC2InstanceID, err, c.want)
			}
			runs, err = Collector(strings.NewReader(strings.Replace(ended("a"), `"automatic":{`, automatic, 1)))
			if err != nil || runs[0].EC2InstanceID != c.want {
				t.Errorf("Collector: %q, %v, want %q", runs[0].EC2InstanceID, err, c.want)
			}
		})
	}
}
