include_recipe 'nginx'
