Feature: Graphing roles
  As someone who inherited a repository of roles
  I want to see what depends on what
  So that I can untangle it without breaking it

  Scenario: Roles that embed roles
    Given the role file "roles/base.rb":
      """
      name "base"
      run_list "recipe[ntp]"
      """
    And the role file "roles/web.rb":
      """
      name "web"
      run_list "role[base]", "recipe[apache2]"
      """
    When I run "rolegraph render roles -o roles.svg"
    Then it exits with 0
    And "roles.svg" shows the nodes "role[base], role[web], recipe[ntp], recipe[apache2]"
    And "roles.svg" shows an edge from "role[web]" to "role[base]"
    And "roles.svg" shows an edge from "role[base]" to "recipe[ntp]"
    And "roles.svg" shows 3 edges

  Scenario: Roles in JSON only
    Given the role file "roles/db.json":
      """
      {"name": "db", "run_list": ["mongodb", "role[base]"]}
      """
    And the role file "roles/base.json":
      """
      {"name": "base", "run_list": []}
      """
    When I run "rolegraph render roles -o roles.dot -o roles.svg"
    Then it exits with 0
    And "roles.dot" contains "role[db]"
    And "roles.svg" shows an edge from "role[db]" to "recipe[mongodb]"

  Scenario: A role and a recipe of one name are two nodes
    Given the role file "roles/nginx.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o roles.svg"
    Then it exits with 0
    And "roles.svg" shows the nodes "role[nginx], recipe[nginx]"

  Scenario: Run lists of environments label their edges
    Given the role file "roles/web.rb":
      """
      env_run_lists "_default" => ["recipe[nginx]"], "prod" => ["recipe[nginx]", "recipe[waf]"]
      """
    When I run "rolegraph render roles -f json -o -"
    Then it exits with 0
    And standard output has an edge from "role[web]" to "recipe[waf]" in "prod"

  Scenario: A cycle is flagged, with every place that makes it
    Given the role file "roles/a.rb":
      """
      run_list "role[b]"
      """
    And the role file "roles/b.rb":
      """
      description "closes the circle"
      run_list "recipe[x]", "role[a]"
      """
    When I run "rolegraph check roles"
    Then it exits with 1
    And standard output contains "cycle: role[a] -> role[b] -> role[a]"
    And standard output contains "roles/a.rb:1: role[a] names role[b]"
    And standard output contains "roles/b.rb:2: role[b] names role[a]"

  Scenario: A cycle is drawn, and drawing it is no failure
    Given the role file "roles/a.rb":
      """
      run_list "role[a]"
      """
    When I run "rolegraph render roles -o roles.svg"
    Then it exits with 0
    And standard output contains "cycle: role[a] -> role[a]"
    And "roles.svg" shows an edge from "role[a]" to "role[a]"

  Scenario: A role that no file declares
    Given the role file "roles/web.rb":
      """
      run_list "role[base]"
      """
    When I run "rolegraph check roles"
    Then it exits with 1
    And standard output contains "missing role: role[base]"
    And standard output contains "roles/web.rb:1: role[web] names role[base]"

  Scenario: The check and the picture in one run
    Given the role file "roles/web.rb":
      """
      run_list "role[base]"
      """
    When I run "rolegraph check roles -o roles.svg"
    Then it exits with 1
    And "roles.svg" shows the nodes "role[web], role[base]"

  Scenario: Two files declare one role
    Given the role file "roles/web.rb":
      """
      name "web"
      """
    And the role file "roles/old/web.rb":
      """
      name "web"
      run_list "recipe[nginx]"
      """
    When I run "rolegraph check roles"
    Then it exits with 1
    And standard error contains "duplicate-role"
    And standard output contains "duplicate name"

  Scenario: Nothing to find
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph check roles"
    Then it exits with 0
    And standard output contains "0 cycles, 0 missing roles, 0 duplicate names"

  Scenario: A repository: only what lies in folders named roles is a role
    Given the role file "repo/roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    And the role file "repo/cookbooks/nginx/recipes/default.rb":
      """
      package "nginx"
      """
    When I run "rolegraph render repo -o roles.svg"
    Then it exits with 0
    And "roles.svg" shows the nodes "role[web], recipe[nginx]"

  Scenario: Role files are read, never executed
    Given the role file "roles/web.rb":
      """
      name "web"
      run_list "recipe[nginx]"
      File.write("executed", "yes")
      """
    When I run "rolegraph render roles -o roles.svg"
    Then there is no file "executed"
    And "roles.svg" shows an edge from "role[web]" to "recipe[nginx]"

  Scenario: A file with a syntax error does not hide the others
    Given the role file "roles/broken.rb":
      """
      name "broken"
      run_list "recipe[a]",
      """
    And the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o roles.svg"
    Then it exits with 2
    And standard error contains "roles/broken.rb"
    And standard error contains "syntax-error"
    And "roles.svg" shows an edge from "role[web]" to "recipe[nginx]"
