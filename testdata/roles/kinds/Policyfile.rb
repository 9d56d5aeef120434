name "edge"
run_list "nginx::default"
