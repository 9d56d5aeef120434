# Someone wanted the log shipper watched as well: this closes a circle.
name "logging"
description "Ships logs"
run_list "recipe[rsyslog]", "role[monitoring]"
