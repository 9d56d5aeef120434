name "logging"
description "Ships logs"
run_list "recipe[rsyslog]"
