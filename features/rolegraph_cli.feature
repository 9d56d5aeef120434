Feature: The command line of rolegraph
  As someone with a repository of Chef roles
  I want a command that says what it does, and what is wrong
  So that I need no manual

  Scenario: Asking for help
    When I run "rolegraph --help"
    Then it exits with 0
    And standard output contains "rolegraph render roles/"
    And standard output contains "check"

  Scenario Outline: Every command has help with an example
    When I run "rolegraph <command> --help"
    Then it exits with 0
    And standard output contains "Examples:"
    And standard output contains "Exit code:"

    Examples:
      | command |
      | render  |
      | check   |

  Scenario: Asking which build it is
    When I run "rolegraph --version"
    Then it exits with 0
    And standard output matches "^rolegraph \S+ \(commit \S+, go1\.\d+"

  Scenario: The default picture is roles.png
    Given the role file "roles/web.rb":
      """
      name "web"
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles"
    Then it exits with 0
    And standard output contains "wrote roles.png: 1 role, 1 recipe, 1 edge"
    And "roles.png" is a PNG picture

  Scenario: Several files in one go, their format by their ending
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o a.png -o b.svg -o c.dot -o d.json"
    Then it exits with 0
    And "a.png" is a PNG picture
    And "b.svg" shows the nodes "role[web], recipe[nginx]"
    And "c.dot" contains "digraph"
    And "d.json" contains "recipe[nginx]"

  Scenario: The format is named, the file ends as it likes
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -f svg -o picture"
    Then it exits with 0
    And "picture" shows the nodes "role[web], recipe[nginx]"

  Scenario: Standard output holds the document and nothing else
    Given the role file "roles/web.rb":
      """
      run_list "role[web]", ENV["EXTRA"]
      """
    When I run "rolegraph render roles -f json -o -"
    Then it exits with 0
    And standard output is one JSON document
    And standard error contains "roles/web.rb:1"
    And standard error contains "cycle: role[web] -> role[web]"

  Scenario: An unknown format
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o roles.gif"
    Then it exits with 2
    And standard error contains "unknown format "gif""
    And standard error contains "png, svg, pdf, dot, html, mermaid, json"
    And there is no file "roles.gif"

  Scenario: An unknown flag
    When I run "rolegraph render roles --colour"
    Then it exits with 2
    And standard error contains "--colour"

  Scenario: No directory named
    When I run "rolegraph render"
    Then it exits with 2
    And standard error contains "no DIR given, and no folder named roles here"
    And standard error contains "see 'rolegraph render --help'"

  Scenario: In a repository no directory need be named
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render -o web.svg"
    Then it exits with 0
    And standard output contains "wrote web.svg"

  Scenario: Saying what is done and how long it took
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render -v -f json -o -"
    Then it exits with 0
    And standard output is one JSON document
    And standard error contains "reading roles: "

  Scenario: A directory that does not exist
    When I run "rolegraph render nowhere"
    Then it exits with 2
    And standard error contains "nowhere"
    And there is no file "roles.png"

  Scenario: No roles found
    Given an empty folder "roles"
    When I run "rolegraph render roles"
    Then it exits with 2
    And standard error contains "no role files found in roles"
    And there is no file "roles.png"

  Scenario: A file that cannot be written is not left half written
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o missing/folder/roles.svg"
    Then it exits with 2
    And standard error contains "missing/folder/roles.svg"

  Scenario: One file asked for twice
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o a.svg -o ./a.svg"
    Then it exits with 2
    And standard error contains "given twice"
    And there is no file "a.svg"

  Scenario: Standard output by its file's name
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -f json -o /dev/stdout"
    Then it exits with 0
    And standard output is one JSON document

  Scenario Outline: Manual pages
    When I run "<program> man pages"
    Then it exits with 0
    And "pages/<page>.1" contains ".SH EXAMPLE"

    Examples:
      | program   | page             |
      | rolegraph | rolegraph-render |
      | converged | converged-run    |

  Scenario: Manual pages where a file is in the way
    Given the file "pages":
      """
      not a folder
      """
    When I run "rolegraph man pages"
    Then it exits with 2
    And standard error contains "writing the manual pages"

  Scenario: Completing what is typed
    When I run "rolegraph __complete render --for"
    Then it exits with 0
    And standard output contains "--format"

  Scenario: Drawing again on every change
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    And "rolegraph render roles --watch -o web.svg" is running
    And it says "watching roles"
    When the role file "roles/db.rb":
      """
      run_list "recipe[postgres]"
      """
    Then it says "wrote web.svg: 2 roles"
    And "web.svg" contains "recipe[postgres]"
    When the role file "roles/db.rb":
      """
      run_list "recipe[
      """
    Then it says "wrote web.svg"
    When I interrupt it
    Then it exits with 0

  Scenario: A page that reloads
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    And "rolegraph render roles --watch -o web.html" is running
    And it says "serving http://127.0.0.1:"
    When the role file "roles/db.rb":
      """
      run_list "recipe[postgres]"
      """
    Then it says "wrote web.html: 2 roles"
    When I interrupt it
    Then it exits with 0

  Scenario: Serving to others than this machine
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles --watch --listen 0.0.0.0:8080 -o web.html"
    Then it exits with 2
    And standard error contains "expected a loopback address"

  Scenario: Watching what cannot change
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    And the folder "." is a git repository
    When I run "rolegraph render HEAD:roles --watch -o web.svg"
    Then it exits with 2
    And standard error contains "a revision does not change"

  Scenario: A revision of a directory
    Given the role file "roles/web.rb":
      """
      run_list "recipe[before]"
      """
    And the folder "." is a git repository
    And the role file "roles/web.rb":
      """
      run_list "recipe[after]"
      """
    When I run "rolegraph render HEAD:roles -f json -o -"
    Then it exits with 0
    And standard output contains "recipe[before]"
    When I run "rolegraph render nothing:roles -f json -o -"
    Then it exits with 2
    And standard error contains "nothing is no revision"

  Scenario: A file that lies among the roles
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -o roles/graph.json"
    Then it exits with 0
    And standard error contains "roles/graph.json lies among the role files"

  Scenario: Several files and one format
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx]"
      """
    When I run "rolegraph render roles -f png -o a.png -o a.svg"
    Then it exits with 2
    And standard error contains "of several files each has the format of its ending"

  Scenario: Serving without watching
    When I run "rolegraph render --listen 127.0.0.1:8080"
    Then it exits with 2
    And standard error contains "give both"
