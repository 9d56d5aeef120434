name "cache"
description "Keeps pages in memory"
run_list "recipe[varnish]", "role[webserver]"
