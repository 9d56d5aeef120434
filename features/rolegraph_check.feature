Feature: Checking roles
  As someone who reviews changes of a repository of roles
  I want to be told what is wrong with them, where, and what is new
  So that a pull request fails for its own faults only

  Scenario: A cycle, where it is real and what opens it
    Given the role file "roles/a.rb":
      """
      env_run_lists "_default" => ["role[b]"], "prod" => ["recipe[x]"]
      """
    And the role file "roles/b.rb":
      """
      run_list "role[a]"
      """
    When I run "rolegraph check roles"
    Then it exits with 1
    And standard output contains "cycle: role[a] -> role[b] -> role[a] (in _default)"
    And standard output contains "to open it, take away 1 edge:"
    And standard output contains "roles/a.rb:1: without: role[a] names role[b] (_default)"

  Scenario: A circle that no single environment closes
    Given the role file "roles/a.rb":
      """
      env_run_lists "_default" => [], "prod" => ["role[b]"]
      """
    And the role file "roles/b.rb":
      """
      env_run_lists "_default" => [], "qa" => ["role[a]"]
      """
    When I run "rolegraph check roles"
    Then it exits with 1
    And standard output contains "(in no single environment) [cycle-across-environments]"
    When I run "rolegraph check roles --rule cycle-across-environments=off"
    Then it exits with 0

  Scenario: A circle that needs a condition fails only if one is strict
    Given the role file "roles/a.rb":
      """
      run_list "role[b]"
      """
    And the role file "roles/b.rb":
      """
      run_list []
      run_list << "role[a]" if ENV["BOTH"]
      """
    When I run "rolegraph check roles"
    Then it exits with 0
    And standard output contains "warning: possible cycle: role[a] -> role[b] -> role[a]"
    When I run "rolegraph check roles --strict"
    Then it exits with 1

  Scenario: Only what is new fails
    Given the role file "roles/a.rb":
      """
      run_list "role[b]", "role[ghost]"
      """
    And the role file "roles/b.rb":
      """
      run_list "role[a]"
      """
    When I run "rolegraph check roles --baseline known.json --update-baseline"
    Then it exits with 0
    And "known.json" contains "{"rule":"cycle","subject":"role[a]","to":"role[b]"}"
    When I run "rolegraph check roles --baseline known.json"
    Then it exits with 0
    And standard output contains "2 known"
    Given the role file "roles/b.rb":
      """
      description "a line more, and an edge more in the old cycle"
      run_list "role[a]", "role[b]"
      """
    When I run "rolegraph check roles --baseline known.json"
    Then it exits with 1
    And standard output contains "cycle: role[b] -> role[b]"

  Scenario: What is mended leaves the baseline
    Given the role file "roles/a.rb":
      """
      run_list "role[ghost]"
      """
    When I run "rolegraph check roles --baseline known.json --update-baseline"
    Then it exits with 0
    Given the role file "roles/ghost.rb":
      """
      name "ghost"
      """
    When I run "rolegraph check roles --baseline known.json"
    Then it exits with 0
    And standard output contains "no longer found, and still in the baseline: missing-role: role[a] role[ghost]"

  Scenario: A baseline that is not there
    Given the role file "roles/a.rb":
      """
      run_list "recipe[x]"
      """
    When I run "rolegraph check roles --baseline known.json"
    Then it exits with 2
    And standard error contains "known.json"
    And standard error contains "--update-baseline writes it"

  Scenario Outline: The findings in the notation of other programs
    Given the role file "roles/a.rb":
      """
      run_list "role[ghost]"
      """
    When I run "rolegraph check roles -f <format>"
    Then it exits with 1
    And standard output contains "<text>"

    Examples:
      | format | text                                                                                    |
      | json   | "rule": "missing-role"                                                                  |
      | sarif  | "ruleId": "missing-role"                                                                |
      | junit  | <failure message="missing role: role[ghost]"                                            |
      | github | ::error file=roles/a.rb,line=1,title=rolegraph missing-role::missing role: role[ghost]  |
      | text   | error: missing role: role[ghost]                                                        |

  Scenario: Findings and picture in one run
    Given the role file "roles/a.rb":
      """
      run_list "role[a]"
      """
    When I run "rolegraph check roles -o findings.json -o findings.sarif -o roles.svg"
    Then it exits with 1
    And "findings.json" contains "self-reference"
    And "findings.sarif" contains "2.1.0"
    And "roles.svg" shows an edge from "role[a]" to "role[a]"

  Scenario: A repository has its settings in a file
    Given the file ".rolegraph.yaml":
      """
      roles: chef/roles
      cookbooks: [chef/cookbooks]
      nodes: [chef/nodes]
      rules:
        missing-role: warning
      baseline: known.json
      """
    And the file "known.json":
      """
      {"version": 1, "findings": []}
      """
    And the role file "chef/roles/web.rb":
      """
      run_list "role[ghost]", "recipe[nginx::proxy]"
      """
    And the role file "chef/roles/old.rb":
      """
      run_list []
      """
    And the file "chef/cookbooks/nginx/recipes/default.rb":
      """
      package "nginx"
      """
    And the file "chef/nodes/web1.json":
      """
      {"name": "web1", "run_list": ["role[web]"]}
      """
    When I run "rolegraph check"
    Then it exits with 1
    And standard output contains "error: missing recipe: recipe[nginx::proxy]"
    And standard output contains "warning: missing role: role[ghost]"
    And standard output contains "warning: unused role: role[old]"

  Scenario: A mistake in the settings
    Given the file ".rolegraph.yaml":
      """
      rules:
        cycles: error
      """
    When I run "rolegraph check roles"
    Then it exits with 2
    And standard error contains ".rolegraph.yaml:2: rules: unknown rule "cycles": known are cycle,"

  Scenario: A rule that does not exist
    Given the role file "roles/a.rb":
      """
      run_list "recipe[x]"
      """
    When I run "rolegraph check roles --rule circles=off"
    Then it exits with 2
    And standard error contains "unknown rule "circles""

  Scenario: Listing the rules
    When I run "rolegraph check --list-rules --rule redundant-item=error"
    Then it exits with 0
    And standard output matches "redundant-item +error +an item"
    And standard output matches "missing-cookbook +off "

  Scenario: Roles that nest too deep
    Given the role file "roles/a.rb":
      """
      run_list "role[b]"
      """
    And the role file "roles/b.rb":
      """
      run_list "role[c]"
      """
    And the role file "roles/c.rb":
      """
      run_list "recipe[x]"
      """
    When I run "rolegraph check roles --max-depth 2 --strict"
    Then it exits with 1
    And standard output contains "role[a] nests roles 3 deep, and 2 is the most [deep-run-list]"

  Scenario: An item that changes nothing
    Given the role file "roles/web.rb":
      """
      run_list "role[base]",
               "recipe[ntp]"
      """
    And the role file "roles/base.rb":
      """
      run_list "recipe[ntp]"
      """
    When I run "rolegraph check roles"
    Then it exits with 0
    And standard output contains "role[web] names recipe[ntp], which role[base] before it already brings"
    And standard output contains "roles/web.rb:2: redundant: recipe[ntp]"

  Scenario: A file that is called as the missing role and declares another name
    Given the role file "roles/web.rb":
      """
      run_list "role[kafka]"
      """
    And the role file "roles/kafka.rb":
      """
      name "agent"
      """
    When I run "rolegraph check roles"
    Then it exits with 1
    And standard output contains "missing role: role[kafka]"
    And standard output contains "roles/kafka.rb:1: role[agent] is what this file declares: chef-solo finds role[kafka] in it, a Chef server does not"

  Scenario: A directory that is named twice is no fault of its roles
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph check roles roles"
    Then it exits with 0
    And standard error contains "roles:1: overlap:"
    And standard output contains "0 duplicate names"

  Scenario: A single file, as a hook before a commit names it
    Given the role file "roles/shop.json":
      """
      {"name": "shop", "run_list": ["role[base]", "role[ghost]"]}
      """
    And the role file "roles/base.rb":
      """
      run_list "role[elsewhere]"
      """
    When I run "rolegraph check roles/shop.json"
    Then it exits with 1
    And standard output contains "missing role: role[ghost]"
    And standard output contains "1 missing role, 0 duplicate names; 1 error, 0 warnings"
    Given the role file "roles/shop.json":
      """
      {"name": "shop", "run_list": ["role[base]"]}
      """
    When I run "rolegraph check roles/shop.json"
    Then it exits with 0
    When I run "rolegraph render roles/shop.json -f tree -o -"
    Then standard output contains "role[base] (not read)"
    Given the folder "." is a git repository
    When I run "rolegraph expand shop HEAD:roles/shop.json"
    Then it exits with 0
    And standard output contains "not read, so that what they bring is not known:"
