include_recipe 'nginx', 'certs::shop'

template '/etc/nginx/conf.d/shop.conf' do
  source 'shop.conf.erb'
  variables(hosts: search(:node, 'role:web'))
  notifies :reload, 'service[nginx]'
end
