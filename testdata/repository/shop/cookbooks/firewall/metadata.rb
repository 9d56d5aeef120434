name 'firewall'
depends 'nginx'
