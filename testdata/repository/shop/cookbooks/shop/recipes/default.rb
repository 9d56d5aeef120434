include_recipe 'users'
include_recipe "#{cookbook_name}::web"

%w(cache queue).each { |part| include_recipe "shop::#{part}" }

include_recipe '::worker' if node['shop']['worker']

package 'imagemagick' do
  action :install
end
