Feature: Secrets stay on the node
  As someone who answers for passwords and keys
  I want nothing of them in what leaves a node, nor in what the daemon writes there
  So that whoever reads a feed, a log or a spool learns none

  Scenario: Failures that quote passwords are told without them
    Given a Datadog Agent listens
    And the daemon watches Chef's reports and the data collector's file
    When Chef leaves the report of a failure that holds passwords
    And Chef leaves the report of a success that holds passwords
    And the data collector writes of a failure that holds passwords
    Then the Agent receives 3 runs
    And the Agent received an event with "postgres://redacted@db.example.com/app"
    And the Agent received an event with "DB_PASSWORD=[redacted]"
    And no password is found in what was written and sent

  Scenario: What waits on disk holds no passwords either
    Given the daemon watches Chef's reports
    When Chef leaves the report of a failure that holds passwords
    And the daemon says "could not be delivered"
    And 1 run waits on disk
    Then no password is found in what was written and sent
