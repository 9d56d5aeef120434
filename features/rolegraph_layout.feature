Feature: Who places the boxes of a picture
  As someone with a graph that rows do not suit
  I want other layouts, and those of a Graphviz I have
  So that I choose what I see best

  Background:
    Given the role file "roles/web.rb":
      """
      run_list "role[base]", "recipe[nginx]"
      """
    And the role file "roles/base.rb":
      """
      run_list "role[web]", "recipe[ntp]"
      """

  Scenario Outline: A layout that is built in
    When I run "rolegraph render roles --layout <layout> -o roles.svg -o roles.png"
    Then it exits with 0
    And "roles.svg" shows the nodes "role[base], role[web], recipe[nginx], recipe[ntp]"
    And "roles.svg" shows an edge from "role[web]" to "role[base]"
    And "roles.svg" shows an edge from "role[base]" to "role[web]"
    And "roles.png" is a PNG picture

    Examples:
      | layout  |
      | layered |
      | force   |

  Scenario: A layout that nobody has
    When I run "rolegraph render roles --layout circles -o roles.svg"
    Then it exits with 2
    And standard error contains "--layout "circles": expected layered, force, dot, neato"
    And there is no file "roles.svg"
