Feature: Proof per run
  As someone who answers for a fleet
  I want to ask a node what became of each of its runs
  So that "it was delivered" is an account, and not a belief

  Scenario: A run that Datadog acknowledged
    Given Datadog's API listens
    And the daemon watches Chef's reports and tells Datadog's API
    When a run succeeds
    Then "converged runs -c converged.yaml" soon prints "dd: acknowledged"
    And standard output contains "00000001-0000-4000-8000-000000000001"
    When I run "converged runs -c converged.yaml --undelivered"
    Then it exits with 0
    And standard output has 0 lines
    And "converged status -c converged.yaml" soon prints "1 delivered"
    And it exits with 0
    And standard output contains "the daemon runs and is well"

  Scenario: DogStatsD acknowledges nothing, and nobody says it does
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    Then "converged runs -c converged.yaml" soon prints "dogstatsd: sent"
    And standard output does not contain "acknowledged"

  Scenario: The receiver is away, and comes back
    Given Datadog's API listens
    And Datadog's API answers 503
    And the daemon watches Chef's reports and tells Datadog's API
    When a run succeeds
    And a run fails
    Then "converged status -c converged.yaml" soon prints "2 runs waiting"
    And "converged status -c converged.yaml" soon prints "reporter dd is failing"
    And it exits with 1
    And standard output contains "503"
    When I run "converged runs -c converged.yaml --undelivered -f json"
    Then it exits with 1
    And standard output has 2 lines
    And standard output contains ""outcome":"waiting""
    When Datadog's API is well again
    Then "converged status -c converged.yaml" soon prints "2 delivered"
    And it exits with 0
    When I run "converged runs -c converged.yaml --undelivered"
    Then it exits with 0
    When I run "converged runs -c converged.yaml --failed"
    Then it exits with 0
    And standard output contains "000000000002"
    And standard output does not contain "000000000001"

  Scenario: A key that is not accepted holds everything until it is mended
    Given Datadog's API listens
    And Datadog's API answers 403
    And the daemon watches Chef's reports and tells Datadog's API
    When a run succeeds
    Then "converged status -c converged.yaml" soon prints "reporter dd is held"
    And it exits with 1
    And "converged runs -c converged.yaml" soon prints "dd: waiting"
    When Datadog's API is well again
    Then "converged runs -c converged.yaml" soon prints "dd: acknowledged"

  Scenario: What is refused for good is told with the reason
    Given Datadog's API listens
    And Datadog's API answers events with 400
    And the daemon watches Chef's reports and tells Datadog's API
    When a run fails
    Then "converged runs -c converged.yaml" soon prints "dd: partly refused"
    When I run "converged runs -c converged.yaml --undelivered"
    Then it exits with 1
    When I run "converged show 00000001-0000 -c converged.yaml"
    Then it exits with 0
    And standard output contains "dd  partly refused"
    And standard output contains "400"
    And standard output contains "acknowledged"
    And standard output contains "converged inspect /"
    And "converged status -c converged.yaml" soon prints "1 dead letter"
    And it exits with 0
    And standard output contains "00000001-0000-4000-8000-000000000001 (a part): "
    When I run "converged show 00000001 -c converged.yaml -f json"
    Then standard output is one JSON document
    And standard output contains ""step": "refused""

  Scenario: Nothing is running, and the account is still there
    Given the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    And 1 runs wait on disk
    And the daemon is stopped
    And I run "converged status -c converged.yaml"
    Then it exits with 2
    And standard output contains "no daemon is running; the last one stopped as it was told to"
    And standard output contains "1 run waiting"
    When I run "converged runs -c converged.yaml --undelivered"
    Then it exits with 1
    And standard output contains "ef586071-1981-44d1-b404-bf6c368f44f1"
    And standard output contains "dogstatsd: waiting"
    When the daemon is started again
    And a Datadog Agent listens
    Then "converged runs -c converged.yaml" soon prints "dogstatsd: sent"

  Scenario: An id that nobody knows, and one that is too short
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    And Chef leaves the report "18-converge-fail"
    Then the Agent receives 2 runs
    And "converged runs -c converged.yaml" soon prints "e19d7920"
    When I run "converged show f00 -c converged.yaml"
    Then it exits with 2
    And standard error contains "no such run"
    When I run "converged show e -c converged.yaml"
    Then it exits with 2
    And standard error contains "several runs begin so"
    And standard error contains "ef586071-1981-44d1-b404-bf6c368f44f1"

  Scenario: A damaged ledger costs the lines that were hit
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    Then "converged runs -c converged.yaml" soon prints "dogstatsd: sent"
    When the daemon is stopped
    And the ledger is damaged in the middle and at its end
    And I run "converged runs -c converged.yaml"
    Then it exits with 0
    And standard error contains "the ledger is damaged: 1 line passed over"
    And standard output contains "dogstatsd: delivered"
    When the daemon is started again
    And Chef leaves the report "18-noop"
    Then the Agent receives 2 runs
    And "converged runs -c converged.yaml" soon prints "dogstatsd: sent"
    And standard output contains "ef586071"
    And nothing more arrives

  Scenario: A second daemon is turned away and leaves the first one well
    Given a Datadog Agent listens
    And the daemon watches Chef's reports
    When I run "converged run -c converged.yaml"
    Then it exits with 2
    And "converged status -c converged.yaml" soon prints "the daemon runs and is well"
    When Chef leaves the report "18-updated"
    Then "converged runs -c converged.yaml" soon prints "dogstatsd: sent"

  Scenario: There is no state directory
    Given the file "converged.yaml":
      """
      state_dir: /nowhere/converged
      """
    When I run "converged status -c converged.yaml"
    Then it exits with 2
    And standard error contains "no daemon has run with state_dir /nowhere/converged yet"
    When I run "converged runs -c converged.yaml -f xml"
    Then it exits with 2
    And standard error contains "expected text or json"
