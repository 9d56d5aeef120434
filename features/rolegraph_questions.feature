Feature: Questions about roles
  As someone who is about to change a role
  I want to know what it is made of, who uses it, and why
  So that nothing changes that I did not mean to change

  Background:
    Given the role file "roles/base.rb":
      """
      name "base"
      run_list "recipe[ntp]", "role[monitoring]"
      """
    And the role file "roles/monitoring.rb":
      """
      run_list "recipe[agent]", "role[base]"
      """
    And the role file "roles/web.rb":
      """
      env_run_lists "_default" => ["role[base]", "recipe[nginx]"],
                    "prod"     => ["role[base]", "recipe[nginx::ssl]", "recipe[waf]"],
                    "empty"    => []
      """
    And the role file "roles/shop.json":
      """
      {"name": "shop", "run_list": [
        "role[web]",
        "recipe[shop]"
      ]}
      """
    And the file "nodes/web1.json":
      """
      {
        "name": "web1",
        "chef_environment": "prod",
        "run_list": ["role[web]"]
      }
      """
    And the file "nodes/db1.json":
      """
      {
        "name": "db1",
        "run_list": ["role[base]"]
      }
      """

  Scenario Outline: Every question has help with an example
    When I run "rolegraph <command> --help"
    Then it exits with 0
    And standard output contains "Examples:"
    And standard output contains "Exit code:"

    Examples:
      | command |
      | expand  |
      | tree    |
      | impact  |
      | why     |

  Scenario: The recipes that Chef would converge, and where each came from
    When I run "rolegraph expand shop"
    Then it exits with 0
    And standard output contains "role[shop] in _default: 4 recipes through 4 roles"
    And standard output contains "   1  recipe[ntp]    role[shop] (roles/shop.json:2) > role[web] (roles/web.rb:1) > role[base] (roles/base.rb:2)"
    And standard output contains "   4  recipe[shop]   role[shop] (roles/shop.json:3)"

  Scenario: An environment with a list of its own
    When I run "rolegraph expand web --env prod -f names"
    Then it exits with 0
    And standard output matches "^recipe\[ntp\]\nrecipe\[agent\]\nrecipe\[nginx::ssl\]\nrecipe\[waf\]\n$"

  Scenario: An environment that is listed with nothing, and one that is not listed
    When I run "rolegraph expand web --env empty"
    Then it exits with 0
    And standard output contains "0 recipes"
    When I run "rolegraph expand web --env elsewhere"
    Then it exits with 0
    And standard output contains "recipe[nginx]"
    And standard error contains "no role has a run list for environment elsewhere"

  Scenario: A node is expanded in its own environment
    When I run "rolegraph expand node[web1] --nodes nodes"
    Then it exits with 0
    And standard output contains "node[web1] in prod: 4 recipes"
    And standard output contains "recipe[waf]"

  Scenario Outline: A node is there in its own environment only
    When I run "rolegraph <question> --nodes nodes --env empty"
    Then it exits with 2
    And standard error contains "node[web1] is in environment prod, so it is not there in empty"

    Examples:
      | question       |
      | expand web1    |
      | tree web1      |
      | why web1 nginx |

  Scenario: What is skipped can be seen
    When I run "rolegraph expand base --all"
    Then it exits with 0
    And standard output contains "skipped, because mentioned before:"

  Scenario: A missing role aborts the client
    Given the role file "roles/old.rb":
      """
      run_list "recipe[old]", "role[gone]"
      """
    When I run "rolegraph expand old"
    Then it exits with 1
    And standard output contains "recipe[old]"
    And standard error contains "missing role: role[gone] (roles/old.rb:1)"

  Scenario: Two versions of a cookbook
    Given the role file "roles/old.rb":
      """
      run_list "recipe[ntp@1.2]", "recipe[ntp::server@2.0]"
      """
    When I run "rolegraph expand old -f json"
    Then it exits with 1
    And standard output is one JSON document
    And standard error contains "conflict: cookbook ntp is wanted as recipe[ntp@1.2] (roles/old.rb:1) and as recipe[ntp::server@2.0]"

  Scenario: A name that nothing has
    When I run "rolegraph expand wbe"
    Then it exits with 2
    And standard error contains "did you mean role[web]?"

  Scenario: A tree, without any picture
    When I run "rolegraph tree shop"
    Then it exits with 0
    And standard output contains "role[shop]"
    And standard output contains "│   │   └── role[monitoring]"
    And standard output contains "role[base] (cycle)"
    And standard output contains "recipe[waf] [prod]"

  Scenario: Who uses a thing
    When I run "rolegraph tree base --direction up --ascii --depth 1"
    Then it exits with 0
    And standard output contains "`-- role[web] [_default, prod] ..."

  Scenario: A tree is a format, too
    When I run "rolegraph render roles -o roles.tree"
    Then it exits with 0
    And "roles.tree" contains "└── recipe[shop]"

  Scenario: A tree of nothing there
    When I run "rolegraph tree shop nowhere"
    Then it exits with 2
    And standard error contains "nowhere"

  Scenario: What a change reaches
    When I run "rolegraph impact base --nodes nodes"
    Then it exits with 0
    And standard output contains "role[base] reaches 3 roles, 2 nodes, 2 environments"
    And standard output contains "2  role[shop]        names role[web] (roles/shop.json:2)"
    And standard output contains "node[web1]"

  Scenario: A change that only one environment sees
    When I run "rolegraph impact waf -f names --nodes nodes"
    Then it exits with 0
    And standard output matches "^role\[web\]\nrole\[shop\]\nnode\[web1\]\nrecipe\[waf\]\n$"

  Scenario: What changed is what git says
    Given the file "README.md":
      """
      Our roles
      """
    And the folder "." is a git repository
    And the role file "roles/base.rb":
      """
      run_list "recipe[ntp::client]", "role[monitoring]"
      """
    And the file "README.md":
      """
      Our best roles
      """
    When I pipe what git says has changed into "rolegraph impact -f names --kind role"
    Then it exits with 0
    And standard output matches "^role\[base\]\nrole\[monitoring\]\nrole\[web\]\nrole\[shop\]\n$"
    And standard error contains "1 path passed over"

  Scenario: A role that was deleted
    Given the folder "." is a git repository
    And the file "roles/web.rb" is deleted
    When I pipe what git says has changed into "rolegraph impact -f json --exit-code"
    Then it exits with 1
    And standard output is one JSON document
    And standard error contains "roles/web.rb is not there any more: taken as role[web]"

  Scenario: A change of a cookbook's template
    When I pipe into "rolegraph impact":
      """
      cookbooks/nginx/templates/default/nginx.conf.erb
      """
    Then it exits with 0
    And standard output contains "role[web]"

  Scenario: Nothing is touched
    When I pipe into "rolegraph impact --exit-code":
      """
      README.md
      """
    Then it exits with 0
    And standard output contains "nothing that was read is touched"

  Scenario: Nothing is said to have changed
    When I run "rolegraph impact role[nothing]"
    Then it exits with 2
    And standard error contains "nothing here is named "role[nothing]""

  Scenario: Why one brings the other
    When I run "rolegraph why shop agent"
    Then it exits with 0
    And standard output contains "role[shop] leads to recipe[agent] in 4 steps"
    And standard output contains "roles/shop.json:2: role[shop] names role[web]"
    And standard output contains "roles/monitoring.rb:1: role[monitoring] names recipe[agent]"

  Scenario: Only in one environment
    When I run "rolegraph why shop waf --env _default"
    Then it exits with 1
    And standard output contains "role[shop] does not lead to recipe[waf] in _default"
    And standard output contains "role[shop] leads to recipe[waf] in 2 steps in prod"

  Scenario: No chain, but one the other way round
    When I run "rolegraph why ntp shop -f text"
    Then it exits with 1
    And standard output contains "role[shop] leads to recipe[ntp] in 3 steps: the other way round"

  Scenario: A role whose file is called otherwise
    Given the role file "roles/leaf.rb":
      """
      run_list "role[trunk]"
      """
    And the role file "roles/stem.rb":
      """
      name "trunk"
      run_list "recipe[ntp]"
      """
    When I run "rolegraph expand leaf"
    Then it exits with 0
    And standard output contains "recipe[ntp]"
    And standard output contains "found by a Chef server only"
