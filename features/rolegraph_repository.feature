Feature: The rest of a repository
  As someone who keeps cookbooks, nodes, environments and Policyfiles beside the roles
  I want them on the same graph
  So that I see where the real cycles are, and what a change touches in the end

  Background:
    Given the role file "roles/web.rb":
      """
      run_list "recipe[shop]", "recipe[nginx::default]"
      """
    And the file "cookbooks/shop/metadata.rb":
      """
      name "shop"
      depends "nginx", "~> 2.0"
      """
    And the file "cookbooks/shop/recipes/default.rb":
      """
      include_recipe "nginx"
      include_recipe "yum::epel" if platform_family?("rhel")
      """
    And the file "cookbooks/nginx/metadata.json":
      """
      {
        "name": "nginx",
        "dependencies": {}
      }
      """
    And the file "cookbooks/nginx/recipes/default.rb":
      """
      package "nginx"
      """

  Scenario: Recipes and cookbooks
    When I run "rolegraph render roles --cookbooks cookbooks -o all.svg"
    Then it exits with 0
    And standard output contains "wrote all.svg: 1 role, 3 recipes, 3 cookbooks, 8 edges"
    And "all.svg" shows an edge from "role[web]" to "recipe[nginx]"
    And "all.svg" shows an edge from "recipe[shop]" to "recipe[nginx]"
    And "all.svg" shows an edge from "recipe[shop]" to "cookbook[shop]"
    And "all.svg" shows an edge from "cookbook[shop]" to "cookbook[nginx]"

  Scenario: A cycle of recipes and one of cookbooks
    Given the file "cookbooks/nginx/recipes/default.rb":
      """
      package "nginx"
      include_recipe "shop"
      """
    And the file "cookbooks/nginx/metadata.json":
      """
      {
        "name": "nginx",
        "dependencies": {"shop": ">= 0.0.0"}
      }
      """
    When I run "rolegraph check roles --cookbooks cookbooks"
    Then it exits with 1
    And standard output contains "cookbook[nginx] -> cookbook[shop] -> cookbook[nginx]"
    And standard output contains "cookbooks/nginx/metadata.json:3: cookbook[nginx]"
    And standard output contains "recipe[nginx] -> recipe[shop] -> recipe[nginx]"
    And standard output contains "cookbooks/nginx/recipes/default.rb:2: recipe[nginx]"

  Scenario: A recipe that its cookbook does not have
    Given the role file "roles/web.rb":
      """
      run_list "recipe[nginx::gone]", "recipe[apt::from_elsewhere]"
      """
    When I run "rolegraph render roles --cookbooks cookbooks -f json -o -"
    Then it exits with 0
    And standard output contains ""id": "recipe[nginx::gone]""
    And standard output contains ""missing": true"
    And standard output contains ""external": true"

  Scenario: A node, its environment and what it runs
    Given the file "nodes/web1.json":
      """
      {
        "name": "web1.example.com",
        "chef_environment": "prod",
        "normal": {"db": {"password": "hunter2"}},
        "run_list": ["role[web]"]
      }
      """
    And the file "environments/qa.rb":
      """
      name "qa"
      """
    When I run "rolegraph render roles --nodes nodes --environments environments -f json -o -"
    Then it exits with 0
    And standard output contains ""from": "node[web1.example.com]""
    And standard output contains ""relation": "chef_environment""
    And standard output contains ""file": "./nodes/web1.json""
    And standard output contains ""environment": "prod""

  Scenario: A Policyfile and its named run list
    Given the file "policyfiles/edge.rb":
      """
      name "edge"
      default_source :supermarket
      run_list "nginx"
      named_run_list :canary, "nginx", "shop"
      """
    When I run "rolegraph render roles --policyfiles policyfiles -o all.svg"
    Then it exits with 0
    And "all.svg" shows an edge from "policy[edge]" to "recipe[nginx]"
    And "all.svg" shows an edge from "policy[edge]" to "policy[edge:canary]"
    And "all.svg" shows an edge from "policy[edge:canary]" to "recipe[shop]"

  Scenario: The folder cookbooks of a repository, and the folder roles by itself
    When I run "rolegraph check --cookbooks ."
    Then it exits with 0
    And standard output contains "1 role, 3 recipes, 3 cookbooks"

  Scenario: A broken metadata.json
    Given the file "cookbooks/nginx/metadata.json":
      """
      {
        "name": "nginx",
        "dependencies": {"apt": }
      }
      """
    When I run "rolegraph check roles --cookbooks cookbooks"
    Then it exits with 2
    And standard error contains "cookbooks/nginx/metadata.json:3"
    And standard error contains "syntax-error"

  Scenario: A directory that is not there
    When I run "rolegraph render roles --cookbooks cokbooks -o all.svg"
    Then it exits with 2
    And standard error contains "cokbooks: no such file or directory"
    And there is no file "all.svg"

  Scenario: A directory without cookbooks
    When I run "rolegraph check roles --cookbooks roles"
    Then it exits with 2
    And standard error contains "none found in roles; expected a cookbook"

  Scenario: A file that is no node
    When I run "rolegraph check roles --nodes cookbooks/README.md"
    Then it exits with 2
    And standard error contains "reading nodes:"
