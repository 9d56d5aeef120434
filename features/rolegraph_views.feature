Feature: rolegraph shows part of a graph
  A whole repository is too much for one picture. What is asked for is drawn,
  and how much was left out is said.

  Background:
    Given the role file "roles/base.rb":
      """
      run_list "recipe[ntp]", "recipe[ssh::server]"
      """
    And the role file "roles/web.rb":
      """
      env_run_lists "_default" => ["role[base]", "recipe[nginx]", "recipe[nginx::ssl]"],
                    "prod" => ["role[base]", "recipe[waf]"]
      """
    And the role file "roles/shop.rb":
      """
      run_list "role[web]", "role[base]"
      """
    And the role file "roles/teams/a.rb":
      """
      run_list "role[b]", "role[base]"
      """
    And the role file "roles/teams/b.rb":
      """
      run_list "role[a]"
      """

  Scenario: What depends on a role
    When I run "rolegraph render roles --focus web --direction up -o web.svg"
    Then it exits with 0
    And "web.svg" shows the nodes "role[web], role[shop]"
    And standard output contains "wrote web.svg: showing 2 of 5 roles, 0 of 5 recipes, 1 of 11 edges"
    And "web.svg" contains "roles: what depends on web"

  Scenario: One level around two roles, the one by its file
    When I run "rolegraph render roles --focus shop --focus roles/teams/b.rb --depth 1 --no-recipes -o some.svg"
    Then it exits with 0
    And "some.svg" shows the nodes "role[shop], role[web], role[base], role[a], role[b]"
    And "some.svg" shows 6 edges

  Scenario: What a role depends on in an environment
    When I run "rolegraph render roles --focus web --direction down --depth 1 --env prod -o prod.svg"
    Then it exits with 0
    And "prod.svg" shows the nodes "role[web], role[base], recipe[waf]"

  Scenario: Only what depends on itself
    When I run "rolegraph render roles --cycles-only -o cycles.svg"
    Then it exits with 0
    And "cycles.svg" shows the nodes "role[a], role[b]"
    And "cycles.svg" shows 2 edges
    And standard output contains "cycle: role[a] -> role[b] -> role[a]"

  Scenario: No recipes, and no edge that a longer way makes redundant
    When I run "rolegraph render roles --no-recipes --reduce -o bones.svg"
    Then it exits with 0
    And "bones.svg" shows the nodes "role[base], role[web], role[shop], role[a], role[b]"
    And "bones.svg" shows 5 edges
    And "bones.svg" shows an edge from "role[shop]" to "role[web]"

  Scenario: Cookbooks instead of recipes
    When I run "rolegraph render roles --collapse cookbook --focus shop --direction down -o cookbooks.svg"
    Then it exits with 0
    And "cookbooks.svg" shows the nodes "role[shop], role[web], role[base], cookbook[nginx], cookbook[ntp], cookbook[ssh], cookbook[waf]"

  Scenario: Folders instead of roles
    When I run "rolegraph render roles --collapse folder --no-recipes -o folders.svg"
    Then it exits with 0
    And "folders.svg" shows the nodes "folder[.], folder[teams]"
    And "folders.svg" shows an edge from "folder[teams]" to "folder[.]"

  Scenario: The picture of check shows a part, its findings are all of them
    When I run "rolegraph check roles --focus web --depth 1 --no-recipes -o web.svg"
    Then it exits with 1
    And "web.svg" shows the nodes "role[web], role[shop], role[base]"
    And standard output contains "role[a] -> role[b] -> role[a]"

  Scenario: A focus that nothing is named
    When I run "rolegraph render roles --focus wbe -o web.svg"
    Then it exits with 2
    And standard error contains "did you mean role[web]"
    And there is no file "web.svg"

  Scenario Outline: Wishes that cannot be met
    When I run "rolegraph render roles <flags> -o out.svg"
    Then it exits with 2
    And standard error contains "<says>"
    And there is no file "out.svg"

    Examples:
      | flags                            | says                                  |
      | --focus web --direction sideways | expected up, down or both             |
      | --focus web --depth -1           | expected a number of levels, 1 or more |
      | --depth 2                        | expected --focus NAME with it         |
      | --collapse colour                | expected cookbook or folder           |

  Scenario: Two directories that say the same
    When I run "rolegraph diff roles roles"
    Then it exits with 0
    And standard output matches "^$"

  Scenario: What a change does, in the terminal, for a pull request and as a picture
    Given the role file "proposed/base.rb":
      """
      run_list "recipe[ssh::server]", "recipe[ntp]", "role[shop]"
      """
    And the role file "proposed/web.rb":
      """
      run_list "role[base]", "recipe[nginx]", "role[ghost]"
      """
    And the role file "proposed/shop.rb":
      """
      run_list "role[web]"
      """
    When I run "rolegraph diff roles proposed -f text -o -"
    Then it exits with 1
    And standard output contains "! new cycle role[base] -> role[shop] -> role[web] -> role[base]  (proposed/base.rb:1)"
    And standard output contains "! missing role role[ghost], named by role[web]  (proposed/web.rb:1)"
    And standard output contains "+ role[base] -> role[shop]  (proposed/base.rb:1)"
    And standard output contains "- role[shop] -> role[base]  (roles/shop.rb:1)"
    And standard output contains "~ role[base]: recipe[ntp], recipe[ssh::server] is now recipe[ssh::server], recipe[ntp]"
    When I run "rolegraph diff roles proposed --no-recipes -o diff.md -o diff.svg -o diff.json"
    Then it exits with 1
    And "diff.md" contains "**Role dependencies**: 1 new cycle, 1 newly missing role"
    And "diff.svg" shows an edge from "role[base]" to "role[shop]"
    And "diff.svg" shows the nodes "role[a], role[b], role[base], role[shop], role[web], role[ghost]"
    And "diff.json" contains "new_cycles"

  Scenario Outline: What cannot be compared
    When I run "rolegraph diff <arguments>"
    Then it exits with 2
    And standard error contains "<says>"

    Examples:
      | arguments                 | says                                    |
      | roles                     | expected two directories                |
      | roles nowhere             | nowhere                                 |
      | roles roles --focus wbe   | did you mean role[web]                  |
      | roles roles -o diff.gif   | unknown format "gif"                    |
      | roles roles -f tree       | unknown format "tree"                   |

  Scenario: Where untangling pays first
    Given the role file "roles/api.rb":
      """
      run_list "role[web]", "role[base]", "recipe[ntp]"
      """
    When I run "rolegraph stats roles"
    Then it exits with 0
    And standard output contains "6 roles, 5 recipes, 14 edges, 1 cycle"
    And standard output contains "most named     role[base] 4"
    And standard output contains "1. 2 fewer: 2 roles name 1 item that others of the list bring anyway"

  Scenario: The measures for a program
    When I run "rolegraph stats roles -f json"
    Then it exits with 0
    And standard output is one JSON document
    And standard output contains "suggestions"

  Scenario: Nothing to measure
    Given an empty folder "nothing"
    When I run "rolegraph stats nothing"
    Then it exits with 2
    And standard error contains "no role files found in nothing"

  Scenario: What was changed since the last commit
    Given the folder "roles" is a git repository
    And the role file "roles/shop.rb":
      """
      run_list "role[web]", "role[base]", "recipe[cart]"
      """
    When I run "rolegraph diff HEAD:roles roles"
    Then it exits with 1
    And standard output contains "+ role[shop] -> recipe[cart]  (roles/shop.rb:1)"
    And standard output contains "1 recipe added, 1 edge added"

  Scenario: A revision that is none
    Given the folder "roles" is a git repository
    When I run "rolegraph diff nowhere HEAD roles"
    Then it exits with 2
    And standard error contains "nowhere is no revision"
