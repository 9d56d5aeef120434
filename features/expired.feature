Feature: What is too old to be sent is told all the same
  As someone whose node was cut off for a night
  I want to know that it ran, how often, and what failed
  So that a receiver that drops what is old leaves no silent gap

  Scenario: Runs end in one digest when they are too old
    Given the Agent takes nothing that is older than an hour
    And a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-converge-fail"
    Then the Agent received an event with "1 run while offline; 1 failed"
    And the Agent received an event with "1 service check"
    And the Agent received the metric "converged.runs.expired" with value 1
    And the daemon says "too old to be delivered; a digest tells of them"
    And nothing more arrives

  Scenario: A digest waits for the Agent, also while the daemon is killed
    Given the Agent takes nothing that is older than an hour
    And the daemon watches Chef's reports
    When Chef leaves the report "18-converge-fail"
    And the daemon says "could not be delivered"
    And the daemon is killed and started again
    And a Datadog Agent listens
    Then the Agent received an event with "1 run while offline; 1 failed"
    And nothing more arrives
