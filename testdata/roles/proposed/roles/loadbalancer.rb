name "loadbalancer"
description "Spreads requests over the web servers"
run_list "role[base]", "recipe[haproxy]"
env_run_lists "_default" => %w(role[base] recipe[haproxy]),
              "staging"  => %w(role[base] recipe[haproxy::single])
