Feature: The daemon tells how a converge went
  As someone who runs a fleet
  I want each node to say what its configuration run did, and why it failed
  So that I find out from a feed and not from a customer

  Scenario: A converge that succeeded
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.resources.updated" with value 11
    And the Agent received the metric "configrun.runs" tagged "status:success"
    And the Agent received the service check "configrun.status" as 0
    And the Agent received no event

  Scenario: A converge that failed brings its stack trace
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-converge-fail"
    Then the Agent receives 1 run
    And the Agent received the service check "configrun.status" as 2
    And the Agent received an event with "Mixlib::ShellOut::ShellCommandFailed"
    And the Agent received an event with "execute[will fail]"
    And the Agent received an event with "mixlib/shellout.rb:308"

  Scenario: The Agent is away and comes back
    Given the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    And Chef leaves the report "18-noop"
    And the daemon says "could not be delivered"
    And a Datadog Agent listens
    Then the Agent receives 2 runs

  Scenario: The daemon is killed while the Agent is away
    Given the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    And Chef leaves the report "18-noop"
    And Chef leaves the report "18-converge-fail"
    And 3 runs wait on disk
    And the daemon is killed and started again
    And a Datadog Agent listens
    Then the Agent receives 3 runs
    And nothing more arrives

  Scenario: A restart repeats nothing
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    Then the Agent receives 1 run
    When the daemon is stopped
    And the daemon is started again
    And Chef leaves the report "18-noop"
    Then the Agent receives 2 runs
    And nothing more arrives

  Scenario: Both of Chef's formats tell of one run once
    Given a Datadog Agent listens
    And the daemon watches Chef's reports and the data collector's file
    When Chef leaves the report "18-updated"
    And the data collector writes the lines of "18-updated"
    And Chef leaves the report "18-noop"
    Then the Agent receives 2 runs
    And nothing more arrives

  Scenario: A report that cannot be read is told, and stops nothing
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves a report that says "{\"node\": oops}"
    And Chef leaves the report "18-updated"
    Then the Agent receives 1 run
    And the Agent received an event with "the report is malformed"

  Scenario: Looking into a report
    When I inspect the report "18-converge-fail"
    Then it exits with 0
    And standard output contains ""status":"failure""
    And standard output contains ""class":"Mixlib::ShellOut::ShellCommandFailed""

  Scenario: A report that is empty
    Given the file "empty.json":
      """
      """
    When I run "converged inspect empty.json"
    Then it exits with 2
    And standard error contains "empty.json: the report is empty"

  Scenario: A typing mistake in the configuration
    Given the file "converged.yaml":
      """
      reporter:
        - type: stdout
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml: unknown key "reporter"; did you mean "reporters"?"

  Scenario: An address that no reporter knows
    Given the file "converged.yaml":
      """
      reporters:
        - {type: dogstatsd, address: "tcp://127.0.0.1:8125"}
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "unknown scheme "tcp""

  Scenario: Looking into a report needs no configuration
    Given the file "report.json":
      """
      {"node": null, "success": true, "run_id": "r1", "all_resources": []}
      """
    And the file "broken.yaml":
      """
      state_dir: [
      """
    When I run "converged inspect --config broken.yaml report.json"
    Then it exits with 0
    When I run "converged inspect --telemetry --config broken.yaml report.json"
    Then it exits with 2

  Scenario: Sending a report once
    Given a Datadog Agent listens
    When I send the report "18-converge-fail" to the Agent
    Then it exits with 0
    And standard error contains "handed over to dogstatsd"
    And the Agent receives 1 run

  Scenario: Sending both records of one run
    When I run "converged send --stdout SAMPLES/chef/18-updated/collector.json SAMPLES/chef/18-updated/report.json"
    Then it exits with 0
    And standard output is one JSON document
    And standard error contains "was handed over already"

  Scenario: Sending while no Agent listens
    When I send the report "18-converge-fail" to the Agent
    Then it exits with 1
    And standard error contains "was not delivered"

  Scenario: Starting with nothing to do
    Given the file "converged.yaml":
      """
      reporters:
        - type: stdout
      """
    When I run "converged run --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml has no source; expected at least one source"

  Scenario: Checking a configuration with nothing to do
    Given the file "converged.yaml":
      """
      tags: ["team:web"]
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml has no source and no reporter; expected at least one source"

  Scenario: A command that is mistyped
    When I run "converged stauts"
    Then it exits with 2
    And standard error contains "did you mean status?; see 'converged --help'"
