include_recipe 'firewall::web'
include_recipe 'yum::epel' if platform_family?('rhel')
