name 'base'
run_list 'recipe[users@1.2.0]', 'recipe[ntp]'
