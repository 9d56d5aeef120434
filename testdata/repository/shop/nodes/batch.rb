name 'batch1.example.com'
chef_environment 'staging'
normal['shop']['worker'] = true
run_list 'role[web]', 'recipe[shop::cache]'
