name "monitoring"
description "Watches the node; ships what it sees through role[logging]"
run_list "recipe[datadog::dd-agent]", "role[logging]"
