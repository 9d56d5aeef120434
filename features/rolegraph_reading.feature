Feature: Reading role files exactly
  As someone whose roles are programs
  I want to know what stands in them, what may stand in them, and what cannot be known
  So that the graph is never a guess

  Scenario: A condition that cannot be known
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      run_list << "role[east]" if ENV["DC"] == "east"
      """
    When I run "rolegraph render roles -f json -o -"
    Then it exits with 0
    And standard output contains ""condition": "ENV[\"DC\"] == \"east\"""
    And standard output contains ""maybe": true"
    And standard error contains "web.rb:2: unresolved"

  Scenario: A single role file
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    And the role file "roles/db.rb":
      """
      run_list "recipe[mysql]"
      """
    When I run "rolegraph render roles/web.rb -o web.svg"
    Then it exits with 0
    And standard output contains "wrote web.svg: 1 role, 1 recipe, 1 edge"

  Scenario: A file that is no role
    Given the role file "roles/notes.txt":
      """
      to do
      """
    When I run "rolegraph render roles/notes.txt"
    Then it exits with 2
    And standard error contains "roles/notes.txt is no role file: expected a directory, or a file that ends in .rb or .json"

  Scenario: A directory named twice
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles roles -o roles.svg"
    Then it exits with 0
    And standard error contains "overlap: a role file of it was read before, as part of roles; each counts once"
    And standard output contains "wrote roles.svg: 1 role, 1 recipe, 1 edge"

  Scenario: A run list that is replaced on a condition is not certain
    Given the role file "before/roles/web.rb":
      """
      run_list "recipe[a]", "role[base]"
      """
    And the role file "before/roles/base.rb":
      """
      run_list "recipe[ntp]"
      """
    And the role file "after/roles/base.rb":
      """
      run_list "recipe[ntp]"
      """
    And the role file "after/roles/web.rb":
      """
      run_list "recipe[a]", "role[base]"
      return if ENV["FULL"]
      run_list "recipe[a]"
      """
    When I run "rolegraph expand web after"
    Then it exits with 0
    And standard output contains "recipe[ntp] (maybe)  role[web] (after/roles/web.rb:1) depending on ENV["FULL"] > role[base]"
    When I run "rolegraph render after -f json -o -"
    Then standard output is one JSON document
    And standard output matches "(?s)\"in_doubt\": .*role.base.*ENV"
    When I run "rolegraph why web recipe[ntp] after"
    Then standard output contains "role[web] names role[base] (maybe)"
    When I run "rolegraph diff before after"
    Then standard output contains "~ role[web] -> role[base]: everywhere, now perhaps everywhere"
