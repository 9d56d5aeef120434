Feature: The configuration says what is wrong with it, and keeps its secrets
  As someone who rolls a configuration out to a fleet
  I want to be told of a mistake before it costs a run, and never to find a key in a log
  So that I can trust the file that is on every node

  Scenario: A mistyped key of an account
    Given the file "converged.yaml":
      """
      reporters:
        - type: datadog
          extra_endpoints:
            - {name: audit, site: datadoghq.eu, api_kee: x}
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml: unknown key "reporters[0].extra_endpoints[0].api_kee"; did you mean "reporters[0].extra_endpoints[0].api_key"?"

  Scenario: An option of another type
    Given the file "converged.yaml":
      """
      reporters:
        - {type: stdout, site: datadoghq.eu}
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml: reporters[0].site: a reporter of type stdout has no such option"

  Scenario: A value of another kind
    Given the file "converged.yaml":
      """
      watch: {poll: often}
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml: watch.poll: expected a duration such as 15s, found "often""

  Scenario: A mistyped variable
    Given the environment has "CONVERGED_STATE_DRI=/srv/state"
    When I run "converged config show"
    Then it exits with 2
    And standard error contains "unknown variable CONVERGED_STATE_DRI; did you mean CONVERGED_STATE_DIR?"

  Scenario: An account without a key
    Given the file "converged.yaml":
      """
      reporters:
        - {type: datadog, site: datadoghq.eu}
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "no API key: expected api_key_file, api_key, the systemd credential dd_api_key, or the variable DD_API_KEY"

  Scenario: The socket's path alone
    Given the file "converged.yaml":
      """
      sources:
        - {format: chef-report, path: /var/chef/reports}
      reporters:
        - {type: dogstatsd, address: /var/run/datadog/dsd.socket}
      """
    When I run "converged config check --config converged.yaml"
    Then it exits with 2
    And standard error contains "converged.yaml: reporters[0].address: "
    And standard error contains "unix:///var/run/datadog/dsd.socket"

  Scenario: Keys and passwords are not shown
    Given the file "converged.yaml":
      """
      reporters:
        - type: datadog
          site: datadoghq.eu
          api_key: 0123456789abcdef0123456789abcdef
          proxy: http://me:hunter2@proxy.example.org:3128
      """
    When I run "converged config show --config converged.yaml"
    Then it exits with 0
    And standard output contains "api_key: '********'"
    And standard output contains "proxy: http://me:********@proxy.example.org:3128"
    And nowhere is "0123456789abcdef"
    And nowhere is "hunter2"
    When the output is saved as "shown.yaml"
    And I run "converged config show --config shown.yaml"
    Then it exits with 0

  Scenario: A second daemon on one state directory
    Given the daemon watches Chef's reports
    When I run "converged run --config converged.yaml"
    Then it exits with 2
    And standard error contains "state_dir: the state directory cannot be used: another daemon works there"
    And standard error names the daemon's process

  Scenario: A state directory that others can write
    Given the daemon watches Chef's reports
    When the daemon is stopped
    And the folder "state" is opened to everybody
    And I run "converged run --config converged.yaml"
    Then it exits with 2
    And standard error contains "state can be written by others (mode 0777), who would decide what is sent; run: chmod go-w"

  Scenario: A reporter is taken out of the configuration while runs wait for it
    Given the daemon watches Chef's reports
    When Chef leaves the report "18-updated"
    And 1 runs wait on disk
    And the daemon is stopped
    And "dogstatsd, address" becomes "dogstatsd, name: other, address" in "converged.yaml"
    And the daemon is started again
    Then the daemon says "runs wait for a reporter that is not configured"
