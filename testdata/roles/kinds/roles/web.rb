name "web"
description "Serves the shop"
items = ["role[base]", "recipe[nginx]"]
items << "recipe[nginx::debug]" if ENV["DEBUG"]
run_list items
