Feature: The pictures of rolegraph
  As someone who looks at what depends on what
  I want pictures for a screen, a page and a pull request
  So that I see the structure, not a tangle

  Scenario Outline: The way the edges run
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles --rankdir <way> -o roles.dot -o roles.svg"
    Then it exits with 0
    And "roles.dot" contains "rankdir=<rankdir>"
    And "roles.svg" shows an edge from "role[web]" to "recipe[nginx]"

    Examples:
      | way | rankdir |
      | LR  | LR      |
      | TB  | TB      |
      | rl  | RL      |
      | BT  | BT      |

  Scenario: A way that edges cannot run
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles --rankdir sideways -o roles.svg"
    Then it exits with 2
    And standard error contains "no rank direction "sideways": expected one of LR, TB, RL, BT"
    And there is no file "roles.svg"
