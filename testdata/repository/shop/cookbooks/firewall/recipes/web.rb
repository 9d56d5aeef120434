include_recipe 'nginx::status'
