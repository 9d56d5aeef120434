Feature: Reports come over HTTP
  As someone whose tool would rather send its report than write it
  I want it taken in at once, from those who may send, and delivered like any other
  So that no run waits for me, and none is lost or told twice

  Scenario: Chef's data collector with a token
    Given a Datadog Agent listens
    And the daemon receives reports with the token "a-token-of-twenty-letters"
    When Chef sends the messages of "18-converge-fail" with the token "a-token-of-twenty-letters"
    Then each was answered 201
    And the Agent receives 1 run
    And the Agent received the service check "configrun.status" as 2
    And the Agent received an event with "Mixlib::ShellOut::ShellCommandFailed"
    And soon "converged status" says "chef-collector: 2 reports read"
    And it exits with 0
    And standard output contains "receive   http://127.0.0.1:"

  Scenario: Without the token nothing is taken
    Given a Datadog Agent listens
    And the daemon receives reports with the token "a-token-of-twenty-letters"
    When Chef sends the messages of "18-updated" with the token "another"
    Then each was answered 401
    When Chef sends the messages of "18-updated" with the token ""
    Then each was answered 401
    And nothing more arrives
    And soon "converged status" says "requests refused: 4 (unauthorized)"

  Scenario: Puppet's report processor
    Given a Datadog Agent listens
    And the daemon receives reports with the token "a-token-of-twenty-letters"
    When Puppet posts the report "failed" with the token "a-token-of-twenty-letters"
    Then each was answered 200
    And the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "tool:puppet"
    When I run "converged runs --config converged.yaml"
    Then standard output contains "puppet"

  Scenario: A sender is told that its report is none
    Given a Datadog Agent listens
    And the daemon receives reports with the token "a-token-of-twenty-letters"
    When someone posts "hello" as "salt-report" with the token "a-token-of-twenty-letters"
    Then each was answered 422
    And nothing more arrives
    And soon "converged status" says "salt-report: 1 report read, 1 of them not understood"

  Scenario: An address that other machines can reach needs a token
    Given the file "converged.yaml":
      """
      receive: {listen: ["0.0.0.0:7342"]}
      reporters: [{type: stdout}]
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml: receive.listen[0]: "0.0.0.0:7342" can be reached from other machines"
    When I run "converged run --config converged.yaml"
    Then it exits with 2
    And standard error contains "expected receive.token, receive.token_file or receive.tls.client_ca"

  Scenario: A token is never shown
    Given the file "converged.yaml":
      """
      receive: {listen: ["127.0.0.1:7342"], token: a-token-of-twenty-letters}
      reporters: [{type: stdout}]
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 0
    And standard output contains "the configuration is good: 0 sources, 1 to listen on, 1 reporter"
    When I run "converged config show --config converged.yaml"
    Then it exits with 0
    And nowhere is "a-token-of-twenty-letters"

  Scenario: A message that Chef repeats is one run
    Given a Datadog Agent listens
    And the daemon receives reports with the token ""
    When Chef sends the messages of "18-updated" with the token ""
    And Chef sends the messages of "18-updated" with the token ""
    Then the Agent receives 1 run
    When Chef sends the messages of "18-updated" with the token ""
    Then each was answered 201
    And nothing more arrives

  Scenario: A run that is told over HTTP and by a file is one run
    Given a Datadog Agent listens
    And the daemon receives reports with the token ""
    When Chef sends the messages of "18-updated" with the token ""
    Then the Agent receives 1 run
    When Chef leaves the report "18-updated"
    And the data collector writes the lines of "18-updated"
    Then nothing more arrives

  Scenario: The Agent is away while reports come
    Given the daemon receives reports with the token ""
    When Chef sends the messages of "18-updated" with the token ""
    And Puppet posts the report "failed" with the token ""
    Then each was answered 201 or 200
    And 2 runs wait on disk
    When a Datadog Agent listens
    Then the Agent receives 2 runs
    And nothing more arrives

  Scenario: The daemon is killed between the answer and the delivery
    Given the daemon receives reports with the token ""
    When Chef sends the messages of "18-converge-fail" with the token ""
    And the daemon is killed and started again
    And a Datadog Agent listens
    Then the Agent receives 1 run
    And nothing more arrives

  Scenario: What became of a run that came over HTTP
    Given a Datadog Agent listens
    And the daemon receives reports with the token ""
    When Chef sends the messages of "18-updated" with the token ""
    Then the Agent receives 1 run
    When I run "converged show ef586071 --config converged.yaml"
    Then it exits with 0
    And standard output contains "came from http://127.0.0.1/data-collector/v0, and is not kept"
