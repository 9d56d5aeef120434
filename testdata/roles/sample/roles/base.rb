name "base"
description "What every node has"
run_list "recipe[chef-client]", "recipe[openssh]", "recipe[ntp]", "role[monitoring]"
