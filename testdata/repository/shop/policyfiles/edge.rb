name 'edge'
default_source :supermarket
run_list 'nginx', 'shop::web'
named_run_list :canary, 'nginx', 'shop::cache'
cookbook 'nginx', path: '../cookbooks/nginx'
include_policy 'base', path: './base.lock.json'
