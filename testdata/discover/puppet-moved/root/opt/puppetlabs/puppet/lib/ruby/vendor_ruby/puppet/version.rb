module Puppet
  PUPPETVERSION = '8.11.0'
end
