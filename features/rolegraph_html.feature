Feature: a page to explore the roles in

  Scenario: one file holds all
    Given the file "roles/web.rb":
      """
      name 'web'
      description 'Serves the shop'
      run_list 'role[base]', 'recipe[nginx]'
      """
    And the file "roles/base.rb":
      """
      name 'base'
      run_list 'recipe[ntp]'
      """
    When I run "rolegraph render roles -o roles.html"
    Then it exits with 0
    And standard output contains "wrote roles.html: 2 roles, 2 recipes, 3 edges"
    And "roles.html" contains "Serves the shop"
    And "roles.html" contains "default-src 'none'"

  Scenario: files are links to the editor
    Given the file "roles/web.rb":
      """
      run_list 'recipe[nginx]'
      """
    When I run "rolegraph render roles -o roles.htm --editor-url https://git.example/main/{path}#L{line}"
    Then it exits with 0
    And "roles.htm" contains "https://git.example/main/{path}#L{line}"

  Scenario: a link that would run a script is refused
    Given the file "roles/web.rb":
      """
      run_list 'recipe[nginx]'
      """
    When I run "rolegraph render roles -o roles.html --editor-url javascript:{file}"
    Then it exits with 2
    And standard error contains "--editor-url: editor URL "javascript:{file}" would run a script"
    And there is no file "roles.html"

  Scenario: a template that names no file is refused
    Given the file "roles/web.rb":
      """
      run_list 'recipe[nginx]'
      """
    When I run "rolegraph render roles -o roles.html --editor-url vscode://file"
    Then it exits with 2
    And standard error contains "expected {file} or {path} in it"
    And there is no file "roles.html"
