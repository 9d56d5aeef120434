Feature: The program finds the tools on a node and configures itself
  As someone who has just installed it
  I want a configuration for the tools that are here, and to be told what else they need
  So that the first run is told within a minute, and nothing is missing silently

  Scenario: From an installed tool to the first run that is told
    Given a Datadog Agent listens
    And the node has the file "etc/chef/client.rb":
      """
      chef_server_url "https://chef.example.org/organizations/web"
      require "chef/handler/json_file"
      report_handlers << Chef::Handler::JsonFile.new(path: "DIR/reports")
      exception_handlers << Chef::Handler::JsonFile.new(path: "DIR/reports")
      """
    And the node has the file "etc/datadog-agent/datadog.yaml":
      """
      api_key: 0123456789abcdef0123456789abcdef
      dogstatsd_socket: DIR/dsd.socket
      """
    And an empty folder "reports"
    When I run "converged discover --root ."
    Then it exits with 0
    And standard error contains "chef is here: /etc/chef/client.rb"
    And standard error contains "which this user can read"
    And nowhere is "0123456789abcdef"
    When the output is saved as "converged.yaml" with a state directory of its own
    And I run "converged config check --config converged.yaml"
    Then it exits with 0
    And standard output contains "the configuration is good: 1 source, 1 reporter"
    When the daemon is started again
    And Chef leaves the report "18-converge-fail"
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:failure"

  Scenario: Every tool on one node
    Given a Datadog Agent listens
    And the node has the file "etc/datadog-agent/datadog.yaml":
      """
      dogstatsd_socket: DIR/dsd.socket
      """
    And the node has the file "etc/chef/client.rb":
      """
      data_collector.output_locations(files: ["DIR/collector.json"])
      """
    And the node has the file "etc/puppetlabs/puppet/puppet.conf":
      """
      [main]
      vardir = DIR/puppet
      """
    And the node has the file "etc/ansible/ansible.cfg":
      """
      [defaults]
      callback_plugins = /usr/share/converged/ansible/callback_plugins
      callbacks_enabled = converged_jsonl
      [callback_converged_jsonl]
      path = DIR/events.jsonl
      """
    And the node has the file "usr/share/converged/ansible/callback_plugins/converged_jsonl.py":
      """
      """
    And the node has the file "etc/salt/minion":
      """
      return: rawfile_json
      rawfile_json.filename: DIR/salt-events
      """
    When I run "converged discover --root ."
    Then it exits with 0
    And standard error contains "collector.json is not there: every run of Chef fails until it is"
    When the output is saved as "converged.yaml" with a state directory of its own
    And I run "converged config check --config converged.yaml"
    Then standard output contains "the configuration is good: 4 sources, 1 reporter"
    When the daemon is started again
    And the data collector writes the lines of "18-updated"
    Then the Agent receives 1 run
    When the sample "puppet/changed-types/report.yaml" is left as "puppet/state/last_run_report.yaml"
    Then the Agent receives 2 runs
    When the sample "ansible/unreachable/stdout.jsonl" is left as "events-2.jsonl"
    Then the Agent received the metric "configrun.runs" tagged "tool:ansible" in the end
    When the sample "salt/events/events.jsonl" is left as "salt-events"
    Then the Agent received the metric "configrun.runs" tagged "tool:salt" in the end

  Scenario: A tool that writes nothing yet
    Given the node has the file "etc/salt/minion":
      """
      return: mysql
      """
    When I run "converged discover --root ."
    Then it exits with 0
    And standard error contains "switch on, in /etc/salt/minion.d/converged.conf:"
    And standard error contains "return: "mysql,rawfile_json""
    And standard output contains "# Salt: not switched on yet: the returner rawfile_json writes there"
    And standard output contains "path: /var/log/salt/events"

  Scenario: A node without a tool
    When I run "converged discover --root ."
    Then it exits with 1
    And standard error contains "no tool was found"
    And standard error contains "/etc/puppetlabs/puppet/puppet.conf"

  Scenario: What a script wants to know
    Given the node has the file "etc/salt/minion":
      """
      """
    When I run "converged discover --root . --format json"
    Then it exits with 0
    And standard output is one JSON document
    And standard output contains ""switch_on""
