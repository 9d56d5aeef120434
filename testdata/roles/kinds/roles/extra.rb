name "extra"
run_list "role[base]", ENV["EXTRA"]
