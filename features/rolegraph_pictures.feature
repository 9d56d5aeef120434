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

  Scenario: A page to print, and a flowchart for a pull request
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o roles.pdf -o roles.mmd"
    Then it exits with 0
    And "roles.pdf" contains "%PDF-"
    And "roles.mmd" contains "flowchart LR"
    And "roles.mmd" contains "n0("web"):::role"
    And "roles.mmd" contains "n0 --> n1"

  Scenario Outline: Every notation goes to standard output, too
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -f <format> -o -"
    Then it exits with 0
    And standard output contains "<text>"

    Examples:
      | format  | text        |
      | svg     | class="node" |
      | pdf     | /FontFile2  |
      | dot     | digraph     |
      | mermaid | flowchart   |
      | json    | "nodes"     |

  Scenario: A name that the built-in font cannot write
    Given the role file "roles/漢字.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o roles.png -o roles.svg"
    Then it exits with 0
    And standard error contains "1 name holds characters that the built-in font lacks"
    And "roles.svg" contains "漢字"

  Scenario: A picture that cannot be written
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o nowhere/roles.pdf"
    Then it exits with 2
    And standard error contains "nowhere/roles.pdf"
    And there is no file "nowhere/roles.pdf"

  Scenario: Edges to a hub are faint
    Given 60 role files in "roles" that name "role[base]" and a recipe each
    When I run "rolegraph render roles -o roles.svg"
    Then it exits with 0
    And "roles.svg" contains "to 1 hub, drawn faint"

  Scenario: All edges alike
    Given 60 role files in "roles" that name "role[base]" and a recipe each
    When I run "rolegraph render roles --no-fade -o roles.svg"
    Then it exits with 0
    And "roles.svg" shows 120 edges
    And "roles.svg" does not contain "faint"
