name "base"
run_list "recipe[ntp]"
env_run_lists "_default" => ["recipe[ntp]"], "prod" => ["recipe[ntp]", "role[hardened]"]
