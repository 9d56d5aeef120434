Feature: Runs that leave too little
  As someone who runs a fleet
  I want to hear of runs that were killed, and of runs whose report is lost
  So that no news is never taken for good news

  Background:
    Given a Datadog Agent listens
    And the daemon watches what Chef leaves, and no run takes longer than 4h

  Scenario: A run that is merely still running
    When Chef begins run "one" on "web-01" at 08:00
    Then the daemon remembers "one"
    And nothing more arrives
    When Chef ends run "one" on "web-01", begun at 08:00, at 08:02
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:success"
    And the Agent received no event

  Scenario: A run is killed, and then the daemon
    When Chef begins run "killed" on "web-01" at 08:00
    And the daemon remembers "killed"
    And the daemon is killed and started again
    And nothing more arrives
    And Chef begins run "next" on "web-01" at 08:30
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:unknown"
    And the Agent received the service check "configrun.status" as 3
    And the Agent received an event with "chef run on web-01 did not finish"
    And the Agent received an event with "began at 2026-11-20 08:00:00 UTC, 30 min 0 s ago, never told its end"
    When Chef ends run "next" on "web-01", begun at 08:30, at 08:31
    Then the Agent receives 2 runs
    And "converged status -c converged.yaml" soon prints "2 delivered"
    When the daemon is killed and started again
    Then nothing more arrives
    And "converged runs -c converged.yaml" soon prints "killed-unfinished"
    And standard output contains "unfinished"

  Scenario: Two nodes are not each other's successors
    When Chef begins run "one" on "web-01" at 08:00
    And Chef begins run "two" on "web-02" at 08:30
    And the daemon remembers "two"
    Then nothing more arrives
    When Chef ends run "two" on "web-02", begun at 08:30, at 08:31
    And Chef ends run "one" on "web-01", begun at 08:00, at 08:32
    Then the Agent receives 2 runs
    And the Agent received no event

  Scenario: The data collector's file is rotated between the two runs
    When Chef begins run "killed" on "web-01" at 08:00
    And the daemon remembers "killed"
    And the data collector's file is rotated
    And Chef begins run "next" on "web-01" at 08:30
    Then the Agent receives 1 run
    And the Agent received an event with "did not finish"

  Scenario: The end comes late
    When Chef begins run "slow" on "web-01" at 08:00
    And Chef begins run "next" on "web-01" at 08:30
    Then the Agent receives 1 run
    When the daemon is stopped
    And Chef ends run "slow" on "web-01", begun at 08:00, at 08:40
    And the daemon is started again
    Then the Agent receives 2 runs
    And the Agent received the metric "configrun.runs" tagged "status:success"
    And "converged runs -c converged.yaml" soon prints "success"
    And standard output does not contain "unfinished"

  Scenario: No run comes after the one that was killed
    Given the daemon is stopped
    And the daemon watches what Chef leaves, and no run takes longer than 1s
    When Chef begins run "last" on "web-01" at 08:00
    Then the Agent receives 1 run
    And the Agent received an event with "Nothing came after it."

  Scenario: A failed run whose report stayed empty is told by its stack trace
    When Chef fails, and leaves an empty report and a stack trace
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:failure"
    And the Agent received the service check "configrun.status" as 2
    And the Agent received an event with "Mixlib::ShellOut::ShellCommandFailed"
    And the Agent received an event with "this is from DIR/cache/chef-stacktrace.out"

  Scenario: The stack trace is of an earlier run
    When Chef fails, and leaves an empty report and a stack trace of an hour ago
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:unknown"
    And the Agent received the service check "configrun.status" as 3
    And the Agent received an event with "whose outcome is not known"

  Scenario: Looking at a run that was killed
    When I inspect the data collector's file of "18-signal-kill"
    Then it exits with 0
    And standard output contains ""phase":"started""
    And standard output does not contain "status"
