include_recipe 'never::read'
