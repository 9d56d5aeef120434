name "database"
description "Holds the orders"

backups = %w(recipe[backup::client] recipe[backup::schedule])

run_list "role[base]", "recipe[mongodb]", *backups
