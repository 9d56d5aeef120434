name 'web'
run_list 'role[base]', 'recipe[shop]', 'recipe[nginx::default]'
env_run_lists 'prod' => ['role[base]', 'recipe[shop]', 'recipe[nginx::gone]'], '_default' => ['role[base]', 'recipe[shop]']
