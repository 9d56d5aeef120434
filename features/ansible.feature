Feature: The daemon tells how a playbook went, host by host
  As someone who runs Ansible
  I want every host's outcome where the runs of my other tools are
  So that one picture shows the whole fleet

  Scenario: A document that standard output was redirected to
    Given a Datadog Agent listens
    And the daemon watches Ansible's documents and events
    When Ansible's standard output of "failed-mixed" is left in a file
    Then the Agent receives 2 runs
    And the Agent received the metric "ansible.task.rescued" with value 1
    And the Agent received the metric "configrun.runs" tagged "status:success"
    And the Agent received an event with "final failure"

  Scenario: Events of several playbooks, one of them killed
    Given a Datadog Agent listens
    And the daemon watches Ansible's documents and events
    When Ansible appends the events of "changed" to "events.jsonl"
    Then the Agent receives 2 runs
    When Ansible is killed while it appends the events of "failed-mixed" to "events.jsonl"
    And Ansible appends the events of "unreachable" to "events-2.jsonl"
    Then the Agent receives 4 runs
    And the Agent received an event with "Connection refused"
