name "base"
description "What every node has"
run_list "recipe[chef-client]", "recipe[ntp]", "recipe[openssh]", "role[monitoring]"
