@puppet
Feature: The daemon tells how a real run of Puppet went
  As someone who runs Puppet
  I want to see what each run did, and which line of which manifest it failed at
  So that I need not log in to read its report

  Background:
    Given a Datadog Agent listens
    And the daemon watches Puppet's last report and its store

  Scenario: A run that changes something, and one that has nothing to do
    When puppet applies
      """
      file { 'DIR/motd': content => "CANARY welcome\n" }
      """
    Then the Agent receives 1 run
    And nothing more arrives
    And the Agent received the metric "configrun.runs" tagged "status:success"
    And the Agent received the metric "configrun.runs" tagged "env:production"
    And the Agent received the metric "configrun.resources.updated" with value 1
    And the Agent received the metric "configrun.resources.total" with value 8
    And the Agent received the metric "puppet.changed.resources" with value 1
    And the Agent received the service check "configrun.status" as 0
    When puppet applies the same again
    Then the Agent receives 2 runs
    And the Agent received the metric "configrun.resources.updated" with value 0
    And the Agent received no event
    And the Agent received nothing with "CANARY"

  Scenario: A run that fails, and what waits for the failed resource
    When puppet applies
      """
      file { 'DIR/early': content => 'CANARY' }
      exec { 'migrate the database':
        command => '/bin/sh -c "echo CANARY; exit 3"', logoutput => true
      }
      -> file { 'DIR/late': content => 'x' }
      """
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:failure"
    And the Agent received the metric "configrun.resources.failed" with value 1
    And the Agent received the metric "configrun.resources.skipped" with value 1
    And the Agent received the metric "puppet.failure.events" with value 1
    And the Agent received the service check "configrun.status" as 2
    And the Agent received an event with "puppet failed on web-01.example.test"
    And the Agent received an event with "returned 3 instead of one of [0]"
    And the Agent received an event with "Failed resource: Exec[migrate the database] at DIR/site.pp:2"
    And the Agent received an event with "- File[DIR/early] (DIR/site.pp:1)"
    And the Agent received nothing with "CANARY"

  Scenario: A run that only says what it would change
    When puppet applies with "--noop"
      """
      file { 'DIR/motd': content => 'CANARY' }
      exec { '/bin/true': }
      """
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.resources.pending" with value 2
    And the Agent received the metric "configrun.resources.updated" with value 0
    And the Agent received the metric "configrun.runs" tagged "noop:true"
    And the Agent received the service check "configrun.status" as 1
    And the Agent received no event

  Scenario: A resource that cannot be restarted
    When puppet applies
      """
      file { 'DIR/app.conf': content => 'x' }
      ~> service { 'app':
        ensure => running, provider => base, status => '/bin/true', start => '/bin/true',
        stop => '/bin/true', restart => '/bin/false --with=CANARY'
      }
      """
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.runs" tagged "status:failure"
    And the Agent received the metric "puppet.failed_to_restart.resources" with value 1
    And the Agent received an event with "Could not restart Service[app]"
    And the Agent received an event with "Failed resource: Service[app] at DIR/site.pp:2"
    And the Agent received nothing with "CANARY"

  Scenario: Resources that wait for each other
    When puppet applies
      """
      notify { 'chicken': require => Notify['egg'] }
      notify { 'egg': require => Notify['chicken'] }
      """
    Then the Agent receives 1 run
    And the Agent received the service check "configrun.status" as 2
    And the Agent received an event with "Found 1 dependency cycle"
    And the Agent received an event with "(Notify[chicken] => Notify[egg] => Notify[chicken])"

  Scenario: A manifest that does not compile leaves no report
    When puppet applies
      """
      include no_such_class
      """
    Then nothing more arrives

  Scenario: An agent whose server is away, without and with an earlier catalog
    Given the node has certificates
    When the agent runs, and its server does not answer
    Then the Agent receives 1 run
    And the Agent received the service check "configrun.status" as 2
    And the Agent received an event with "Could not retrieve catalog from remote server"
    And the Agent received an event with "failed in setup"
    Given the node has an earlier catalog
      """
      file { 'DIR/motd': content => 'CANARY' }
      """
    When the agent runs, and its server does not answer
    Then the Agent receives 2 runs
    And the Agent received the metric "configrun.resources.updated" with value 1
    And the Agent received the service check "configrun.status" as 1
    And the Agent received an event with "puppet applied an earlier catalog on web-01.example.test"
    And the Agent received nothing with "CANARY"

  Scenario: An agent puts back what someone has changed by hand
    Given the node has certificates
    And the node has an earlier catalog
      """
      file { 'DIR/motd': content => 'CANARY' }
      """
    When the agent is told to apply that catalog
    Then the Agent receives 1 run
    And the Agent received the metric "configrun.resources.corrective" with value 0
    And the Agent received the service check "configrun.status" as 0
    When someone empties "motd"
    And the agent is told to apply that catalog
    Then the Agent receives 2 runs
    And the Agent received the metric "configrun.resources.corrective" with value 1
    And the Agent received no event

  Scenario: The same run by Puppet's report processor over HTTP, and from its file
    Given the daemon receives reports over HTTP, too
    When puppet applies, and posts its report
      """
      file { 'DIR/motd': content => 'CANARY' }
      """
    Then the Agent receives 1 run
    And nothing more arrives
    And "converged status --config converged.yaml" soon prints "          puppet-report: 1 report"
    And the Agent received the metric "configrun.resources.updated" with value 1
    And the Agent received nothing with "CANARY"

  Scenario: An agent that sends its report over TLS, and shows its certificate
    Given the node has certificates
    And the node has an earlier catalog
      """
      exec { 'reload': command => '/bin/false CANARY' }
      """
    And the daemon receives reports over TLS, from those with certificates
    When the agent is told to apply that catalog, and sends its report
    Then the Agent receives 1 run
    And nothing more arrives
    And "converged status --config converged.yaml" soon prints "          puppet-report: 1 report"
    And the Agent received an event with "Failed resource: Exec[reload] at DIR/site.pp:1"
    And the Agent received nothing with "CANARY"
