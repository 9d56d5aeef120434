name 'shop'
version IO.read(File.join(File.dirname(__FILE__), 'VERSION')).strip
depends 'nginx', '~> 2.1'
%w(users firewall).each do |cookbook|
  depends cookbook
end
depends 'windows' if ENV['WITH_WINDOWS']
