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
